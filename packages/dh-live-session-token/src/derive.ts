import { primitives } from '#primitives'
import { utf8Bytes } from './host.ts'
import { signedBytes } from './integer-bytes.ts'

/**
 * LST = HMAC-SHA1(key = K, message = access token secret).
 *
 * @param sharedSecret - K = B^a mod p, big-endian, leading zeros or not; becomes Java's `toByteArray()` form.
 * @returns 20 bytes.
 * @see "OAuth at Interactive Brokers" 5.3
 */
export function deriveLiveSessionToken(sharedSecret: Uint8Array, accessTokenSecret: Uint8Array): Uint8Array {
  const key = signedBytes(sharedSecret)
  const token = primitives.hmacSha1(key, accessTokenSecret)
  key.fill(0)
  return token
}

/**
 * HMAC-SHA1(key = LST, message = UTF-8 of the consumer key): `live_session_token_signature`, 20 bytes.
 *
 * @see "OAuth at Interactive Brokers" 5.3
 */
export function signLiveSessionToken(liveSessionToken: Uint8Array, consumerKey: string): Uint8Array {
  return primitives.hmacSha1(liveSessionToken, utf8Bytes(consumerKey))
}
