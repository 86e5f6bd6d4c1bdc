import {
  type ClientIdentity,
  type ClockOptions,
  checkClient,
  checkSeconds,
  checkText,
  nowSeconds,
  type RandomOptions,
  randomId,
} from './checks.ts'
import { SsoJwtError } from './error.ts'
import { checkSigningKey, type SigningKey } from './signing-key.ts'

/** Choices of `createClientAssertion`. */
export interface ClientAssertionOptions extends ClockOptions, RandomOptions {
  /** `aud`. @defaultValue `/token`, that literal, as in IBKR's sample */
  readonly audience?: string
  /** Seconds from now to `exp`. @defaultValue 60 */
  readonly lifetimeSeconds?: number
  /** Allows `lifetimeSeconds` beyond 300. @defaultValue false */
  readonly allowLongLifetime?: boolean
  /** Seconds by which `iat` is set back, for clocks that run ahead. @defaultValue 10 */
  readonly backdateSeconds?: number
  /** `jti`: a text of yours, or `true` for 128 random bits in hex. @defaultValue none, as in IBKR's sample */
  readonly jti?: string | true
}

const maximumLifetimeSeconds = 300

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
  const now = nowSeconds(options)
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: checkText(options.audience ?? '/token', 'audience'),
    iat: now - checkSeconds(options.backdateSeconds ?? 10, 'backdateSeconds', 0),
    exp: now + checkLifetime(options),
    ...jtiClaim(options),
  }
  return checkSigningKey(signingKey).signJwt(claims, clientKeyId)
}

function checkLifetime(options: ClientAssertionOptions): number {
  const lifetime = checkSeconds(options.lifetimeSeconds ?? 60, 'lifetimeSeconds', 1)
  if (lifetime <= maximumLifetimeSeconds || options.allowLongLifetime === true) return lifetime
  throw new SsoJwtError(
    'ERR_SSO_JWT_LIFETIME',
    `lifetimeSeconds is ${lifetime}: an assertion is a credential and lives at most ${maximumLifetimeSeconds} s, unless allowLongLifetime is set`,
  )
}

function jtiClaim(options: ClientAssertionOptions): { jti?: string } {
  if (options.jti === undefined) return {}
  if (options.jti === true) return { jti: randomId(options) }
  return { jti: checkText(options.jti, 'jti') }
}
