#!/usr/bin/env node
import process from 'node:process'
import { processTerminal } from './program/terminal.ts'
import { runProgram } from './run-program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second one ends the program at once, as if nobody listened.
  process.once(signal, () => interrupt.abort(new Error('interrupted')))
}
// A reader that goes, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  interrupt.abort(new Error('nobody reads'))
})
const terminal = processTerminal(interrupt.signal)
process.exitCode = await runProgram(process.argv.slice(2), {
  terminal,
  environment: process.env,
  signal: interrupt.signal,
})
