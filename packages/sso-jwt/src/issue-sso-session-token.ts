import { encode } from 'jose/base64url'
import { asciiJson } from './ascii-json.ts'
import { checkText } from './check-text.ts'
import { type ClockOptions, nowMs } from './clock.ts'
import { invalidInput } from './error.ts'
import { encodeUtf8, randomBytes, subtle } from './host.ts'
import type { SecretBytesLike } from './import-signing-key.ts'

/** Members of an SSO session reply, in wire spelling. */
export interface SsoSessionResponseBody {
  readonly active: true
  readonly access_token: string
  readonly token_type: 'Bearer'
}

export interface IssueSsoSessionTokenOptions extends ClockOptions {
  /** Further claims, such as `aud` and `ctp` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** @defaultValue the runtime's cryptographic generator */
  readonly randomBytes?: (length: number) => Uint8Array
}

/**
 * Issues an SSO bearer as `sso-sessions` does: an HS256 JWT with `iss` `com.ib.sso`, `sub` `WEB_API`, `iat` in ms, a
 * random `jti` and no `exp`. It is opaque to clients: keep what it stands for (username, addresses, end) beside it.
 *
 * @param secret - The server's MAC key, at least 32 bytes (RFC 7518 3.2).
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.28.0, WebSocket example
 */
export async function issueSsoSessionToken(
  secret: SecretBytesLike,
  options: IssueSsoSessionTokenOptions = {},
): Promise<SsoSessionResponseBody> {
  const bytes = 'reveal' in secret ? secret.reveal() : secret
  if (!(bytes instanceof Uint8Array) || bytes.length < 32)
    throw invalidInput('secret must be at least 32 bytes')
  const jti = checkText(encode((options.randomBytes ?? randomBytes)(16)), 'jti')
  const claims = {
    ...options.claims,
    iss: 'com.ib.sso',
    sub: 'WEB_API',
    iat: Math.floor(nowMs(options)),
    jti,
  }
  const signingInput = `${encode(asciiJson({ alg: 'HS256' }))}.${encode(asciiJson(claims))}`
  const key = await subtle().importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = new Uint8Array(await subtle().sign({ name: 'HMAC' }, key, encodeUtf8(signingInput)))
  return { active: true, access_token: `${signingInput}.${encode(mac)}`, token_type: 'Bearer' }
}
