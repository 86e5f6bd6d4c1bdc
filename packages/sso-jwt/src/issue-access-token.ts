import { encode } from 'jose/base64url'
import { checkSeconds, checkText } from './check-text.ts'
import { type ClockOptions, nowSeconds } from './clock.ts'
import { signCompact } from './compact-jws.ts'
import { randomBytes } from './host.ts'
import { checkScopes } from './scope.ts'
import type { SigningKey } from './signing-key.ts'

/** Members of a token reply, in wire spelling (RFC 6749 5.1). */
export interface TokenResponseBody {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly scope: string
  readonly expires_in: number
}

export interface IssueAccessTokenInput {
  /** The client of the verified assertion: `sub`. */
  readonly clientId: string
  /** Scopes granted. */
  readonly scope: string | readonly string[]
  /** Further claims, such as `csid` and `accountId` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface IssueAccessTokenOptions extends ClockOptions {
  /** @defaultValue 86399, as in IBKR's example */
  readonly lifetimeSeconds?: number
  /** `iss`. @defaultValue `/token`, as in IBKR's example */
  readonly issuer?: string
  /** `kid` of the server's own key. @defaultValue `main` */
  readonly keyId?: string
  /** @defaultValue the runtime's cryptographic generator */
  readonly randomBytes?: (length: number) => Uint8Array
}

/**
 * Issues an access token as the token endpoint does: a JWT with `iss`, `sub`, `iat`, `exp`, `scope` and a random `jti`,
 * signed with the server's own key.
 *
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 */
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
    jti: encode((options.randomBytes ?? randomBytes)(16)),
  }
  const token = await signCompact(claims, checkText(options.keyId ?? 'main', 'keyId'), serverKey)
  return { access_token: token, token_type: 'Bearer', scope, expires_in: lifetime }
}
