import { TransportError } from '../errors.ts'
import type { AuthorizationHeaders, Authorize } from './types.ts'

/** A token, or what reveals one as text or UTF-8 bytes. */
export type BearerToken = string | { reveal(): string | Uint8Array }

/** RFC 6750 2.1: `b64token`, which holds every JWT. */
const tokenSyntax = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Authorises by `Authorization: Bearer …` (RFC 6750 2.1), asking the source for its token at each attempt.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT`, when it is used, if the source gives what cannot be a token.
 */
export function bearer(source: () => BearerToken | Promise<BearerToken>): Authorize {
  return () => {
    const token = source()
    return token instanceof Promise ? token.then(bearerHeaders) : bearerHeaders(token)
  }
}

function bearerHeaders(token: BearerToken): AuthorizationHeaders {
  const revealed = typeof token === 'string' ? token : token.reveal()
  const text = typeof revealed === 'string' ? revealed : Buffer.from(revealed).toString('utf8')
  if (!tokenSyntax.test(text)) {
    throw new TransportError(
      'ERR_TRANSPORT_INVALID_INPUT',
      'the token source must give a bearer token (RFC 6750 2.1)',
    )
  }
  return { authorization: `Bearer ${text}` }
}
