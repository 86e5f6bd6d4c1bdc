import { isBytes, utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { checkCount, checkSwitch, readMembers } from '../checks.ts'
import { verifyFreshness } from './freshness.ts'
import { type Refusal, refuse } from './refusal.ts'
import { verifyJws } from './verify-jws.ts'
import { checkVerifyOptions, type VerifyOptions } from './verify-options.ts'

/** Choices of `verifySignedJwtBody`. */
export interface VerifySignedJwtBodyOptions extends VerifyOptions {
  /** Accepts payloads that are not ASCII, which IBKR does not. @defaultValue false */
  readonly allowNonAscii?: boolean | undefined
  /** Longest body that is looked at; documents in Account Management may need more. @defaultValue 524288 (512 KiB) */
  readonly maximumBodyBytes?: number | undefined
}

/** A good signed body. */
export interface VerifiedSignedJwtBody {
  readonly ok: true
  readonly clientId: string
  readonly clientKeyId: string
  /** The request's own fields, beside `iss`, `iat`, `exp`. */
  readonly payload: Readonly<Record<string, unknown>>
  /** `exp`, in ms since 1970. */
  readonly expiresAtMs: number
}

/**
 * Verifies the body of a request with the security policy `SIGNED_JWT`: key by `kid`, algorithm by the key's record,
 * `iss` = the record's client, times, and the `jti` if there is one. A client assertion is none, though its signature be
 * good.
 *
 * The claims do not say which endpoint a body is for (an SSO session and a browser session have the same): one replay
 * store for all endpoints makes a body with a `jti` good at one of them, once.
 *
 * Resolves to a refusal with its code for any body, and for any answer of a callback; rejects only if `findKey`, `now`
 * or the replay store throws, or for an option that is out of range (`ERR_SSO_JWT_INVALID_INPUT`).
 *
 * @param body - Text, or UTF-8 bytes.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.40.0 `x-ib-gateway-security-policy`, RFC 7515 5.2, RFC 8725 3
 */
export async function verifySignedJwtBody(
  body: unknown,
  options: VerifySignedJwtBodyOptions,
): Promise<VerifiedSignedJwtBody | Refusal> {
  const checked = checkVerifyOptions(options, 86_400)
  const limits = readMembers(options, 'options', ['allowNonAscii', 'maximumBodyBytes'])
  const allowNonAscii = checkSwitch(limits.allowNonAscii, 'allowNonAscii')
  const maximumLength = checkCount(limits.maximumBodyBytes ?? 524_288, 'maximumBodyBytes')
  const text = bodyText(body, maximumLength)
  if (typeof text !== 'string') return text
  const jws = await verifyJws(text, checked.findKey, maximumLength)
  if (!jws.ok) return jws
  const { clientId, clientKeyId, claims: payload, payloadText } = jws
  if (!allowNonAscii && /\P{ASCII}/u.test(payloadText)) {
    return refuse(
      'not_ascii',
      'the payload holds characters beyond ASCII: escape them as \\u and four hex digits',
    )
  }
  if (payload.sub !== undefined || payload.aud !== undefined)
    return refuse('wrong_purpose', 'the body has sub or aud: it is a client assertion')
  if (payload.iss !== clientId) return refuse('issuer', 'iss is not the client that the key belongs to')
  const fresh = await verifyFreshness(jws, checked)
  return fresh.ok ? { ok: true, clientId, clientKeyId, payload, expiresAtMs: fresh.expiresAtMs } : fresh
}

function bodyText(body: unknown, maximumLength: number): string | Refusal {
  if (typeof body === 'string') return body
  if (!isBytes(body)) return refuse('malformed', 'the body is neither text nor bytes')
  if (body.length > maximumLength)
    return refuse('too_large', `the body is longer than ${maximumLength} bytes`)
  return utf8TextStrict(body) ?? refuse('malformed', 'the body is not UTF-8')
}
