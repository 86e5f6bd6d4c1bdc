#!/usr/bin/env node
import { LineWriter } from './program/line-writer.ts'
import { run } from './program/run.ts'

const output = new LineWriter(process.stdout)
const errors = new LineWriter(process.stderr)
const outcome = await run(
  process.argv.slice(2),
  { line: (text) => output.write(text), errorLine: (text) => errors.write(text) },
  // Beside the sources and beside what is built of them.
  new URL('../package.json', import.meta.url),
)

if ('exitCode' in outcome) {
  process.exitCode = outcome.exitCode
} else {
  // Whatever is still under way, such as a key in the making or a log that nobody reads, is not waited for.
  const stop = async (): Promise<void> => {
    await outcome.sandbox.close()
    process.exit()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // Without a reader of its log the program has nobody to run for.
  process.stdout.on('error', stop)
}
