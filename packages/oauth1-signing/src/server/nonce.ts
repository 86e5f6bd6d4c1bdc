import type { Claim } from './claims.ts'
import type { NonceUse } from './nonce-store.ts'
import { absent, type Refusal, refusal, rejected } from './refusal.ts'

/** Far beyond every real clock, and far below where numbers lose their last digit. */
const timestampDigits = /^[1-9]\d{0,13}$/
const longestNonce = 256

/** Timestamp and nonce of a request, or why they are refused (RFC 5849 3.3). */
export function readNonceUse(claim: Claim, nowMs: number, toleranceSeconds: number): NonceUse | Refusal {
  const timestamp = claim.protocolParameters.get('oauth_timestamp')
  const nonce = claim.protocolParameters.get('oauth_nonce')
  if (!timestamp) return absent('oauth_timestamp')
  if (!nonce) return absent('oauth_nonce')
  if (!timestampDigits.test(timestamp)) return rejected('oauth_timestamp', 'must be whole seconds since 1970')
  if (nonce.length > longestNonce) return rejected('oauth_nonce', `is longer than ${longestNonce} characters`)
  const timestampSeconds = Number(timestamp)
  const offSeconds = timestampSeconds - Math.floor(nowMs / 1000)
  if (!(Math.abs(offSeconds) <= toleranceSeconds)) return refusedTimestamp(offSeconds, toleranceSeconds)
  const { consumerKey, token = '' } = claim
  // The last second in which this timestamp is still taken has to be over.
  const expiresAtMs = (timestampSeconds + toleranceSeconds + 1) * 1000
  return { consumerKey, token, timestampSeconds, nonce, expiresAtMs }
}

function refusedTimestamp(offSeconds: number, toleranceSeconds: number): Refusal {
  const direction = offSeconds < 0 ? 'behind' : 'ahead of'
  return refusal(
    'ERR_OAUTH1_TIMESTAMP_REFUSED',
    `oauth_timestamp is ${Math.abs(offSeconds)} s ${direction} the server's clock, which allows ${toleranceSeconds} s; set the clock`,
    { parameter: 'oauth_timestamp' },
  )
}
