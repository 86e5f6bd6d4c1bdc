// Runs a program to its end. A failure carries everything the program said.
import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'

/**
 * @returns what the program wrote, as `{ stdout, stderr }`.
 * @throws when it cannot be started or ends with anything but 0, with its output in the message.
 */
export async function run(command, args, { cwd, env = process.env, input = '' } = {}) {
  // npm and npx are .cmd files on Windows, which only a shell starts.
  const shell = process.platform === 'win32' && !command.includes('\\')
  const quoted = shell ? args.map((arg) => `"${arg}"`) : args
  const running = promisify(execFile)(command, quoted, { cwd, env, shell, maxBuffer: 2 ** 28 })
  const { stdin } = running.child
  // A program that ends before it has read its input closes the pipe; its exit code tells the story.
  stdin.on('error', () => undefined)
  stdin.end(input)
  try {
    return await running
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error
    const said = `${[command, ...args].join(' ')}\nended with ${signal ?? code}\n${stdout}${stderr}`
    throw new Error(said, { cause: error })
  }
}

export const node = (args, options) => run(process.execPath, args, options)
export const npm = (args, options) => run('npm', [...args, '--loglevel=error'], options)
export const pnpm = (args, options) => run('npx', ['--yes', 'pnpm', ...args], options)
export const git = (args, options) => run('git', args, options)
