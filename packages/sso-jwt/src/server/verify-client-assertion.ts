import { checkText, readList, readMembers } from '../checks.ts'
import { invalidInput } from '../errors.ts'
import { verifyFreshness } from './freshness.ts'
import { type Refusal, refuse } from './refusal.ts'
import { verifyJws } from './verify-jws.ts'
import { checkVerifyOptions, type VerifyOptions } from './verify-options.ts'

/** Choices of `verifyClientAssertion`. */
export interface VerifyClientAssertionOptions extends VerifyOptions {
  /** Values of `aud` that mean this server. @defaultValue `/token` and `https://api.ibkr.com/oauth2/api/v1/token` */
  readonly audience?: string | readonly string[] | undefined
  /** `client_id` as it stood beside the assertion (`clientId` of `readTokenRequest`): it must name the same client. */
  readonly clientId?: string | undefined
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

const longestAssertion = 16_384
const defaultAudience = ['/token', 'https://api.ibkr.com/oauth2/api/v1/token']

/**
 * Verifies a client assertion: key by `kid`, algorithm by the key's record, `iss` = `sub` = the record's client, `aud`,
 * times, and last, once all else is good, the `jti`.
 *
 * Resolves to a refusal with its code for any token, and for any answer of a callback; rejects only if `findKey`, `now`
 * or the replay store throws, or for an option that is out of range (`ERR_SSO_JWT_INVALID_INPUT`).
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see RFC 7521 4.2, RFC 7523 3, RFC 8725 3
 */
export async function verifyClientAssertion(
  clientAssertion: unknown,
  options: VerifyClientAssertionOptions,
): Promise<VerifiedClientAssertion | Refusal> {
  const checked = checkVerifyOptions(options, 300)
  const beside = readMembers(options, 'options', ['audience', 'clientId'])
  const audience = checkAudience(beside.audience === undefined ? defaultAudience : beside.audience)
  const jws = await verifyJws(clientAssertion, checked.findKey, longestAssertion)
  if (!jws.ok) return jws
  const { clientId, clientKeyId, claims } = jws
  if (claims.iss !== clientId) return refuse('issuer', 'iss is not the client that the key belongs to')
  if (claims.sub !== clientId) return refuse('subject', 'sub is not the client that the key belongs to')
  if (beside.clientId !== undefined && beside.clientId !== clientId)
    return refuse('client_id', 'client_id beside the assertion is not the client that the key belongs to')
  if (!isForUs(claims.aud, audience)) return refuse('audience', 'aud does not name this server')
  const fresh = await verifyFreshness(jws, checked)
  return fresh.ok ? { ok: true, clientId, clientKeyId, claims, expiresAtMs: fresh.expiresAtMs } : fresh
}

function checkAudience(audience: string | readonly string[]): readonly unknown[] {
  const list = typeof audience === 'string' ? [audience] : readList(audience, 'audience')
  if (list.length === 0) throw invalidInput('audience must name at least one value of aud')
  return list.map((entry) => checkText(entry, 'audience'))
}

function isForUs(aud: unknown, ours: readonly unknown[]): boolean {
  const theirs: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return theirs.every((entry) => typeof entry === 'string') && theirs.some((entry) => ours.includes(entry))
}
