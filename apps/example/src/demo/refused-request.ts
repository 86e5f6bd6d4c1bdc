import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import type { Sandbox } from '@ibkr-auth/sandbox'
import { createTransport } from '@ibkr-auth/transport'

/** A request with a mistake in it, and what came of it. */
export interface Refused {
  readonly mistake: string
  readonly status: number
  readonly explanation: string
  readonly remedy: string
}

/** Signs a request with the base64 text of the live session token instead of its bytes: a favourite mistake. */
export async function sendRefusedRequest({ credentials, url, log }: Sandbox): Promise<Refused> {
  const { consumerKey, accessToken, realm, baseUrl } = credentials
  const identity = { consumerKey, accessToken, realm }
  const exchange = beginExchange({
    dhParams: parseDhParams(credentials.dhParams),
    accessTokenSecret: decryptAccessTokenSecret(credentials.accessTokenSecret, credentials.encryptionKey),
  })
  await using transport = createTransport({ baseUrl: url, throwHttpErrors: false })
  const signer = rsaSha256(credentials.signingKey)
  const asked = await createLiveSessionTokenRequest({ credentials: identity, signer, exchange, baseUrl })
  using token = exchange.complete(await transport.request(asked), consumerKey)

  const mistaken = hmacSha256(Buffer.from(Buffer.from(token.reveal()).toString('base64')))
  const request = { method: 'GET', url: `${baseUrl}/portfolio/accounts` }
  const authorization = createAuthorizationHeader(request, identity, mistaken)
  const reply = await transport.request({ ...request, headers: { authorization } })
  const explanation = log.last?.explanation
  return {
    mistake: 'signed with the base64 text of the live session token',
    status: reply.status,
    explanation: explanation?.summary ?? 'nothing',
    remedy: explanation?.remedy ?? 'nothing',
  }
}
