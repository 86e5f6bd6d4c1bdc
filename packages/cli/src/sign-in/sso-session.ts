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

/** A session of the username by OAuth 2.0; it never competes and never logs out. */
export async function ssoSession(settings: SsoSettings): Promise<Session> {
  const { clientId, clientKeyId, credential, passphrase, publicIp } = settings
  const { gatewayOrigin = 'https://api.ibkr.com', baseUrl = 'https://api.ibkr.com/v1/api' } = settings
  const { oauth2Origin = gatewayOrigin, scopes = ['sso-sessions.write'] } = settings
  const identity = { clientId, clientKeyId }
  const key = await importSigningKey(settings.privateKey, { passphrase })
  const oauth2 = createTransport({ baseUrl: oauth2Origin, throwHttpErrors: false })
  const gateway = createTransport({ baseUrl: `${gatewayOrigin}/gw`, throwHttpErrors: false })
  return createSession({
    baseUrl,
    username: credential,
    logout: false,
    async establish({ signal, now }) {
      const clientAssertion = await createClientAssertion(identity, key, { now })
      const asked = createTokenRequest({ clientAssertion, scope: scopes }, { baseUrl: oauth2Origin })
      const token = readTokenResponse(await oauth2.request({ ...asked, signal }), asked, { now })
      const body = { accessToken: token.accessToken, credential, ip: publicIp }
      const request = await createSsoSessionRequest(body, identity, key, { baseUrl: gatewayOrigin, now })
      const sso = readSsoSessionResponse(await gateway.request({ ...request, signal }), request)
      return { expiresAtMs: sso.expiresAtMs, authorize: bearer(() => sso.accessToken.reveal()) }
    },
  })
}
