import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** How a run of the program ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A run of the program that may still go on. */
export interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with what was printed so far, once it matches. */
  seen(pattern: RegExp): Promise<string>
}

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Everything that any run of this file printed: searched for secrets at the end. */
export const printed: string[] = []

const running = new Set<ChildProcess>()

/** Ends what a failed test left running. */
export function stopPrograms(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Starts the built program with nothing of this process's settings in its environment. */
export function startProgram(words: readonly string[], environment: Record<string, string> = {}): Run {
  const kept = Object.entries(process.env).filter(([name]) => !/^(IBKR|IBIND|XDG|npm)_/.test(name))
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...Object.fromEntries(kept), NO_COLOR: '1', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      printed.push(text)
      for (const watcher of watchers) watcher()
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    running.add(child)
    child.once('error', reject)
    child.once('close', (exitCode) => {
      running.delete(child)
      resolve({ exitCode, ...output })
    })
  })
  const seen = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const text = output.stdout + output.stderr
        if (!pattern.test(text)) return
        watchers.delete(look)
        resolve(text)
      }
      watchers.add(look)
      void ended.then(() => reject(new Error(`ended without ${pattern}:\n${output.stdout}${output.stderr}`)))
      look()
    })
  return { child, ended, seen }
}

/** Runs the program to its end. */
export function runProgram(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  const { child, ended } = startProgram(words, environment)
  child.stdin?.end()
  return ended
}
