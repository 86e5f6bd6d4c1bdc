import { parseArgs } from 'node:util'
import { doctor } from './commands/doctor.ts'
import { keygen } from './commands/keygen.ts'
import { login } from './commands/login.ts'
import { request } from './commands/request.ts'
import { sandbox } from './commands/sandbox.ts'
import type { Command, CommandContext, OptionValues } from './program/command.ts'
import { UsageError } from './program/errors.ts'
import { explainFailure, type Failure } from './program/failure.ts'
import { version } from './program/version.ts'

const commands: readonly Command[] = [keygen, doctor, login, request, sandbox]

/**
 * Runs the program.
 *
 * @returns The exit code: 0 done, 1 refused, cancelled or a fault was found, 2 wrong usage or settings, 3 unreachable,
 * 130 interrupted.
 */
export async function runProgram(words: readonly string[], context: CommandContext): Promise<number> {
  const json = words.includes('--json')
  try {
    return await dispatch(words, context)
  } catch (error) {
    if (context.signal.aborted) return 130
    const failure = explainFailure(error)
    if (failure === undefined) throw error
    if (json) context.terminal.print(JSON.stringify({ error: failure }))
    else context.terminal.tell(lines(failure, context))
    return failure.exitCode
  }
}

function lines({ message, code, remedy }: Failure, { terminal }: CommandContext): string {
  return `${terminal.paint('red', '✗')} ${message} (${code})${remedy === undefined ? '' : `\n    → ${remedy}`}`
}

async function dispatch(words: readonly string[], context: CommandContext): Promise<number> {
  const [name = 'help', ...rest] = words
  if (name === '--version') {
    context.terminal.print(version)
    return 0
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    context.terminal.print(helpPage(rest[0]))
    return 0
  }
  const command = commandNamed(name)
  const { values, positionals } = parse(command, rest)
  if (values.help !== true) return command.run(positionals, values, context)
  context.terminal.print(command.help)
  return 0
}

function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command !== undefined) return command
  throw new UsageError(
    `"${name}" is no command. There are: ${commands.map((known) => known.name).join(', ')}, help.`,
  )
}

function parse(command: Command, words: readonly string[]): { values: OptionValues; positionals: string[] } {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        ...command.options,
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function helpPage(name: string | undefined): string {
  if (name !== undefined) return commandNamed(name).help
  const width = Math.max(...commands.map((command) => command.name.length))
  return [
    'ibkr-auth COMMAND [options]: keys, sign-in and diagnosis for the Interactive Brokers Web API.',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'ibkr-auth help COMMAND shows its options and an example; --version the version.',
    'Exit codes: 0 done, 1 refused, cancelled or a fault was found, 2 wrong usage or settings, 3 unreachable, 130 interrupted.',
  ].join('\n')
}
