import { ibkrClient } from '../peers/ibkr-client.ts'
import { requirePeer } from '../peers/peers.ts'
import { accessToken, consumerKey, liveSessionToken, realm, type SigningInput } from './inputs.ts'
import { nodeCrypto, portable, type Way } from './way.ts'

/** A request, and its base string with some nonce, for the floor. */
export interface HeaderMaterial {
  readonly input: SigningInput
  readonly text: string
}

const name = '@ibkr-auth/oauth1-signing'

/** An Authorization header, each with a nonce and timestamp of its own. */
export const headerWays: readonly Way<HeaderMaterial>[] = [
  { name: 'bare HMAC-SHA256', kind: 'floor', make: ({ text }) => bareHmac(text) },
  { name: 'oauth1-signing', kind: 'ours', make: ({ input }) => ours(input, name) },
  { name: 'oauth1-signing, portable', kind: 'ours', make: ({ input }) => ours(input, portable(name)) },
  { name: 'oauth-1.0a', kind: 'peer', make: ({ input }) => oauth10a(input) },
  { name: 'oauth1-signature', kind: 'peer', make: ({ input }) => oauth1Signature(input) },
  { name: 'ibkr-client', kind: 'peer', make: ({ input }) => ibkrClientHeader(input) },
]

function hmacSha256(): (text: string) => string {
  const { createHmac, createSecretKey } = nodeCrypto()
  const key = createSecretKey(liveSessionToken)
  return (text) => createHmac('sha256', key).update(text).digest('base64')
}

function bareHmac(text: string): () => string {
  const hmac = hmacSha256()
  return () => hmac(text)
}

async function ours({ method, url, body, headers }: SigningInput, entry: string): Promise<() => string> {
  const signing: typeof import('@ibkr-auth/oauth1-signing') = await import(entry)
  const signer = signing.hmacSha256(liveSessionToken)
  const request = body === undefined ? { method, url } : { method, url, body, headers }
  const credentials = { consumerKey, accessToken, realm }
  return () => signing.createAuthorizationHeader(request, credentials, signer)
}

interface OAuth10a {
  authorize(request: object, token: object): object
  toHeader(data: object): { Authorization: string }
}

function oauth10a({ method, url, fields, body }: SigningInput): () => string {
  const OAuth = requirePeer<new (options: object) => OAuth10a>('oauth-1.0a')
  const consumer = { key: consumerKey, secret: '' }
  const oauth = new OAuth({ consumer, realm, signature_method: 'HMAC-SHA256', hash_function: hmacSha256() })
  const token = { key: accessToken, secret: '' }
  return () => {
    const data = body === undefined ? {} : { ...fields }
    return oauth.toHeader(oauth.authorize({ method, url, data }, token)).Authorization
  }
}

type OAuth1Signature = (input: object) => { params: Record<string, string | number> }

/** It knows HMAC-SHA1 only, keyed by two secrets, and writes no header: that part is done for it. */
function oauth1Signature({ method, urlWithoutQuery: url, fields }: SigningInput): () => string {
  const sign = requirePeer<OAuth1Signature>('oauth1-signature')
  const consumerSecret = liveSessionToken.toString('hex')
  return () => {
    const queryParams = { ...fields, oauth_token: accessToken }
    const { params } = sign({ consumerKey, consumerSecret, method, url, queryParams })
    let header = `OAuth realm="${realm}"`
    for (const name in params) {
      if (name.startsWith('oauth_')) header += `, ${name}="${encodeURIComponent(String(params[name]))}"`
    }
    return header
  }
}

function ibkrClientHeader({ method, urlWithoutQuery, fields }: SigningInput): () => unknown {
  const { oauth1 } = ibkrClient()
  const token = liveSessionToken.toString('base64')
  return () => oauth1.generateOauthHeaders(urlWithoutQuery, method, token, fields).Authorization
}
