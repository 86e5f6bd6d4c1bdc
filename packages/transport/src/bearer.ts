import type { Authorize } from './authorize.ts'

/** A token, or what reveals one as UTF-8 bytes. */
export type BearerToken = string | { reveal(): Uint8Array }

/** Authorises by `Authorization: Bearer …` (RFC 6750 2.1), asking the source for its token at each attempt. */
export function bearer(source: () => BearerToken | Promise<BearerToken>): Authorize {
  return () => {
    const token = source()
    return token instanceof Promise ? token.then(headers) : headers(token)
  }
}

function headers(token: BearerToken): { authorization: string } {
  return {
    authorization: `Bearer ${typeof token === 'string' ? token : new TextDecoder().decode(token.reveal())}`,
  }
}
