const codes = [
  'ERR_OAUTH1_INVALID_INPUT',
  'ERR_OAUTH1_INVALID_KEY',
  'ERR_OAUTH1_INVALID_URL',
  'ERR_OAUTH1_LONE_SURROGATE',
  'ERR_OAUTH1_DUPLICATE_PARAMETER',
  'ERR_OAUTH1_MALFORMED_HEADER',
  'ERR_OAUTH1_INVALID_CALLBACK',
  'ERR_OAUTH1_TOKEN_MISMATCH',
  'ERR_OAUTH1_REQUEST_REFUSED',
  'ERR_OAUTH1_INVALID_RESPONSE',
] as const

/**
 * Why a function of this package threw.
 *
 * - `ERR_OAUTH1_INVALID_INPUT`: an argument has the wrong shape, or throws when it is read, which any function may meet; the
 *   message names it.
 * - `ERR_OAUTH1_INVALID_KEY`: a key cannot be read or is not of the kind the signature method needs.
 * - `ERR_OAUTH1_INVALID_URL`: a URL is not an absolute http or https one.
 * - `ERR_OAUTH1_LONE_SURROGATE`: a text holds half a surrogate pair and so has no UTF-8 form.
 * - `ERR_OAUTH1_DUPLICATE_PARAMETER`: a protocol parameter would appear twice, or in two places (RFC 5849 3.1, 3.5).
 * - `ERR_OAUTH1_MALFORMED_HEADER`: an `Authorization` header does not follow RFC 5849 3.5.1.
 * - `ERR_OAUTH1_INVALID_CALLBACK`: a callback carries only half of what it should.
 * - `ERR_OAUTH1_TOKEN_MISMATCH`: a callback is for another request token than the one sent out.
 * - `ERR_OAUTH1_REQUEST_REFUSED`: the service answered with an error status; see `status`.
 * - `ERR_OAUTH1_INVALID_RESPONSE`: the service answered with something else than the fields expected.
 */
export type OAuth1ErrorCode = (typeof codes)[number]

/** Every error that this package throws on purpose. Messages never hold keys, tokens or base strings. */
export class OAuth1Error extends Error {
  override readonly name = 'OAuth1Error'
  readonly code: OAuth1ErrorCode
  /** HTTP status of the reply, where a reply is the cause. */
  readonly status: number | undefined

  constructor(
    code: OAuth1ErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly status?: number | undefined },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options?.status
  }

  /** As {@link isOAuth1Error}: on Node each entry of this package is one file, with a class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: inherited by classes that extend this one, which then ask for themselves.
    return this === OAuth1Error ? isOAuth1Error(value) : super[Symbol.hasInstance](value)
  }
}

/** True for errors of this package, also when another installed copy of it threw them. Never throws. */
export function isOAuth1Error(value: unknown): value is OAuth1Error {
  try {
    return value instanceof Error && 'code' in value && (codes as readonly unknown[]).includes(value.code)
  } catch {
    return false // A proxy that throws at every question is no error of ours.
  }
}
