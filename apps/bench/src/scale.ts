import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a number of idle sessions costs one process. */
export interface ScaleResult {
  readonly sessions: number
  /** Memory in use after garbage collection, per session. */
  readonly kilobytesPerSession: number
  /** Timers of the runtime that all of them together hold. */
  readonly runtimeTimers: number
  /** Tickles in one simulated minute. */
  readonly ticklesPerMinute: number
  /** Time of the processor for one simulated minute of keep-alive. */
  readonly cpuMsPerMinute: number
  /** The same as a share of one core: 0.01 is 1 %. */
  readonly shareOfCore: number
}

const run = promisify(execFile)
const probe = fileURLToPath(new URL('scale-probe.js', import.meta.url))

/** 1, 100 and 10,000 sessions with an open brokerage session, each number in a process of its own. */
export async function benchScale(): Promise<ScaleResult[]> {
  const results: ScaleResult[] = []
  for (const sessions of [1, 100, 10_000]) {
    const { stdout } = await run(process.execPath, ['--expose-gc', probe, String(sessions)])
    results.push(JSON.parse(stdout) as ScaleResult)
  }
  return results
}
