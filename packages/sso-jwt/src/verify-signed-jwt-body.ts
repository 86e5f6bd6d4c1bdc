import { decodeUtf8Strictly } from './host.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type VerifyOptions, verifyFreshness } from './verify-client-assertion.ts'
import { verifyJws } from './verify-jws.ts'

/** Choices of `verifySignedJwtBody`. */
export interface VerifySignedJwtBodyOptions extends VerifyOptions {
  /** Accepts payloads that are not ASCII, which IBKR does not. @defaultValue false */
  readonly allowNonAscii?: boolean
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

const maximumLength = 16_777_216

/** What the public function of this name does. */
export async function verifySignedJwtBody(
  body: unknown,
  options: VerifySignedJwtBodyOptions,
): Promise<VerifiedSignedJwtBody | Refusal> {
  const jws = await verifyJws(bodyToText(body), options.findKey, maximumLength)
  if (!jws.ok) return jws
  const { clientId, clientKeyId, claims, payloadText } = jws
  if (options.allowNonAscii !== true && /\P{ASCII}/u.test(payloadText)) {
    return refuse(
      'not_ascii',
      'the payload holds characters beyond ASCII: escape them as \\u and four hex digits',
    )
  }
  if (claims.iss !== clientId) return refuse('issuer', 'iss is not the client that the key belongs to')
  const times = await verifyFreshness(jws, options, 86_400)
  return times.ok
    ? { ok: true, clientId, clientKeyId, payload: claims, expiresAtMs: times.expiresAtMs }
    : times
}

function bodyToText(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return body
  try {
    return body.length > maximumLength ? undefined : decodeUtf8Strictly(body)
  } catch {
    return undefined
  }
}
