import { ibkrHosts } from '@ibkr-auth/oauth1-signing'
import {
  createClientAssertion,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readSsoSessionResponse,
  readTokenResponse,
} from '@ibkr-auth/sso-jwt'
import { bearer, createTransport } from '@ibkr-auth/transport'
import { createSession, type Session } from '@ibkr-auth/transport/session'
import type { SsoSettings } from '../profile/client-settings.ts'
import { ssoOrigins } from './sso-origins.ts'

/** A session of the username by OAuth 2.0; it never competes and never logs out. */
export async function ssoSession(settings: SsoSettings): Promise<Session> {
  const { clientId, clientKeyId, credential, passphrase, publicIp } = settings
  const { baseUrl = ibkrHosts.production.api, scopes = ['sso-sessions.write'] } = settings
  const origins = ssoOrigins(settings)
  const identity = { clientId, clientKeyId }
  const key = await importSigningKey(settings.privateKey, { passphrase })
  const oauth2 = createTransport({ baseUrl: origins.oauth2, throwHttpErrors: false })
  const gateway = createTransport({ baseUrl: `${origins.gateway}/gw`, throwHttpErrors: false })
  return createSession({
    baseUrl,
    username: credential,
    logout: false,
    async establish({ signal, now }) {
      const clientAssertion = await createClientAssertion(identity, key, { now })
      const asked = createTokenRequest({ clientAssertion, scope: scopes }, { baseUrl: origins.oauth2 })
      const token = readTokenResponse(await oauth2.request({ ...asked, signal }), asked, { now })
      const body = { accessToken: token.accessToken, credential, ip: publicIp }
      const request = await createSsoSessionRequest(body, identity, key, { baseUrl: origins.gateway, now })
      const sso = readSsoSessionResponse(await gateway.request({ ...request, signal }), request)
      return { expiresAtMs: sso.expiresAtMs, authorize: bearer(() => sso.accessToken.reveal()) }
    },
  })
}
