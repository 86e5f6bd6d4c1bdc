import { absent, type Claim, expected } from './claim.ts'
import type { NonceUse } from './nonce-store.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Far beyond every real clock, and far below where numbers lose their last digit. */
const timestampDigits = /^[1-9]\d{0,13}$/
const longestNonce = 256

/** Timestamp and nonce of a request, or why they are refused (RFC 5849 3.3). */
export function readNonceUse(claim: Claim, nowMs: number, windowSeconds: number): NonceUse | Refusal {
  const timestamp = claim.protocolParameters.get('oauth_timestamp')
  const nonce = claim.protocolParameters.get('oauth_nonce')
  if (!timestamp) return absent('oauth_timestamp', claim)
  if (!nonce) return absent('oauth_nonce', claim)
  if (!timestampDigits.test(timestamp)) {
    return refusal('ERR_OAUTH1_PARAMETER_REJECTED', 'oauth_timestamp must be whole seconds since 1970', {
      parameter: 'oauth_timestamp',
      ...expected(claim),
    })
  }
  if (nonce.length > longestNonce) {
    return refusal('ERR_OAUTH1_PARAMETER_REJECTED', `oauth_nonce is longer than ${longestNonce} characters`, {
      parameter: 'oauth_nonce',
      ...expected(claim),
    })
  }
  const timestampSeconds = Number(timestamp)
  const offSeconds = timestampSeconds - Math.floor(nowMs / 1000)
  // Turned round, so that a window that is no number lets nothing through.
  if (!(Math.abs(offSeconds) <= windowSeconds)) return outsideWindow(claim, offSeconds, windowSeconds)
  const { consumerKey, token = '' } = claim
  // The last second in which the window still takes this timestamp has to be over.
  const expiresAtMs = (timestampSeconds + windowSeconds + 1) * 1000
  return { consumerKey, token, timestampSeconds, nonce, expiresAtMs }
}

function outsideWindow(claim: Claim, offSeconds: number, windowSeconds: number): Refusal {
  const direction = offSeconds < 0 ? 'behind' : 'ahead of'
  return refusal(
    'ERR_OAUTH1_TIMESTAMP_REFUSED',
    `oauth_timestamp is ${Math.abs(offSeconds)} s ${direction} the server's clock, which allows ${windowSeconds} s; set the clock`,
    { parameter: 'oauth_timestamp', ...expected(claim) },
  )
}
