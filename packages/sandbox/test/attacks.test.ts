import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { connect, type IndependentClient, type Spec } from './independent-client.ts'

/** Attempts to get in without being somebody, or as somebody else, each with the mistake that it is refused as. */

let client: IndependentClient
let lst: Buffer

beforeEach(async () => {
  ;({ client } = await connect())
  ;({ lst } = await client.liveSessionToken())
})

const path = '/v1/api/portfolio/accounts'
const order = [['Side', 'BUY']] as const
const legacy = '/tradingapi/v1/accounts/DU1234567/orders'

type Attack = readonly [name: string, attack: () => Promise<Response>, outcome: readonly [number, string]]

const send = (spec: Partial<Spec>): Promise<Response> =>
  client.send({ target: path, key: { hmac: lst }, ...spec })

/** The request as `change` leaves it, once it is signed. */
const tampered = (spec: Spec, change: (request: Request) => Request): Promise<Response> =>
  client.sandbox.handle(change(client.request(spec)))

const attacks: readonly Attack[] = [
  [
    'no authorization',
    () => client.sandbox.handle(new Request(client.origin + path)),
    [401, 'missing-authorization'],
  ],
  ['an empty key', () => send({ key: { hmac: Buffer.alloc(0) } }), [401, 'unknown']],
  ['a key of zeros', () => send({ key: { hmac: Buffer.alloc(20) } }), [401, 'unknown']],
  [
    'the access token as key',
    () => send({ key: { hmac: Buffer.from(client.credentials.accessToken) } }),
    [401, 'unknown'],
  ],
  [
    'the signature of an empty text',
    () => send({ writeSignature: () => encodeURIComponent(createHmac('sha256', lst).digest('base64')) }),
    [401, 'unknown'],
  ],
  ['no signature', () => send({ writeSignature: () => '' }), [400, 'missing-parameter']],
  ['PLAINTEXT', () => send({ signatureMethod: 'PLAINTEXT' }), [400, 'wrong-signature-method']],
  ['HMAC-SHA1', () => send({ signatureMethod: 'HMAC-SHA1' }), [400, 'wrong-signature-method']],
  [
    'RSA in place of the HMAC',
    () => send({ key: { rsa: client.credentials.signingKey } }),
    [400, 'wrong-signature-method'],
  ],
  [
    'the HMAC of a live session token where RSA is expected',
    () => send({ ...client.lstSpec(), key: { hmac: lst } }),
    [400, 'wrong-signature-method'],
  ],
  [
    'a stranger as consumer',
    () => send({ sentHeader: (header) => header.replace(/consumer_key="\w+"/, 'consumer_key="STRANGERS"') }),
    [401, 'unknown-consumer-key'],
  ],
  ['another token', () => send({ token: '0123456789abcdef0123' }), [401, 'unknown-token']],
  ['no token', () => send({ token: null }), [400, 'missing-parameter']],
  [
    'an old timestamp',
    () => send({ timestamp: String(Math.floor(Date.now() / 1_000) - 301) }),
    [401, 'clock-off'],
  ],
  [
    'a timestamp to come',
    () => send({ timestamp: String(Math.floor(Date.now() / 1_000) + 400) }),
    [401, 'clock-off'],
  ],
  [
    'the same request twice',
    async () => {
      const request = client.request({ target: path, key: { hmac: lst } })
      expect((await client.sandbox.handle(request.clone())).status).toBe(200)
      return client.sandbox.handle(request)
    },
    [401, 'nonce-reused'],
  ],
  [
    'a signed parameter twice',
    () => send({ sentHeader: (header) => `${header}, oauth_nonce="again"` }),
    [400, 'duplicate-parameter'],
  ],
  [
    'a body that was changed',
    () =>
      tampered(
        { method: 'POST', target: legacy, key: { hmac: lst }, form: order },
        (signed) => new Request(signed.url, { method: 'POST', headers: signed.headers, body: 'Side=SELL' }),
      ),
    [401, 'unknown'],
  ],
  [
    'another path',
    () =>
      tampered(
        { target: path, key: { hmac: lst } },
        (signed) => new Request(`${client.origin}/v1/api/tickle`, signed),
      ),
    [401, 'unknown'],
  ],
  [
    'another method',
    () =>
      tampered(
        { target: path, key: { hmac: lst } },
        (signed) => new Request(signed.url, { method: 'DELETE', headers: signed.headers }),
      ),
    [401, 'wrong-method'],
  ],
  [
    'a challenge of 1',
    () => send({ ...client.lstSpec(), extra: [['diffie_hellman_challenge', '1']] }),
    [400, 'challenge-out-of-range'],
  ],
  [
    'a challenge of p - 1',
    () =>
      send({ ...client.lstSpec(), extra: [['diffie_hellman_challenge', (client.prime - 1n).toString(16)]] }),
    [400, 'challenge-out-of-range'],
  ],
  [
    'a challenge that is no number',
    () => send({ ...client.lstSpec(), extra: [['diffie_hellman_challenge', '0x12']] }),
    [400, 'challenge-out-of-range'],
  ],
  [
    'a made-up bearer',
    () =>
      client.sandbox.handle(
        new Request(client.origin + path, { headers: { authorization: 'Bearer eyJ.eyJ.x' } }),
      ),
    [401, 'unknown-bearer'],
  ],
  [
    'the access token as bearer',
    () =>
      client.sandbox.handle(
        new Request(client.origin + path, {
          headers: { authorization: `Bearer ${client.credentials.accessToken}` },
        }),
      ),
    [401, 'unknown-bearer'],
  ],
  [
    'a page of another origin at the switches',
    () =>
      client.sandbox.handle(
        new Request(`${client.origin}/_sandbox/state`, {
          method: 'POST',
          headers: { origin: 'https://else.where', 'content-type': 'application/json' },
          body: '{"compete":true}',
        }),
      ),
    [403, 'cross-origin'],
  ],
  [
    'a page of another origin that approves',
    () =>
      client.sandbox.handle(
        new Request(`${client.origin}/authorize`, {
          method: 'POST',
          headers: { 'sec-fetch-site': 'cross-site' },
          body: new URLSearchParams({ decision: 'approve' }),
        }),
      ),
    [403, 'cross-origin'],
  ],
  [
    'a name that was rebound',
    () => client.sandbox.handle(new Request('http://else.where/_sandbox/log')),
    [421, 'host-not-allowed'],
  ],
]

describe('an attack', () => {
  it.each(attacks)('with %s is refused', async (_name, attack, [status, mistake]) => {
    const response = await attack()
    expect([response.status, client.sandbox.log.last?.explanation?.mistake]).toEqual([status, mistake])
    expect(client.sandbox.log.last?.verdict).toBe('refused')
  })
})
