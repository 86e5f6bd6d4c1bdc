import { prepareHmacSha1, prepareHmacSha256 } from '#primitives'
import { utf8 } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import type { SecretBytes } from './secret.ts'
import { isSharedSecrets, type SharedSecrets, sharedSecretKey } from './shared-secrets.ts'
import type { Signer } from './signer.ts'

/**
 * Key of an HMAC signer: RFC 5849's two secrets; or key bytes as they are, for services that agree on
 * another key (IBKR: the 20 bytes of the live session token); or a Node `KeyObject` of type `secret`.
 */
export type HmacKey = SecretBytes | SharedSecrets | { readonly type: string; export(): Uint8Array }

/**
 * HMAC-SHA1, RFC 5849's own symmetric method. Answers synchronously.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is empty or of no known shape.
 * @see RFC 5849 3.4.2
 */
export function hmacSha1(key: HmacKey): Signer<string> {
  return { method: 'HMAC-SHA1', sign: prepareHmacSha1(keyBytes(key)) }
}

/**
 * HMAC-SHA256, as RFC 5849 3.4.2 with the later hash. Answers synchronously. IBKR API requests are signed
 * with it, keyed with the bytes of the live session token alone ("OAuth at Interactive Brokers" 6).
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is empty or of no known shape.
 */
export function hmacSha256(key: HmacKey): Signer<string> {
  return { method: 'HMAC-SHA256', sign: prepareHmacSha256(keyBytes(key)) }
}

function keyBytes(key: HmacKey): Uint8Array {
  const bytes = rawKeyBytes(key)
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    throw new OAuth1Error(
      'ERR_OAUTH1_INVALID_KEY',
      'An HMAC key must be non-empty bytes, { reveal() } of such, or { consumerSecret, tokenSecret }',
    )
  }
  return bytes
}

function rawKeyBytes(key: HmacKey): unknown {
  if (key instanceof Uint8Array) return key
  if (typeof key !== 'object' || key === null) return undefined
  if ('reveal' in key) return key.reveal()
  if ('export' in key) return key.type === 'secret' ? key.export() : undefined
  return isSharedSecrets(key) ? utf8(sharedSecretKey(key)) : undefined
}
