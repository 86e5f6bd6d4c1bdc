import {
  type ClientIdentity,
  createClientAssertion,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  isSsoJwtError,
  readSsoSessionResponse,
  readTokenResponse,
  type SigningKey,
} from '@ibkr-auth/sso-jwt'
import { createTransport, type Transport } from '@ibkr-auth/transport'
import type { SsoSettings } from '../profile/client-settings.ts'
import { ssoOrigins } from '../sign-in/sso-origins.ts'
import type { Cause, Findings } from './finding.ts'
import { examineKey } from './keys.ts'

/** What is asked for: a session needs the first, a browser's session the second. */
const wantedScopes = ['sso-sessions.write', 'sso-browser-sessions.write'] as const

/** Everything that can be known without a connection. */
export async function examineOAuth2Files(
  findings: Findings,
  settings: SsoSettings,
): Promise<SigningKey | undefined> {
  const { privateKey, passphrase } = settings
  const key = examineKey(findings, 'oauth2', privateKey, passphrase, [3072, 4096])
  return key === undefined ? undefined : importSigningKey(key)
}

/** Obtains an access token and a session for the username; logs nobody out. */
export async function examineOAuth2SignIn(
  findings: Findings,
  settings: SsoSettings,
  key: SigningKey,
  now: () => number,
): Promise<void> {
  const origins = ssoOrigins(settings)
  const identity = { clientId: settings.clientId, clientKeyId: settings.clientKeyId }
  const options = { throwHttpErrors: false, retry: { limit: 0 } } as const
  const oauth2 = createTransport({ ...options, baseUrl: origins.oauth2 })
  const gateway = createTransport({ ...options, baseUrl: `${origins.gateway}/gw` })
  try {
    const accessToken = await obtainToken(findings, settings, identity, key, oauth2, origins.oauth2, now)
    if (accessToken === undefined) return
    await obtainSession(findings, {
      settings,
      identity,
      key,
      accessToken,
      gateway,
      baseUrl: origins.gateway,
      now,
    })
  } finally {
    await Promise.all([oauth2.close(), gateway.close()])
  }
}

async function obtainToken(
  findings: Findings,
  settings: SsoSettings,
  identity: ClientIdentity,
  key: SigningKey,
  oauth2: Transport,
  baseUrl: string,
  now: () => number,
): Promise<string | undefined> {
  const [step, title] = ['access-token', 'OAuth 2.0 access token']
  try {
    const clientAssertion = await createClientAssertion(identity, key, { now })
    const scope = settings.scopes ?? wantedScopes
    const request = createTokenRequest({ clientAssertion, scope }, { baseUrl })
    const token = readTokenResponse(await oauth2.request({ ...request }), request, { now })
    findings.ok(step, title, `granted, with the scopes ${token.scope.join(' ')}`)
    if (token.scopesRefused.length > 0) {
      findings.fail('scopes', 'scopes', {
        cause: `not granted: ${token.scopesRefused.join(' ')}`,
        remedy: 'ask IBKR to grant them to the client id, or leave them out of oauth2.scopes',
      })
    }
    return token.accessToken.reveal()
  } catch (error) {
    findings.fail(step, title, tokenCause(findings, error))
    return undefined
  }
}

function tokenCause(findings: Findings, error: unknown): Cause {
  const clock = findings.all.find(({ step, outcome }) => step === 'clock' && outcome === 'failed')
  if (clock !== undefined) return { cause: clock.detail, remedy: clock.remedy ?? '' }
  const remedy =
    'check oauth2.clientId and oauth2.keyId, and that the key is the pair of the one IBKR was sent; production and QA have different keys'
  return { cause: (error as Error).message, remedy: isSsoJwtError(error) ? remedy : 'see the message' }
}

interface SessionInput {
  readonly settings: SsoSettings
  readonly identity: ClientIdentity
  readonly key: SigningKey
  readonly accessToken: string
  readonly gateway: Transport
  readonly baseUrl: string
  readonly now: () => number
}

async function obtainSession(findings: Findings, input: SessionInput): Promise<void> {
  const [step, title] = ['sso-session', 'SSO session']
  const { settings, identity, key, accessToken, gateway, baseUrl, now } = input
  const { credential, publicIp } = settings
  try {
    const body = { accessToken, credential, ip: publicIp }
    const request = await createSsoSessionRequest(body, identity, key, { baseUrl, now })
    const session = readSsoSessionResponse(await gateway.request({ ...request }), request)
    findings.ok(step, title, 'granted')
    await examineBearer(findings, settings, session.accessToken.reveal())
  } catch (error) {
    findings.fail(step, title, {
      cause: (error as Error).message,
      remedy: 'check oauth2.credential (the username) and that the scope sso-sessions.write is granted',
    })
  }
}

/** The session is bound to an address: only a request under it shows whether it is ours. */
async function examineBearer(findings: Findings, settings: SsoSettings, bearer: string): Promise<void> {
  const [step, title] = ['session-address', 'the address of the session']
  const baseUrl = settings.baseUrl ?? 'https://api.ibkr.com/v1/api'
  const api = createTransport({ baseUrl, throwHttpErrors: false, retry: { limit: 0 } })
  try {
    const { status } = await api.get('/sso/validate', { headers: { authorization: `Bearer ${bearer}` } })
    if (status === 200)
      return findings.ok(step, title, 'the session is accepted from here (GET /sso/validate)')
    findings.fail(step, title, {
      cause: `the session was granted and is refused with ${status} on first use: the server sees another address than publicIp`,
      remedy: 'set publicIp to the address that the outside sees; behind NAT or a proxy that is theirs',
    })
  } finally {
    await api.close()
  }
}
