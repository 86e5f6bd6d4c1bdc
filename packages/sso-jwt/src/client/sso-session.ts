import type { Reply } from '@ibkr-auth/internal/message'
import { SecretText, type SecretTextLike } from '@ibkr-auth/internal/secret'
import { type ClientIdentity, checkText, isTimeMs, readList, readMembers } from '../checks.ts'
import { invalidInput, type SsoJwtWarning } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import { readSuccess } from '../problem.ts'
import { readActive, readBearerToken, readTokenType } from '../reply.ts'
import type { SentRequest } from '../sent-secrets.ts'
import {
  createSignedJwtRequest,
  type SignedJwtRequest,
  type SignedJwtRequestOptions,
  signedJwtOptionNames,
} from './gateway-request.ts'
import { addressWarnings } from './session-address.ts'

/** What an SSO session is for (`CreateSessionRequest`). */
export interface SsoSessionRequestInput {
  /** Access token of the token endpoint, with the scope `sso-sessions.write`. */
  readonly accessToken: SecretTextLike
  /** Username the session is for. */
  readonly credential: string
  /** Public IPv4 or IPv6 address that calls with the SSO bearer will come from. */
  readonly ip: string
  readonly service?: string | undefined
  /** Further addresses the calls may come from. */
  readonly alternativeIps?: readonly string[] | undefined
}

/** Choices of `createSsoSessionRequest` and `createSsoBrowserSessionRequest`. */
export interface SsoSessionRequestOptions extends SignedJwtRequestOptions {
  /** Lifetime to ask for, in seconds, at most a week. @defaultValue 86400, as in IBKR's sample */
  readonly lifetimeSeconds?: number | undefined
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
 * The claims of this body and of a browser session's are the same at IBKR: whoever gets hold of one before it ends can
 * ask for the other kind with it. `jti` marks it as one use, for servers that look.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_LIFETIME`, `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.40.0 `/gw/api/v1/sso-sessions`, `CreateSessionRequest`
 */
export async function createSsoSessionRequest(
  input: SsoSessionRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SsoSessionRequestOptions = {},
): Promise<SsoSessionRequest> {
  const { accessToken, credential, ip, service, alternativeIps } = readMembers(input, 'input', [
    'accessToken',
    'credential',
    'ip',
    'service',
    'alternativeIps',
  ])
  const further = alternativeIps === undefined ? [] : readList(alternativeIps, 'alternativeIps')
  const warnings = [
    ...addressWarnings(ip, 'ip'),
    ...further.flatMap((address, index) => addressWarnings(address, `alternativeIps[${index}]`)),
  ]
  const payload = {
    credential: checkText(credential, 'credential'),
    ip,
    ...(service === undefined ? {} : { service: checkText(service, 'service') }),
    ...(alternativeIps === undefined ? {} : { alternativeIps: further }),
  }
  const request = await createSessionRequest('/gw/api/v1/sso-sessions', payload, accessToken, {
    client,
    signingKey,
    options,
  })
  return { ...request, method: 'POST', warnings }
}

/** Both kinds of session are asked for by a signed body that lives a day unless something else is wished. */
export function createSessionRequest(
  path: string,
  payload: object,
  accessToken: SecretTextLike,
  signer: {
    readonly client: ClientIdentity
    readonly signingKey: SigningKey
    readonly options: SsoSessionRequestOptions
  },
): Promise<SignedJwtRequest> {
  const { lifetimeSeconds = 86_400, ...options } = readMembers(
    signer.options,
    'options',
    signedJwtOptionNames,
  )
  return createSignedJwtRequest(
    { method: 'POST', path, payload, accessToken },
    signer.client,
    signer.signingKey,
    {
      ...options,
      lifetimeSeconds,
    },
  )
}

/** The reply to a request for an SSO session. */
export interface SsoSession {
  /** SSO bearer: opens `/v1/api` for the username, from the address asked for; not `/gw`. */
  readonly accessToken: SecretText
  /** `Bearer`. */
  readonly tokenType: string
  readonly active?: boolean | undefined
  /** Latest end, in ms since 1970: the bearer carries none, so it is the lifetime that was asked for. IBKR may end it earlier. */
  readonly expiresAtMs: number
}

/**
 * Reads the reply to a request for an SSO session; 200 and 201 both occur.
 *
 * @param request - The request of `createSsoSessionRequest`.
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if `access_token` is
 *   missing or a member is of the wrong type, `ERR_SSO_JWT_INVALID_INPUT`.
 * @see OpenAPI 2.40.0 `CreateSessionResponse`
 */
export function readSsoSessionResponse(
  reply: Reply,
  request: SentRequest & { readonly expiresAtMs: number },
): SsoSession {
  const { expiresAtMs } = readMembers(request, 'request', ['expiresAtMs'])
  if (!isTimeMs(expiresAtMs))
    throw invalidInput('request.expiresAtMs must be a time: give the request of createSsoSessionRequest()')
  const body = readSuccess(reply, request)
  return {
    accessToken: new SecretText(readBearerToken(body)),
    tokenType: readTokenType(body),
    ...readActive(body),
    expiresAtMs,
  }
}
