/** Longest wait that an error is believed, ms. */
const longestWaitMs = 900_000

/** HTTP status of a refused upgrade, by whatever opened the socket. */
export function readStatus(error: unknown): number | undefined {
  const status = memberOf(error, 'status')
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
    ? status
    : undefined
}

/** What an error of `connect()` asks to wait, ms: errors of `transport` say it as `retryAfterMs`. 0 if nothing. */
export function readRetryAfterMs(error: unknown): number {
  const waitMs = memberOf(error, 'retryAfterMs')
  return typeof waitMs === 'number' && waitMs > 0 ? Math.min(waitMs, longestWaitMs) : 0
}

function memberOf(error: unknown, name: 'status' | 'retryAfterMs'): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    return (error as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined // an error whose member throws says nothing
  }
}
