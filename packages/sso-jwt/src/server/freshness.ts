import { settle } from '@ibkr-auth/internal/settle'
import { isText } from '../checks.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { VerifiedJws } from './verify-jws.ts'
import { type CheckedVerifyOptions, mostToleranceSeconds, readClock } from './verify-options.ts'

/** A token that is good now and, if it has a `jti`, for the first time. */
export interface FreshToken {
  readonly ok: true
  /** `exp`, in ms since 1970. */
  readonly expiresAtMs: number
}

/** Checks times and then the `jti`, which is recorded only here: a forged token must not use up a real one's id. */
export async function verifyFreshness(
  jws: VerifiedJws,
  options: CheckedVerifyOptions,
): Promise<FreshToken | Refusal> {
  const clock = readClock(options.now)
  if (!clock.ok) return clock
  const times = verifyTimes(jws.claims, clock.nowMs / 1000, options)
  if (!times.ok) return times
  return (await refuseReplay(jws, times.expiresAtMs, clock.nowMs, options)) ?? times
}

/** Checks `exp` (required), `iat` and `nbf` (RFC 7519 4.1.4 to 4.1.6, RFC 7523 3 items 4 to 6). */
function verifyTimes(
  { exp, iat, nbf }: Readonly<Record<string, unknown>>,
  nowSeconds: number,
  { clockToleranceSeconds, maximumLifetimeSeconds }: CheckedVerifyOptions,
): FreshToken | Refusal {
  if (!isNumericDate(exp)) return noNumericDate('exp is missing, or')
  if (iat !== undefined && !isNumericDate(iat)) return noNumericDate('iat is')
  if (nbf !== undefined && !isNumericDate(nbf)) return noNumericDate('nbf is')
  if (exp <= nowSeconds - clockToleranceSeconds) return refuse('expired', 'exp has passed')
  const latest = nowSeconds + clockToleranceSeconds
  if (nbf !== undefined && nbf > latest) return refuse('not_yet_valid', 'nbf has not come')
  if (iat !== undefined && iat > latest) return refuse('issued_in_future', 'iat has not come')
  if (exp > latest + maximumLifetimeSeconds) {
    return refuse('lifetime_too_long', `exp is more than ${maximumLifetimeSeconds} s ahead`)
  }
  return { ok: true, expiresAtMs: exp * 1000 }
}

function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e12
}

function noNumericDate(what: string): Refusal {
  return refuse('invalid_time', `${what} not a NumericDate: seconds since 1970, not milliseconds`)
}

async function refuseReplay(
  { clientId, claims: { jti } }: VerifiedJws,
  tokenExpiresAtMs: number,
  nowMs: number,
  { record, requireJti }: CheckedVerifyOptions,
): Promise<Refusal | undefined> {
  if (jti === undefined)
    return requireJti ? refuse('missing_jti', 'the token has no jti, which this server requires') : undefined
  if (!isText(jti))
    return refuse('invalid_jti', 'jti is not a text of 1 to 1024 characters without control characters')
  if (record === undefined) return undefined
  const expiresAtMs = tokenExpiresAtMs + mostToleranceSeconds * 1000
  const answer = await settle(record({ clientId, jti, expiresAtMs }, nowMs))
  const outcome = answer.ok && answer.value
  if (outcome === 'new') return undefined
  if (outcome === 'seen') return refuse('replayed', 'a token with this jti was accepted before')
  if (outcome === 'full')
    return refuse('replay_store_full', 'no more jti can be remembered until some expire')
  return refuse('replay_answer_invalid', "the server's replay store answered neither new nor seen nor full")
}
