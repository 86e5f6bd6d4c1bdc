import { isBytes, utf8Bytes } from '@ibkr-auth/internal/bytes'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { prepareHmacSha1, prepareHmacSha256 } from '#primitives'
import { invalidKey, reading } from '../checks.ts'
import { revealed, type SharedSecrets, sharedSecretKey } from '../secret.ts'
import { ofTexts, type Signer } from './signer.ts'

/**
 * Key of an HMAC signer: RFC 5849's two secrets; or key bytes as they are, for services that agree on
 * another key (IBKR: the 20 bytes of the live session token); or a Node `KeyObject` of type `secret`.
 */
export type HmacKey = SecretBytesLike | SharedSecrets | { readonly type: string; export(): Uint8Array }

/**
 * HMAC-SHA1, RFC 5849's own symmetric method. Answers synchronously.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is empty or of no known shape.
 * @see RFC 5849 3.4.2
 */
export function hmacSha1(key: HmacKey): Signer<string> {
  return { method: 'HMAC-SHA1', sign: withKeyBytes(key, prepareHmacSha1) }
}

/**
 * HMAC-SHA256, as RFC 5849 3.4.2 with the later hash. Answers synchronously. IBKR API requests are signed
 * with it, keyed with the bytes of the live session token alone ("OAuth at Interactive Brokers" 6).
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is empty or of no known shape.
 */
export function hmacSha256(key: HmacKey): Signer<string> {
  return { method: 'HMAC-SHA256', sign: withKeyBytes(key, prepareHmacSha256) }
}

/**
 * PLAINTEXT: the signature is the two secrets themselves and protects nothing; for TLS only.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if a secret is missing or empty.
 * @see RFC 5849 3.4.4
 */
export function plaintext(secrets: SharedSecrets): Signer<string> {
  if (!isSharedSecrets('secrets', secrets))
    throw invalidKey('PLAINTEXT takes { consumerSecret, tokenSecret }')
  const signature = sharedSecretKey(secrets)
  return { method: 'PLAINTEXT', sign: () => signature }
}

type Sign = (text: string) => string

function withKeyBytes(key: HmacKey, prepare: (key: Uint8Array) => Sign): Sign {
  if (!isSharedSecrets('the HMAC key', key))
    return ofTexts(prepare(usableKey(reading('the HMAC key', () => rawKeyBytes(key)))))
  const bytes = utf8Bytes(sharedSecretKey(key))
  const sign = prepare(bytes)
  bytes.fill(0)
  return ofTexts(sign)
}

function isSharedSecrets(name: string, key: unknown): key is SharedSecrets {
  return typeof key === 'object' && key !== null && reading(name, () => 'consumerSecret' in key)
}

function usableKey(bytes: unknown): Uint8Array {
  if (isBytes(bytes) && bytes.length > 0) return bytes
  throw invalidKey(
    'An HMAC key must be non-empty bytes, { reveal() } of such, or { consumerSecret, tokenSecret }',
  )
}

function rawKeyBytes(key: unknown): unknown {
  if (typeof key !== 'object' || key === null || isBytes(key)) return key
  if ('reveal' in key) return revealed('the HMAC key', key)
  const isKeyObject = 'export' in key && typeof key.export === 'function' && 'type' in key
  return isKeyObject && key.type === 'secret' ? (key as { export(): unknown }).export() : undefined
}
