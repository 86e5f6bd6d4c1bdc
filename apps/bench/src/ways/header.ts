import { ibkrClient, requirePeer } from '../peers.ts'
import { accessToken, consumerKey, liveSessionToken, realm, type SigningInput } from './inputs.ts'
import type { Way } from './way.ts'

/** An Authorization header, each with a nonce and timestamp of its own. */
export const headerWays: readonly Way<SigningInput>[] = [
  { name: 'oauth1-signing', kind: 'ours', make: ours },
  { name: 'oauth-1.0a', kind: 'peer', make: oauth10a },
  { name: 'oauth1-signature', kind: 'peer', make: oauth1Signature },
  { name: 'ibkr-client', kind: 'peer', make: ibkrClientHeader },
]

/** What any first header cannot do without. */
export const firstHmac: readonly Way<string>[] = [{ name: 'node:crypto', kind: 'floor', make: bareHmac }]

async function bareHmac(text: string) {
  const { createHmac } = await import('node:crypto')
  return () => createHmac('sha256', liveSessionToken).update(text).digest('hex')
}

async function ours({ method, url, body, headers }: SigningInput) {
  const signing = await import('@ibkr-auth/oauth1-signing')
  const signer = signing.hmacSha256(liveSessionToken)
  const request = body === undefined ? { method, url } : { method, url, body, headers }
  const credentials = { consumerKey, accessToken, realm }
  return () => signing.createAuthorizationHeader(request, credentials, signer)
}

function oauth10a({ method, url, fields, body }: SigningInput) {
  const OAuth = requirePeer('oauth-1.0a')
  const { createHmac, createSecretKey } = process.getBuiltinModule('node:crypto')
  const key = createSecretKey(liveSessionToken)
  const hash_function = (text: string) => createHmac('sha256', key).update(text).digest('base64')
  const consumer = { key: consumerKey, secret: '' }
  const oauth = new OAuth({ consumer, realm, signature_method: 'HMAC-SHA256', hash_function })
  const token = { key: accessToken, secret: '' }
  return () => {
    const data = body === undefined ? {} : { ...fields }
    return oauth.toHeader(oauth.authorize({ method, url, data }, token)).Authorization
  }
}

/** It knows HMAC-SHA1 only, keyed by two secrets, and writes no header: that part is done for it. */
function oauth1Signature({ method, urlWithoutQuery: url, fields }: SigningInput) {
  const sign = requirePeer('oauth1-signature')
  const consumerSecret = liveSessionToken.toString('hex')
  return () => {
    const queryParams = { ...fields, oauth_token: accessToken }
    const { params } = sign({ consumerKey, consumerSecret, method, url, queryParams })
    let header = `OAuth realm="${realm}"`
    for (const name in params)
      if (name.startsWith('oauth_')) header += `, ${name}="${encodeURIComponent(params[name])}"`
    return header
  }
}

function ibkrClientHeader({ method, urlWithoutQuery, fields }: SigningInput) {
  const { oauth1 } = ibkrClient()
  const token = liveSessionToken.toString('base64')
  return () => oauth1.generateOauthHeaders(urlWithoutQuery, method, token, fields).Authorization
}
