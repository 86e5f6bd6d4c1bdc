import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of this folder in a process of its own. */
export interface Child {
  /** The first line that it printed. */
  readonly firstLine: string
  stop(): Promise<void>
}

/**
 * Starts a program of this folder and waits for its first line. It must end when its standard input does.
 *
 * @param name - File name without its extension.
 */
export async function startChild(
  name: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<Child> {
  const file = fileURLToPath(new URL(`${name}.js`, import.meta.url))
  const child = spawn(process.execPath, [...nodeArgs, file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const firstLine = await Promise.race([line(child), gone(child, name)])
  return {
    firstLine,
    async stop() {
      if (child.exitCode !== null) return
      child.stdin?.end()
      await once(child, 'exit')
    },
  }
}

async function line(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the child has no standard output')
  const [text] = await once(createInterface({ input: child.stdout }), 'line')
  return String(text)
}

async function gone(child: ChildProcess, name: string): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`${name} ended with ${code} before it said anything`)
}
