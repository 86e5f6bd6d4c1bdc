#!/usr/bin/env node
import { run } from './program/run.ts'

const outcome = await run(process.argv.slice(2), {
  line: (text) => console.log(text),
  errorLine: (text) => console.error(text),
})

if ('exitCode' in outcome) {
  process.exitCode = outcome.exitCode
} else {
  const stop = (): void => {
    void outcome.sandbox.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // Whoever read the log may go away; the sandbox has no reason to fall over that.
  process.stdout.on('error', stop)
}
