import { invalidInput } from '../errors.ts'
import type { Counter } from '../store/take.ts'

/** At most `requests` requests in any span of `intervalMs` milliseconds; the shape of `@ibkr-auth/transport`'s window. */
export interface PacingWindow {
  readonly requests: number
  readonly intervalMs: number
}

/** What IBKR allows on a group of endpoints; the shape of `@ibkr-auth/transport`'s limit. */
export interface PacingLimit {
  readonly name: string
  readonly methods: readonly string[]
  /** Below the API base; `{name}` stands for one segment. */
  readonly paths: readonly string[]
  readonly windows: readonly PacingWindow[]
  readonly concurrent?: number | undefined
}

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
  const all = counterOf('all', [global], undefined, marginMs)
  const plain: Lane = { limit: undefined, counters: [all] }
  const lanes = limits.map((limit) => {
    const { name, windows, concurrent } = limit
    const lane = {
      limit: name,
      counters: [all, counterOf(`limit ${name}`, windows, concurrent, marginMs)],
    }
    const endpoints = limit.methods.flatMap((method) =>
      limit.paths.map((path) => [method, ...path.split('/')]),
    )
    return { lane, endpoints }
  })
  return (method, path) => {
    const sought = [method, ...plainPath(path).split('/')]
    const isExactly = (endpoint: readonly string[]): boolean => sameSegments(endpoint, sought, false)
    const fits = (endpoint: readonly string[]): boolean => sameSegments(endpoint, sought, true)
    // A path of its own before a template, so that /email is never an {id}.
    const found =
      lanes.find(({ endpoints }) => endpoints.some(isExactly)) ??
      lanes.find(({ endpoints }) => endpoints.some(fits))
    return found?.lane ?? plain
  }
}

function counterOf(
  name: string,
  windows: readonly PacingWindow[],
  concurrent: number | undefined,
  marginMs: number,
): Counter {
  for (const { requests, intervalMs } of windows) {
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

/** IBKR counts the endpoint, not its spelling. */
function plainPath(path: string): string {
  const plain = path.replace(/[?#].*$/s, '')
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain
}

function sameSegments(endpoint: readonly string[], sought: readonly string[], templates: boolean): boolean {
  return (
    endpoint.length === sought.length &&
    endpoint.every((segment, index) => segment === sought[index] || (templates && segment.startsWith('{')))
  )
}
