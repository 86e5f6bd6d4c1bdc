import { SecretText, type SecretTextLike } from './built-request.ts'
import { type ClientIdentity, type ClockOptions, checkObject, checkText, nowMs } from './checks.ts'
import { createSignedJwtRequest, type SignedJwtRequest } from './gateway-request.ts'
import { URL } from './host.ts'
import { readSuccess } from './problem.ts'
import { invalidResponse, type Reply, readActive, readBearerToken } from './reply.ts'
import type { SigningKey } from './signing-key.ts'
import type { SsoSessionRequestOptions } from './sso-session.ts'
import type { SsoJwtWarning } from './warning.ts'

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
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.28.0 `gw_api_v1_sso_browser_sessions_post`, `CreateBrowserSessionRequest`
 */
export async function createSsoBrowserSessionRequest(
  input: SsoBrowserSessionRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SsoSessionRequestOptions = {},
): Promise<SsoBrowserSessionRequest> {
  const { accessToken, credential, ip } = checkObject(input, 'input')
  const { checkSessionAddresses } = await import('./ip-address.ts')
  const warnings = checkSessionAddresses(ip)
  const payload = { credential: checkText(credential, 'credential'), ip }
  const method = 'POST'
  const request = await createSignedJwtRequest(
    { method, path: '/gw/api/v1/sso-browser-sessions', payload, accessToken },
    client,
    signingKey,
    { ...options, lifetimeSeconds: options.lifetimeSeconds ?? 86_400 },
  )
  return { ...request, method, warnings }
}

/** The reply to a request for a browser session. */
export interface SsoBrowserSession {
  /** https URL to send the user's browser to: good once, for 60 s, from the address asked for. It is a credential. */
  readonly url: SecretText
  readonly active?: boolean
  readonly accessToken?: SecretText
  /** When the URL stops working, in ms since 1970: 60 s after reading. */
  readonly expiresAtMs: number
}

/** Choices of `readSsoBrowserSessionResponse`. */
export interface ReadSsoBrowserSessionOptions extends ClockOptions {
  /**
   * Hosts the URL may have, such as `www.interactivebrokers.com`; white-label portals have their own.
   * @defaultValue any host
   */
  readonly allowedHosts?: readonly string[]
}

/**
 * Reads the reply to a request for a browser session.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if the URL is missing,
 *   not https, carries userinfo, or has a host that is not allowed.
 * @see OpenAPI 2.28.0 `CreateBrowserSessionResponse`
 */
export function readSsoBrowserSessionResponse(
  reply: Reply,
  options: ReadSsoBrowserSessionOptions = {},
): SsoBrowserSession {
  const body = readSuccess(reply)
  return {
    url: new SecretText(checkUrl(body.url, options.allowedHosts)),
    ...readActive(body),
    ...(body.access_token === undefined || body.access_token === null
      ? {}
      : { accessToken: new SecretText(readBearerToken(body)) }),
    expiresAtMs: nowMs(options) + 60_000,
  }
}

function checkUrl(value: unknown, allowedHosts: readonly string[] | undefined): string {
  const url = typeof value === 'string' && value.length <= 8192 ? parseUrl(value) : undefined
  if (url === undefined) throw invalidResponse('the reply has no usable url')
  if (url.protocol !== 'https:') throw invalidResponse('url of the reply is not https')
  if (url.username !== '' || url.password !== '') throw invalidResponse('url of the reply carries userinfo')
  if (allowedHosts !== undefined && !allowedHosts.includes(url.hostname)) {
    throw invalidResponse('url of the reply is on a host that allowedHosts does not name')
  }
  return url.href
}

function parseUrl(text: string): InstanceType<typeof URL> | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
