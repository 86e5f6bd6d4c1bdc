import { asciiJson } from './ascii-json.ts'
import {
  type ClockOptions,
  checkSeconds,
  checkText,
  nowMs,
  nowSeconds,
  type RandomOptions,
  randomId,
} from './checks.ts'
import { signCompact } from './compact-jws.ts'
import { invalidInput } from './error.ts'
import { subtle } from './host.ts'
import { checkSigningKey, type SecretBytesLike, type SigningKey } from './signing-key.ts'
import { checkScopes } from './token-request.ts'

/** Members of a token reply, in wire spelling (RFC 6749 5.1). */
export interface TokenResponseBody {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly scope: string
  readonly expires_in: number
}

/** What an access token says. */
export interface IssueAccessTokenInput {
  /** The client of the verified assertion: `sub`. */
  readonly clientId: string
  /** Scopes granted. */
  readonly scope: string | readonly string[]
  /** Further claims, such as `csid` and `accountId` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Choices of `issueAccessToken`. */
export interface IssueAccessTokenOptions extends ClockOptions, RandomOptions {
  /** @defaultValue 86399, as in IBKR's example */
  readonly lifetimeSeconds?: number
  /** `iss`. @defaultValue `/token`, as in IBKR's example */
  readonly issuer?: string
  /** `kid` of the server's own key. @defaultValue `main` */
  readonly keyId?: string
}

/** What the public function of this name does. */
export async function issueAccessToken(
  input: IssueAccessTokenInput,
  serverKey: SigningKey,
  options: IssueAccessTokenOptions = {},
): Promise<TokenResponseBody> {
  const iat = nowSeconds(options)
  const lifetime = checkSeconds(options.lifetimeSeconds ?? 86_399, 'lifetimeSeconds', 1)
  const scope = checkScopes(input.scope).join(' ')
  const claims = {
    ...input.claims,
    iss: checkText(options.issuer ?? '/token', 'issuer'),
    sub: checkText(input.clientId, 'clientId'),
    iat,
    exp: iat + lifetime,
    scope,
    jti: randomId(options),
  }
  const token = await checkSigningKey(serverKey).signJwt(claims, checkText(options.keyId ?? 'main', 'keyId'))
  return { access_token: token, token_type: 'Bearer', scope, expires_in: lifetime }
}

/** Members of an SSO session reply, in wire spelling. */
export interface SsoSessionResponseBody {
  readonly active: true
  readonly access_token: string
  readonly token_type: 'Bearer'
}

/** Choices of `issueSsoSessionToken`. */
export interface IssueSsoSessionTokenOptions extends ClockOptions, RandomOptions {
  /** Further claims, such as `aud` and `ctp` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** What the public function of this name does. */
export async function issueSsoSessionToken(
  secret: SecretBytesLike,
  options: IssueSsoSessionTokenOptions = {},
): Promise<SsoSessionResponseBody> {
  const bytes = 'reveal' in secret ? secret.reveal() : secret
  if (!(bytes instanceof Uint8Array) || bytes.length < 32)
    throw invalidInput('secret must be at least 32 bytes')
  const jti = randomId(options)
  const claims = {
    ...options.claims,
    iss: 'com.ib.sso',
    sub: 'WEB_API',
    iat: Math.floor(nowMs(options)),
    jti,
  }
  const key = await subtle().importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = async (input: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await subtle().sign({ name: 'HMAC' }, key, input))
  const token = await signCompact(asciiJson({ alg: 'HS256' }), asciiJson(claims), mac)
  return { active: true, access_token: token, token_type: 'Bearer' }
}
