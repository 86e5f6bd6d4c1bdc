// Runs turbo with its telemetry off, on every system, and passes its exit code on.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'

const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo')

/** Environment for every turbo run: no telemetry, no update notice. */
export const turboEnvironment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
}

export function runTurbo(args, options = {}) {
  return spawnSync(process.execPath, [turbo, ...args], { env: turboEnvironment, ...options })
}

if (process.argv[1] === new URL(import.meta.url).pathname || process.argv[1]?.endsWith('turbo.mjs')) {
  process.exitCode = runTurbo(process.argv.slice(2), { stdio: 'inherit' }).status ?? 1
}
