import { createLimitMatcher, type PacingLimit, type PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import { invalidInput } from '../errors.ts'
import type { Counter } from '../store/take.ts'

/** What a request counts against: the first counter is that of the username. */
export interface Lane {
  /** Undefined for endpoints with no limit of their own. */
  readonly limit: string | undefined
  readonly counters: readonly Counter[]
}

/** Finds the lane of a request by method and path below the API base. */
export type LaneOf = (method: string, path: string) => Lane

/** @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT` */
export function lanesOf(global: PacingWindow, limits: readonly PacingLimit[], marginMs: number): LaneOf {
  if (!Array.isArray(limits)) throw invalidInput('limits must be a list, such as ibkrPacingLimits')
  const all = counterOf('all', [global], undefined, marginMs)
  const plain: Lane = { limit: undefined, counters: [all] }
  const lanes = new Map<PacingLimit, Lane>()
  for (const limit of limits) {
    if (typeof limit?.name !== 'string')
      throw invalidInput('limits must be { name, methods, paths, windows }')
    const own = counterOf(`limit ${limit.name}`, limit.windows, limit.concurrent, marginMs)
    lanes.set(limit, { limit: limit.name, counters: [all, own] })
  }
  const limitOf = createLimitMatcher(limits)
  return (method, path) => {
    const limit = limitOf(method, path)
    return (limit && lanes.get(limit)) ?? plain
  }
}

function counterOf(
  name: string,
  windows: readonly PacingWindow[],
  concurrent: number | undefined,
  marginMs: number,
): Counter {
  if (!Array.isArray(windows)) throw invalidInput(`windows of ${name} must be a list`)
  for (const { requests, intervalMs } of windows.map((window) => window ?? {})) {
    if (!Number.isSafeInteger(requests) || requests < 1)
      throw invalidInput(`requests of ${name} must be a whole number of at least 1`)
    if (!Number.isFinite(intervalMs) || intervalMs <= 0)
      throw invalidInput(`intervalMs of ${name} must be a positive number of milliseconds`)
  }
  if (concurrent !== undefined && (!Number.isSafeInteger(concurrent) || concurrent < 1))
    throw invalidInput(`concurrent of ${name} must be a whole number of at least 1`)
  const counted = windows.map(({ requests, intervalMs }) => ({
    places: requests,
    intervalMs: intervalMs + marginMs,
  }))
  return { name, windows: counted, concurrent }
}
