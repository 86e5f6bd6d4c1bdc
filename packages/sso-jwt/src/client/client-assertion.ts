import {
  type ClientIdentity,
  type ClockOptions,
  checkClient,
  checkSeconds,
  checkSwitch,
  checkText,
  jtiClaim,
  nowSeconds,
  type RandomOptions,
  readMembers,
} from '../checks.ts'
import { SsoJwtError } from '../errors.ts'
import { checkSigningKey, type SigningKey } from '../keys/signing-key.ts'

/** Choices of `createClientAssertion`. */
export interface ClientAssertionOptions extends ClockOptions, RandomOptions {
  /** `aud`. @defaultValue `/token`, that literal, as in IBKR's sample */
  readonly audience?: string | undefined
  /** Seconds from now to `exp`. @defaultValue 60 */
  readonly lifetimeSeconds?: number | undefined
  /** Allows `lifetimeSeconds` beyond 300. @defaultValue false */
  readonly allowLongLifetime?: boolean | undefined
  /** Seconds by which `iat` is set back, for clocks that run ahead. @defaultValue 10 */
  readonly backdateSeconds?: number | undefined
  /** `jti`: a text of yours, or `true` for 128 random bits in hex. @defaultValue none, as in IBKR's sample */
  readonly jti?: string | true | undefined
}

const optionNames = [
  'audience',
  'lifetimeSeconds',
  'allowLongLifetime',
  'backdateSeconds',
  'jti',
  'now',
  'randomBytes',
] as const

const longestLifetimeSeconds = 300

/**
 * Creates a client assertion for `private_key_jwt`: header `alg`, `typ` `JWT`, `kid`; claims `iss` = `sub` = client id,
 * `aud`, `iat`, `exp` in seconds, and `jti` if asked for. Make a new one for each token request.
 *
 * @returns Compact JWS.
 * @throws {SsoJwtError} `ERR_SSO_JWT_LIFETIME` for more than 300 s unless allowed, `ERR_SSO_JWT_INVALID_INPUT`,
 *   `ERR_SSO_JWT_SIGNING_FAILED`.
 * @see RFC 7521 4.2, RFC 7523 2.2 and 3
 */
export async function createClientAssertion(
  client: ClientIdentity,
  signingKey: SigningKey,
  options: ClientAssertionOptions = {},
): Promise<string> {
  const { clientId, clientKeyId } = checkClient(client)
  const key = checkSigningKey(signingKey)
  const chosen = readMembers(options, 'options', optionNames)
  const now = nowSeconds(chosen)
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: checkText(chosen.audience ?? '/token', 'audience'),
    iat: now - checkSeconds(chosen.backdateSeconds ?? 10, 'backdateSeconds', 0),
    exp: now + checkLifetime(chosen.lifetimeSeconds, chosen.allowLongLifetime),
    ...jtiClaim(chosen),
  }
  return key.signJwt(claims, clientKeyId)
}

function checkLifetime(lifetimeSeconds: unknown, allowLong: unknown): number {
  const lifetime = checkSeconds(lifetimeSeconds ?? 60, 'lifetimeSeconds', 1)
  if (checkSwitch(allowLong, 'allowLongLifetime') || lifetime <= longestLifetimeSeconds) return lifetime
  throw new SsoJwtError(
    'ERR_SSO_JWT_LIFETIME',
    `lifetimeSeconds is ${lifetime}: an assertion is a credential and lives at most ${longestLifetimeSeconds} s, unless allowLongLifetime is set`,
  )
}
