import { utf8Bytes } from '@ibkr-auth/internal/bytes'
import * as primitives from '#primitives'
import { usingBytes } from '../secret.ts'
import { signedBytes } from '../signed-bytes.ts'

/**
 * LST = HMAC-SHA1(key = K, message = access token secret).
 *
 * @param sharedSecret - K = B^a mod p, big-endian, leading zeros or not; becomes Java's `toByteArray()` form. Wiped.
 * @returns 20 bytes.
 * @see "OAuth at Interactive Brokers" 5.3
 */
export function deriveLiveSessionToken(sharedSecret: Uint8Array, accessTokenSecret: Uint8Array): Uint8Array {
  const key = usingBytes(sharedSecret, signedBytes)
  return usingBytes(key, () => primitives.hmacSha1(key, accessTokenSecret))
}

/**
 * HMAC-SHA1(key = LST, message = UTF-8 of the consumer key): `live_session_token_signature`, 20 bytes.
 *
 * @see "OAuth at Interactive Brokers" 5.3
 */
export function signLiveSessionToken(liveSessionToken: Uint8Array, consumerKey: string): Uint8Array {
  return primitives.hmacSha1(liveSessionToken, utf8Bytes(consumerKey))
}
