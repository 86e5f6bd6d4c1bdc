// Runs a program to its end. A failure carries everything the program said.
import { spawn } from 'node:child_process'
import process from 'node:process'

/**
 * Starts a program and waits for it.
 *
 * @returns its standard output and error output as text.
 * @throws when it cannot be started or ends with anything but 0, with its output in the message.
 */
export function run(command, args, { cwd, env = process.env, input = '' } = {}) {
  return new Promise((resolve, reject) => {
    // npm, npx and git are .cmd files on Windows, which only a shell starts.
    const shell = process.platform === 'win32' && !command.includes('\\')
    const child = spawn(command, shell ? args.map((arg) => `"${arg}"`) : args, { cwd, env, shell })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    // A program that ends before it has read its input closes the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`, { cause: error })))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Error(
            `${[command, ...args].join(' ')}\nended with ${signal ?? code}\n${output.stdout}${output.stderr}`,
          ),
        )
    })
  })
}

export const node = (args, options) => run(process.execPath, args, options)
export const npm = (args, options) => run('npm', [...args, '--loglevel=error'], options)
export const pnpm = (args, options) => run('npx', ['--yes', 'pnpm', ...args], options)
export const git = (args, options) => run('git', args, options)
