import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCredentials } from '../credentials/read-credentials.ts'
import { writeCredentials } from '../credentials/write-credentials.ts'
import { isSandboxError } from '../errors.ts'
import { formatEntry } from '../log/format-entry.ts'
import { type RunningSandbox, startSandbox } from '../start-sandbox.ts'
import { type Command, readArguments, usage } from './arguments.ts'

/** Where the program writes to, a line at a time. */
export interface Output {
  readonly line: (text: string) => void
  readonly errorLine: (text: string) => void
}

/** How the program came out: a sandbox that runs, or an exit code. */
export type Outcome = { readonly sandbox: RunningSandbox } | { readonly exitCode: number }

/** Runs the program up to the point where the sandbox listens; `manifest` tells its version. Exit codes: 0 done, 1 cannot start, 2 wrong arguments. */
export async function run(args: readonly string[], output: Output, manifest: URL): Promise<Outcome> {
  try {
    const command = readArguments(args)
    if (command.kind === 'start') return { sandbox: await start(command, output) }
    output.line(command.kind === 'help' ? usage.trimEnd() : await version(manifest))
    return { exitCode: 0 }
  } catch (error) {
    output.errorLine(`ibkr-sandbox: ${error instanceof Error ? error.message : 'cannot start'}`)
    return { exitCode: isSandboxError(error) ? 2 : 1 }
  }
}

async function start(command: Extract<Command, { kind: 'start' }>, output: Output): Promise<RunningSandbox> {
  const { options, credentials: files, writeCredentials: directory, isQuiet } = command
  const credentials = await Promise.all(files.map(readCredentials))
  const sandbox = await startSandbox({ ...options, credentials: credentials.length === 0 ? {} : credentials })
  try {
    if (directory !== undefined) await writeAll(directory, sandbox)
  } catch (error) {
    await sandbox.close()
    throw error
  }
  // Credentials first: whoever reads this line may go and use them.
  output.line(JSON.stringify({ url: sandbox.url, pid: process.pid }))
  if (!isQuiet) sandbox.log.subscribe((entry) => output.line(formatEntry(entry)))
  return sandbox
}

async function writeAll(directory: string, { registrations }: RunningSandbox): Promise<void> {
  for (const [index, credentials] of registrations.entries()) {
    await writeCredentials(index === 0 ? directory : join(directory, String(index + 1)), credentials)
  }
}

async function version(manifest: URL): Promise<string> {
  const file = await readFile(manifest, 'utf8')
  return String((JSON.parse(file) as { readonly version: unknown }).version)
}
