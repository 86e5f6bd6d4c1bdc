/** Statuses of the 400s that go away by themselves. */
const temporary: readonly number[] = [408, 425, 429]

/**
 * Whether an error of `establish()` stays: a refusal by the server (a 4xx status), or an `ERR_…` code without a status, which is how
 * packages say that keys, parameters or input are wrong. Anything else, a lost connection above all, may go away.
 */
export function isPermanentByDefault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const status = statusOf(error)
  if (status !== undefined) return status >= 400 && status < 500 && !temporary.includes(status)
  const code = 'code' in error ? error.code : undefined
  if (typeof code !== 'string' || !code.startsWith('ERR_')) return false
  return !temporaryCodes.has(code)
}

/** Codes without a status that tell of the way to the server, or of a caller's signal, not of the exchange. */
const temporaryCodes = new Set<string>([
  'ERR_TRANSPORT_ABORTED',
  'ERR_TRANSPORT_UNREACHABLE',
  'ERR_TRANSPORT_TIMEOUT',
  'ERR_TRANSPORT_AMBIGUOUS',
  'ERR_TRANSPORT_BAD_RESPONSE',
  'ERR_TRANSPORT_PENALTY_BOX',
  'ERR_TRANSPORT_PACING_WAIT',
  'ERR_TRANSPORT_SESSION_UNAVAILABLE',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/** The HTTP status that an error carries, if it does. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  return typeof error.status === 'number' ? error.status : undefined
}
