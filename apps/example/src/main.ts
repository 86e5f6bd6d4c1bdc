#!/usr/bin/env node
import process from 'node:process'
import { runDemo } from './demo/demo.ts'
import { type ClientName, helpPage, readArguments } from './program/arguments.ts'
import { explainFailure, type Failure } from './program/failure.ts'
import { runClient, type Shown } from './program/run-client.ts'
import { readSettings } from './program/settings.ts'
import { type Step, watchSteps } from './program/steps.ts'
import { createTerminal, type Terminal } from './program/terminal.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())
process.once('SIGTERM', () => interrupted.abort())
// A reader that goes, as `head` does, is an interruption like the others: the session still logs out.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  interrupted.abort()
})

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  const wantsJson = words.includes('--json')
  // With --json, standard output belongs to the one document.
  const terminal = createTerminal(wantsJson ? process.stderr : process.stdout)
  try {
    const { command, json, config } = readArguments(words)
    if (command === 'help') {
      process.stdout.write(helpPage())
      return 0
    }
    if (command === 'demo') return await runDemo(terminal, json)
    return await run(command, config, terminal, json)
  } catch (error) {
    return fail(error, terminal, wantsJson, [])
  }
}

async function run(
  name: ClientName,
  config: string | undefined,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const steps: Step[] = []
  const unwatch = watchSteps((step) => {
    steps.push(step)
    terminal.step(step)
  })
  try {
    terminal.heading(`Signing in: ${name}`)
    const settings = readSettings(process.env, config)
    const shown = await runClient(name, settings, (text) => terminal.line(text), interrupted.signal)
    showResult(terminal, shown)
    if (json) writeJson({ client: name, ...shown, steps })
    return 0
  } catch (error) {
    if (interrupted.signal.aborted) return 130
    return fail(error, terminal, json, steps)
  } finally {
    unwatch()
  }
}

function showResult(terminal: Terminal, { accounts, quotes, expiresAtMs }: Shown): void {
  terminal.heading('Signed in')
  terminal.field('accounts', accounts.join(', '))
  for (const quote of quotes) {
    terminal.field(
      `contract ${quote.conid}`,
      `last ${quote['31'] ?? '–'}, bid ${quote['84'] ?? '–'}, ask ${quote['86'] ?? '–'}`,
    )
  }
  if (expiresAtMs !== undefined) terminal.field('good until', new Date(expiresAtMs).toISOString())
  terminal.line()
}

function fail(error: unknown, terminal: Terminal, json: boolean, steps: readonly Step[]): number {
  const failure = explainFailure(error)
  // Nothing of ours: a defect, whose stack helps more than silence does.
  if (failure === undefined) throw error
  showFailure(terminal, failure)
  if (json) writeJson({ error: failure, steps })
  return failure.exitCode
}

function showFailure(terminal: Terminal, { code, message, settings }: Failure): void {
  terminal.line()
  terminal.bad(`${message} [${code}]`)
  if (settings.length > 0)
    terminal.line(`  Look at: ${settings.join(', ')}. Run with --help to see where each comes from.`)
  terminal.line()
}

function writeJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}
