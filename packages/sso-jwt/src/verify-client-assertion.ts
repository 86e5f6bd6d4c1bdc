import type { ClockOptions } from './checks.ts'
import { checkSeconds, nowMs } from './checks.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ReplayStore } from './replay-store.ts'
import type { FindKey } from './verify-jws.ts'
import { type VerifiedJws, verifyJws } from './verify-jws.ts'
import { verifyTimes } from './verify-times.ts'

/** What both verifiers take. */
export interface VerifyOptions extends ClockOptions {
  readonly findKey: FindKey
  /** Tolerated difference of clocks, in seconds. @defaultValue 5 */
  readonly clockToleranceSeconds?: number
  /** Seconds that `exp` may lie ahead. @defaultValue 300 for assertions, 86400 for signed bodies */
  readonly maximumLifetimeSeconds?: number
  /** Refuses a `jti` that was used before. Tokens without `jti` pass. @defaultValue none */
  readonly replayStore?: ReplayStore
}

/** Choices of `verifyClientAssertion`. */
export interface VerifyClientAssertionOptions extends VerifyOptions {
  /** Values of `aud` that mean this server. @defaultValue `/token` and `https://api.ibkr.com/oauth2/api/v1/token` */
  readonly audience?: string | readonly string[]
}

/** A good assertion. */
export interface VerifiedClientAssertion {
  readonly ok: true
  readonly clientId: string
  readonly clientKeyId: string
  readonly claims: Readonly<Record<string, unknown>>
  /** `exp`, in ms since 1970. */
  readonly expiresAtMs: number
}

const maximumLength = 16_384
const defaultAudience = ['/token', 'https://api.ibkr.com/oauth2/api/v1/token']

/** What the public function of this name does. */
export async function verifyClientAssertion(
  clientAssertion: unknown,
  options: VerifyClientAssertionOptions,
): Promise<VerifiedClientAssertion | Refusal> {
  const jws = await verifyJws(clientAssertion, options.findKey, maximumLength)
  if (!jws.ok) return jws
  const { clientId, clientKeyId, claims } = jws
  if (claims.iss !== clientId) return refuse('issuer', 'iss is not the client that the key belongs to')
  if (claims.sub !== clientId) return refuse('subject', 'sub is not the client that the key belongs to')
  if (!isForUs(claims.aud, options.audience ?? defaultAudience)) {
    return refuse('audience', 'aud does not name this server')
  }
  const times = await verifyFreshness(jws, options, 300)
  return times.ok ? { ok: true, clientId, clientKeyId, claims, expiresAtMs: times.expiresAtMs } : times
}

function isForUs(aud: unknown, audience: string | readonly string[]): boolean {
  const ours: readonly unknown[] = typeof audience === 'string' ? [audience] : audience
  const theirs: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return theirs.every((entry) => typeof entry === 'string') && theirs.some((entry) => ours.includes(entry))
}

/** Checks times and then the `jti`, which is remembered only here: a forged token must not use up a real one's id. */
export async function verifyFreshness(
  jws: VerifiedJws,
  options: VerifyOptions,
  defaultLifetimeSeconds: number,
): Promise<{ readonly ok: true; readonly expiresAtMs: number } | Refusal> {
  const now = nowMs(options)
  const clockToleranceSeconds = checkSeconds(options.clockToleranceSeconds ?? 5, 'clockToleranceSeconds', 0)
  const maximumLifetimeSeconds = options.maximumLifetimeSeconds ?? defaultLifetimeSeconds
  checkSeconds(maximumLifetimeSeconds, 'maximumLifetimeSeconds', 1)
  const times = verifyTimes(jws.claims, {
    nowSeconds: now / 1000,
    clockToleranceSeconds,
    maximumLifetimeSeconds,
  })
  if (!times.ok) return times
  const { jti } = jws.claims
  if (jti === undefined) return times
  if (typeof jti !== 'string' || jti === '' || jti.length > 1024)
    return refuse('invalid_jti', 'jti is not a usable text')
  const untilMs = times.expiresAtMs + clockToleranceSeconds * 1000
  const outcome = await options.replayStore?.remember(JSON.stringify([jws.clientId, jti]), untilMs, now)
  if (outcome === 'seen') return refuse('replayed', 'a token with this jti was accepted before')
  if (outcome === 'full')
    return refuse('replay_store_full', 'no more jti can be remembered until some expire')
  return times
}
