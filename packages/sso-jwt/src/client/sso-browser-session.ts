import { parseUrl } from '@ibkr-auth/internal/globals'
import type { Reply } from '@ibkr-auth/internal/message'
import { SecretText, type SecretTextLike } from '@ibkr-auth/internal/secret'
import {
  type ClientIdentity,
  type ClockOptions,
  checkText,
  readList,
  readMembers,
  replyMs,
} from '../checks.ts'
import type { SsoJwtWarning } from '../errors.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import { readSuccess } from '../problem.ts'
import { invalidResponse, readActive, readBearerToken } from '../reply.ts'
import type { SentRequest } from '../sent-secrets.ts'
import type { SignedJwtRequest } from './gateway-request.ts'
import { addressWarnings } from './session-address.ts'
import { createSessionRequest, type SsoSessionRequestOptions } from './sso-session.ts'

/** What a browser session is for (`CreateBrowserSessionRequest`). */
export interface SsoBrowserSessionRequestInput {
  /** Access token of the token endpoint, with the scope `sso-browser-sessions.write`. */
  readonly accessToken: SecretTextLike
  /** Username the session is for. */
  readonly credential: string
  /** Public IPv4 or IPv6 address of the user's browser. */
  readonly ip: string
}

/** A request for a browser session. */
export interface SsoBrowserSessionRequest extends SignedJwtRequest {
  readonly method: 'POST'
  /** `WARN_SSO_JWT_ADDRESS_NOT_PUBLIC` for an address that IBKR can never see. */
  readonly warnings: readonly SsoJwtWarning[]
}

/**
 * Builds `POST /gw/api/v1/sso-browser-sessions`, whose reply is a URL that logs the user's browser in.
 *
 * The body is signed, as IBKR's prose and OpenAPI 2.29.0 (`SIGNED_JWT`) say; the reference page of 2.40.0 shows
 * `application/json` and names no policy. The claims are those of an SSO session: see `createSsoSessionRequest`.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_LIFETIME`, `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.40.0 `/gw/api/v1/sso-browser-sessions`, `CreateBrowserSessionRequest`
 */
export async function createSsoBrowserSessionRequest(
  input: SsoBrowserSessionRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SsoSessionRequestOptions = {},
): Promise<SsoBrowserSessionRequest> {
  const { accessToken, credential, ip } = readMembers(input, 'input', ['accessToken', 'credential', 'ip'])
  const warnings = addressWarnings(ip, 'ip')
  const payload = { credential: checkText(credential, 'credential'), ip }
  const request = await createSessionRequest('/gw/api/v1/sso-browser-sessions', payload, accessToken, {
    client,
    signingKey,
    options,
  })
  return { ...request, method: 'POST', warnings }
}

/** The reply to a request for a browser session. */
export interface SsoBrowserSession {
  /** https URL to send the user's browser to: good once, for 60 s, from the address asked for. It is a credential. */
  readonly url: SecretText
  readonly active?: boolean | undefined
  readonly accessToken?: SecretText | undefined
  /** When the URL stops working, in ms since 1970: 60 s after reading. */
  readonly expiresAtMs: number
}

/** Choices of `readSsoBrowserSessionResponse`. */
export interface ReadSsoBrowserSessionOptions extends ClockOptions {
  /**
   * Hosts the URL may have, such as `www.interactivebrokers.com`; white-label portals have their own.
   * @defaultValue any host
   */
  readonly allowedHosts?: readonly string[] | undefined
  /** The request that was answered, whose secrets an error's message then never holds. */
  readonly request?: SentRequest | undefined
}

/**
 * Reads the reply to a request for a browser session.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if the URL is missing,
 *   not https, carries userinfo, or has a host that is not allowed, `ERR_SSO_JWT_INVALID_INPUT`.
 * @see OpenAPI 2.40.0 `CreateBrowserSessionResponse`
 */
export function readSsoBrowserSessionResponse(
  reply: Reply,
  options: ReadSsoBrowserSessionOptions = {},
): SsoBrowserSession {
  const { allowedHosts, request, ...clock } = readMembers(options, 'options', [
    'allowedHosts',
    'request',
    'now',
  ])
  const hosts = allowedHosts === undefined ? undefined : readList(allowedHosts, 'allowedHosts')
  const expiresAtMs = replyMs(clock) + 60_000
  const body = readSuccess(reply, request)
  return {
    url: new SecretText(checkUrl(body.url, hosts)),
    ...readActive(body),
    ...(body.access_token === undefined || body.access_token === null
      ? {}
      : { accessToken: new SecretText(readBearerToken(body)) }),
    expiresAtMs,
  }
}

const longestUrl = 8192

function checkUrl(value: unknown, allowedHosts: readonly unknown[] | undefined): string {
  const url = typeof value === 'string' && value.length <= longestUrl ? parseUrl(value) : undefined
  if (url === undefined) throw invalidResponse('the reply has no usable url')
  if (url.protocol !== 'https:') throw invalidResponse('url of the reply is not https')
  if (url.username !== '' || url.password !== '') throw invalidResponse('url of the reply carries userinfo')
  if (allowedHosts !== undefined && !allowedHosts.includes(url.hostname)) {
    throw invalidResponse('url of the reply is on a host that allowedHosts does not name')
  }
  return url.href
}
