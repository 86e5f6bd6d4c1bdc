import { Buffer } from 'node:buffer'
import { createHmac, createSecretKey } from 'node:crypto'
import { handWrittenSigner } from './by-hand.ts'
import type { Candidate } from './candidate.ts'
import { ibkrClient } from './ibkr-client.ts'
import { accessToken, consumerKey, liveSessionToken, realm, type SigningInput } from './inputs.ts'
import { requirePeer } from './peers.ts'
import { baseString, checkHeader, encode } from './reference.ts'

interface OAuth10a {
  authorize(request: object, token: object): object
  toHeader(data: object): { Authorization: string }
}
type OAuth10aConstructor = new (options: object) => OAuth10a

interface OAuth1SignatureInput {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly method: string
  readonly url: string
  readonly queryParams: Readonly<Record<string, string>>
}
type OAuth1Signature = (input: OAuth1SignatureInput) => { params: Record<string, string | number> }

const key = createSecretKey(liveSessionToken)

/** HMAC-SHA256 with a key object made beforehand, over the base string that the other rows put together. */
export function bareHmac(input: SigningInput): Candidate {
  const protocol = {
    oauth_consumer_key: consumerKey,
    oauth_nonce: '0123456789abcdef0123456789abcdef',
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: Math.floor(Date.now() / 1000).toString(),
    oauth_token: accessToken,
  }
  const text = baseString(input, protocol, 'rfc5849')
  const expected = createHmac('sha256', liveSessionToken).update(text).digest('base64')
  return {
    name: 'bare HMAC-SHA256',
    kind: 'floor',
    run: () => createHmac('sha256', key).update(text).digest('base64'),
    check: (answer) => {
      if (answer !== expected) throw new Error('the HMAC differs')
    },
  }
}

export function byHand(input: SigningInput): Candidate {
  const sign = handWrittenSigner({ consumerKey, accessToken, realm, key })
  const { method, urlWithoutQuery, fields } = input
  return {
    name: 'written by hand',
    kind: 'by hand',
    run: () => sign(method, urlWithoutQuery, fields),
    check: judge(input, 'rfc5849'),
  }
}

/** A function that signs with oauth-1.0a: the header for a request. */
export function oauth10aSigner(): (method: string, url: string, fields: object) => string {
  const OAuth = requirePeer<OAuth10aConstructor>('oauth-1.0a')
  const oauth = new OAuth({
    consumer: { key: consumerKey, secret: '' },
    realm,
    signature_method: 'HMAC-SHA256',
    hash_function: (text: string) => createHmac('sha256', key).update(text).digest('base64'),
  })
  const token = { key: accessToken, secret: '' }
  return (method, url, fields) => {
    const data = oauth.authorize({ method, url, data: fields }, token)
    return oauth.toHeader(data).Authorization
  }
}

export function oauth10a(input: SigningInput): Candidate {
  const sign = oauth10aSigner()
  const { method, url } = input
  const fields = input.body === undefined ? {} : input.fields
  return {
    name: 'oauth-1.0a',
    kind: 'peer',
    run: () => sign(method, url, { ...fields }),
    check: judge(input, 'rfc5849'),
  }
}

/** oauth1-signature knows HMAC-SHA1 only and writes no header: that part is done for it. */
export function oauth1Signature(input: SigningInput): Candidate {
  const sign = requirePeer<OAuth1Signature>('oauth1-signature')
  const consumerSecret = liveSessionToken.toString('hex')
  const { method, urlWithoutQuery: url, fields } = input
  const run = (): string => {
    const queryParams = { ...fields, oauth_token: accessToken }
    const { params } = sign({ consumerKey, consumerSecret, method, url, queryParams })
    let header = `OAuth realm="${realm}"`
    for (const name in params) {
      if (name.startsWith('oauth_')) header += `, ${name}="${encode(String(params[name]))}"`
    }
    return header
  }
  const secret = Buffer.from(`${consumerSecret}&`)
  const check = (answer: unknown): void =>
    checkHeader(input, String(answer), { treatment: 'rfc5849', algorithm: 'sha1', key: secret })
  return { name: 'oauth1-signature', kind: 'peer', run, check }
}

/** ibkr-client encodes once; it is judged by that rule. */
export function ibkrClientSigning(input: SigningInput): Candidate {
  const { oauth1 } = ibkrClient()
  const token = liveSessionToken.toString('base64')
  const { method, urlWithoutQuery, fields } = input
  return {
    name: 'ibkr-client',
    kind: 'peer',
    run: () => oauth1.generateOauthHeaders(urlWithoutQuery, method, token, fields).Authorization,
    check: judge(input, 'raw'),
  }
}

/** Judges a header made with the live session token. */
export function judge(input: SigningInput, treatment: 'rfc5849' | 'raw'): (answer: unknown) => void {
  return (answer) =>
    checkHeader(input, String(answer), { treatment, algorithm: 'sha256', key: liveSessionToken })
}
