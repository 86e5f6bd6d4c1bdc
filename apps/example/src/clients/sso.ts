import {
  createClientAssertion,
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readSsoBrowserSessionResponse,
  readSsoSessionResponse,
  readTokenResponse,
  type Scope,
  type SigningKey,
  type SsoSession,
} from '@ibkr-auth/sso-jwt'
import { bearer, createTransport } from '@ibkr-auth/transport'
import { createSession } from '@ibkr-auth/transport/session'
import { type Client, createClient } from './client.ts'

/** For advisers and introducing brokers: IBKR gives client id and key id for the public key you sent. */
export interface SsoOptions {
  readonly clientId: string
  readonly clientKeyId: string
  /** The private key as PEM text, RSA of 3072 or 4096 bits. */
  readonly privateKey: string
  readonly passphrase?: string | undefined
  /** The username to act for. */
  readonly credential: string
  /** The address that IBKR sees your requests come from; the session is bound to it. */
  readonly publicIp: string
  readonly scopes?: readonly Scope[] | undefined
  /** Default `https://api.ibkr.com/v1/api`. QA keys belong to `https://qa.interactivebrokers.com`, in all three. */
  readonly baseUrl?: string | undefined
  /** Default `https://api.ibkr.com/gw/api/v1`. */
  readonly gatewayUrl?: string | undefined
  /** The token endpoint. Default: beside the gateway, at `/oauth2/api/v1/token`. */
  readonly oauth2Url?: string | undefined
}

/** A client that can also log the user's browser in. */
export interface SsoClient extends Client {
  /** A URL for the user's browser: good once, for 60 s, from that address alone. It is a credential. */
  browserUrl(browserIp: string, signal?: AbortSignal): Promise<string>
}

/** OAuth 2.0: access token by signed client assertion, then an SSO session for one username. */
export async function createSsoClient(options: SsoOptions): Promise<SsoClient> {
  const { baseUrl = 'https://api.ibkr.com/v1/api', credential, passphrase } = options
  const gateway = openGateway(options, await importSigningKey(options.privateKey, { passphrase }))

  // Of the session at hand; the WebSocket carries it in its address.
  let bearerOfSession: SsoSession['accessToken'] | undefined
  const session = createSession({
    baseUrl,
    username: credential,
    // The session's bearer authorises everything below /v1/api; nothing is signed there.
    async establish({ signal }) {
      const sso = await gateway.ssoSession(signal)
      bearerOfSession = sso.accessToken
      return { expiresAtMs: sso.expiresAtMs, authorize: bearer(() => sso.accessToken.reveal()) }
    },
  })
  const query = () => {
    if (bearerOfSession === undefined) throw new Error('There is no SSO session yet.')
    return { name: 'bearer_token', value: bearerOfSession } as const
  }
  const client = createClient(session, { baseUrl, query })
  const close = async () => {
    await client.close()
    await gateway.close()
  }
  const { browserUrl } = gateway
  return { ...client, browserUrl, close, [Symbol.asyncDispose]: close }
}

/** The paths are the protocol's, and come with the requests; where they lie is an option. */
function originOf(option: string, url: string, path: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : undefined
  if (origin !== undefined && url === origin + path) return origin
  throw new TypeError(`${option} must end in ${path}, as https://api.ibkr.com${path} does.`)
}

/** What is signed with your key: an access token for the gateway, and there sessions for users. */
function openGateway(options: SsoOptions, key: SigningKey) {
  const { clientId, clientKeyId, credential, publicIp } = options
  const { scopes = ['sso-sessions.write', 'sso-browser-sessions.write'] } = options
  const { gatewayUrl = 'https://api.ibkr.com/gw/api/v1' } = options
  const gatewayOrigin = originOf('gatewayUrl', gatewayUrl, '/gw/api/v1')
  const { oauth2Url = `${gatewayOrigin}/oauth2/api/v1/token` } = options
  const oauth2Origin = originOf('oauth2Url', oauth2Url, '/oauth2/api/v1/token')
  const identity = { clientId, clientKeyId }
  // Each way out is bound to its place: the access token opens /gw, the SSO bearer /v1/api, and neither meets the
  // other's requests. Replies are read whatever their status: their errors come with remedies.
  const authorization = createTransport({ baseUrl: oauth2Origin, throwHttpErrors: false })
  const gateway = createTransport({ baseUrl: `${gatewayOrigin}/gw`, throwHttpErrors: false })
  // Everything that is signed goes by the server's clock, which the first reply tells.
  const clock = { now: () => authorization.now() }
  const signing = { baseUrl: gatewayOrigin, ...clock }

  /** By a signed assertion that lives for a minute. */
  async function accessToken(signal: AbortSignal) {
    const clientAssertion = await createClientAssertion(identity, key, clock)
    const request = createTokenRequest({ clientAssertion, scope: scopes }, { baseUrl: oauth2Origin })
    return readTokenResponse(await authorization.request({ ...request, signal }), request, clock).accessToken
  }

  return {
    async ssoSession(signal: AbortSignal) {
      const input = { accessToken: await accessToken(signal), credential, ip: publicIp }
      const request = await createSsoSessionRequest(input, identity, key, signing)
      return readSsoSessionResponse(await gateway.request({ ...request, signal }), request)
    },
    async browserUrl(browserIp: string, signal = AbortSignal.timeout(60_000)) {
      const input = { accessToken: await accessToken(signal), credential, ip: browserIp }
      const request = await createSsoBrowserSessionRequest(input, identity, key, signing)
      const reply = await gateway.request({ ...request, signal })
      return readSsoBrowserSessionResponse(reply, { request, ...clock }).url.reveal()
    },
    close: () => Promise.all([gateway.close(), authorization.close()]),
  }
}
