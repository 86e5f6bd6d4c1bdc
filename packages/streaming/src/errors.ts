const codes = [
  'ERR_STREAM_INVALID_INPUT',
  'ERR_STREAM_CLOSED',
  'ERR_STREAM_NOT_OPEN',
  'ERR_STREAM_REFUSED',
  'ERR_STREAM_BAD_FRAME',
  'ERR_STREAM_SUBSCRIPTION_REFUSED',
  'ERR_STREAM_LIMIT',
  'ERR_STREAM_OVERFLOW',
  'ERR_STREAM_CATCH_UP',
] as const

/** Code of a {@link StreamError}. */
export type StreamErrorCode = (typeof codes)[number]

/** Everything that this package throws or rejects with. Messages name the remedy and hold no token. */
export class StreamError extends Error {
  override readonly name = 'StreamError'
  readonly code: StreamErrorCode
  /** HTTP status of a refused upgrade (`ERR_STREAM_REFUSED`). */
  readonly status: number | undefined

  constructor(
    code: StreamErrorCode,
    message: string,
    options: { readonly status?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.status = options.status
  }
}

/** True for errors of this package, also when another installed copy of it threw them. */
export function isStreamError(value: unknown): value is StreamError {
  return value instanceof Error && 'code' in value && codes.some((code) => code === value.code)
}

/** @throws {StreamError} `ERR_STREAM_INVALID_INPUT` for what has no members. */
export function checkGroup<Group extends object>(group: Group, name: string): Group {
  if (typeof group === 'object' && group !== null) return group
  throw invalidInput(`${name} must be an object.`)
}

export function invalidInput(message: string): StreamError {
  return new StreamError('ERR_STREAM_INVALID_INPUT', message)
}
