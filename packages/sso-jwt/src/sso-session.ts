import { SecretText, type SecretTextLike } from './built-request.ts'
import { type ClientIdentity, checkObject, checkText } from './checks.ts'
import {
  createSignedJwtRequest,
  type SignedJwtRequest,
  type SignedJwtRequestOptions,
} from './gateway-request.ts'
import { readSuccess } from './problem.ts'
import { type Reply, readActive, readBearerToken, readTokenType } from './reply.ts'
import type { SigningKey } from './signing-key.ts'
import type { SsoJwtWarning } from './warning.ts'

/** What an SSO session is for (`CreateSessionRequest`). */
export interface SsoSessionRequestInput {
  /** Access token of the token endpoint, with the scope `sso-sessions.write`. */
  readonly accessToken: SecretTextLike
  /** Username the session is for. */
  readonly credential: string
  /** Public IPv4 or IPv6 address that calls with the SSO bearer will come from. */
  readonly ip: string
  readonly service?: string
  /** Further addresses the calls may come from. */
  readonly alternativeIps?: readonly string[]
}

/** Choices of `createSsoSessionRequest` and `createSsoBrowserSessionRequest`. */
export interface SsoSessionRequestOptions extends SignedJwtRequestOptions {
  /** Lifetime to ask for, in seconds. @defaultValue 86400, as in IBKR's sample */
  readonly lifetimeSeconds?: number
}

/** A request for an SSO session; it is also what `readSsoSessionResponse` takes the lifetime from. */
export interface SsoSessionRequest extends SignedJwtRequest {
  readonly method: 'POST'
  /** `WARN_SSO_JWT_ADDRESS_NOT_PUBLIC` for each address that IBKR can never see. */
  readonly warnings: readonly SsoJwtWarning[]
}

/**
 * Builds `POST /gw/api/v1/sso-sessions`, whose reply opens `/v1/api` for one username from one address.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.28.0 `gw_api_v1_sso_sessions_post`, `CreateSessionRequest`
 */
export async function createSsoSessionRequest(
  input: SsoSessionRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SsoSessionRequestOptions = {},
): Promise<SsoSessionRequest> {
  const { accessToken, credential, ip, service, alternativeIps } = checkObject(input, 'input')
  const { checkSessionAddresses } = await import('./ip-address.ts')
  const warnings = checkSessionAddresses(ip, alternativeIps)
  const payload = {
    credential: checkText(credential, 'credential'),
    ip,
    ...(service === undefined ? {} : { service: checkText(service, 'service') }),
    ...(alternativeIps === undefined ? {} : { alternativeIps: [...alternativeIps] }),
  }
  const method = 'POST'
  const request = await createSignedJwtRequest(
    { method, path: '/gw/api/v1/sso-sessions', payload, accessToken },
    client,
    signingKey,
    { ...options, lifetimeSeconds: options.lifetimeSeconds ?? 86_400 },
  )
  return { ...request, method, warnings }
}

/** The reply to a request for an SSO session. */
export interface SsoSession {
  /** SSO bearer: opens `/v1/api` for the username, from the address asked for; not `/gw`. */
  readonly accessToken: SecretText
  /** `Bearer`. */
  readonly tokenType: string
  readonly active?: boolean
  /** Latest end, in ms since 1970: the bearer carries none, so it is the lifetime that was asked for. IBKR may end it earlier. */
  readonly expiresAtMs: number
}

/**
 * Reads the reply to a request for an SSO session; 200 and 201 both occur.
 *
 * @param request - The request of `createSsoSessionRequest`.
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if `access_token` is
 *   missing or a member is of the wrong type.
 * @see OpenAPI 2.28.0 `CreateSessionResponse`
 */
export function readSsoSessionResponse(reply: Reply, request: { readonly expiresAtMs: number }): SsoSession {
  const { expiresAtMs } = checkObject(request, 'request')
  const body = readSuccess(reply)
  return {
    accessToken: new SecretText(readBearerToken(body)),
    tokenType: readTokenType(body),
    ...readActive(body),
    expiresAtMs,
  }
}
