import { createHmac, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Explanation, MistakeName } from '../src/index.ts'
import {
  connect,
  encode,
  type IndependentClient,
  javaBytes,
  type Pair,
  type Spec,
} from './independent-client.ts'

type Mistaken = readonly [mistake: MistakeName, why: string, change: Partial<Spec>]

const raw = (text: string): string => text
const query: readonly Pair[] = [
  ['conids', '265598,8314'],
  ['name', 'a b/ü(1)*'],
]
const target = '/v1/api/iserver/marketdata/snapshot?conids=265598%2C8314&name=a%20b%2F%C3%BC(1)*'
const without = (name: string) => (pairs: readonly Pair[]) => pairs.filter((pair) => pair[0] !== name)
const withoutQuery = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.filter((pair) => pair[0].startsWith('oauth_'))

/** Mistakes in what is signed, made on a GET with a query. */
const signingMistakes: readonly Mistaken[] = [
  [
    'query-in-url',
    'URL with its query, parameters without',
    { signedUri: (uri) => uri + target.slice(target.indexOf('?')), signedPairs: withoutQuery },
  ],
  [
    'query-in-url',
    'URL with its query, parameters too',
    { signedUri: (uri) => uri + target.slice(target.indexOf('?')) },
  ],
  ['values-encoded-once', 'joined raw, encoded once', { encodePart: raw }],
  ['values-encoded-once', 'each value encoded, the whole not', { encodeParameters: raw }],
  ['values-not-encoded', 'no encoding anywhere', { encodePart: raw, encodeParameters: raw, encodeUri: raw }],
  ['values-not-encoded', 'no encoding of the URL', { encodeUri: raw }],
  ['wrong-percent-encoding', 'encodeURIComponent', { encodePart: encodeURIComponent }],
  ['wrong-percent-encoding', 'a space as +', { encodePart: (text) => encode(text).replaceAll('%20', '+') }],
  [
    'wrong-percent-encoding',
    'lower-case escapes',
    { encodePart: lowerCase, encodeParameters: lowerCase, encodeUri: lowerCase },
  ],
  [
    'realm-signed',
    'realm among the parameters',
    { signedPairs: (pairs) => [...pairs, ['realm', 'limited_poa']] },
  ],
  ['method-case', 'get', { signedMethod: 'get' }],
  ['wrong-method', 'POST signed, GET sent', { signedMethod: 'POST' }],
  ['wrong-scheme', 'https signed', { signedUri: (uri) => uri.replace('http:', 'https:') }],
  ['wrong-port', 'port left out', { signedUri: (uri) => uri.replace(':4000', '') }],
  ['wrong-port', 'another port', { signedUri: (uri) => uri.replace(':4000', ':8080') }],
  ['wrong-host', 'localhost', { signedUri: (uri) => uri.replace('127.0.0.1', 'localhost') }],
  [
    'wrong-host',
    "IBKR's host",
    { signedUri: (uri) => uri.replace('http://127.0.0.1:4000', 'https://api.ibkr.com') },
  ],
  ['wrong-path', 'a slash at the end', { signedUri: (uri) => `${uri}/` }],
  ['wrong-path', 'without the base path', { signedUri: (uri) => uri.replace('/v1/api', '') }],
  ['parameters-unsorted', 'as they come', { order: 'as-is' }],
  ['parameter-not-signed', 'the nonce left out', { signedPairs: without('oauth_nonce') }],
  [
    'signature-encoding',
    '+ sent raw and read as a space',
    { nonce: nonceWithPlus(), writeSignature: (text) => encode(text.replaceAll('+', ' ')) },
  ],
  ['signature-encoding', 'encoded twice', { writeSignature: (text) => encode(encode(text)) }],
  ['timestamp-milliseconds', 'milliseconds', { timestamp: String(Date.now()) }],
  ['timestamp-malformed', 'a fraction', { timestamp: (Date.now() / 1000).toFixed(2) }],
  ['clock-off', 'an hour behind', { timestamp: String(Math.floor(Date.now() / 1000) - 3600) }],
  ['clock-off', 'an hour ahead', { timestamp: String(Math.floor(Date.now() / 1000) + 3600) }],
]

/** The signature has to hold a + for that mistake to show; the nonce does not decide that, so many are tried. */
function nonceWithPlus(): string {
  return 'plus'
}

function lowerCase(text: string): string {
  return encode(text).replace(/%../g, (triplet) => triplet.toLowerCase())
}

async function explain(client: IndependentClient, spec: Spec): Promise<Explanation> {
  const response = await client.send(spec)
  expect(response.status, await response.text()).toBeGreaterThanOrEqual(400)
  const { explanation } = client.sandbox.log.last ?? {}
  expect(explanation).toBeDefined()
  return explanation as Explanation
}

describe('a mistake in a request signed with the live session token', () => {
  let client: IndependentClient
  let right: Spec

  beforeAll(async () => {
    client = (await connect({ querySigning: 'rfc5849' })).client
    const { lst } = await client.liveSessionToken()
    right = { target, query, key: { hmac: lst } }
  })

  it('is not there: the request is accepted as far as the session goes', async () => {
    const response = await client.send(right)
    expect(await response.json()).toMatchObject({ error: 'Bad Request: no bridge' })
    expect(client.sandbox.log.last).toMatchObject({ verdict: 'accepted', signedAs: 'rfc5849' })
  })

  for (const [mistake, why, change] of signingMistakes) {
    it(`${mistake}: ${why}`, async () => {
      const explanation = await explain(client, withPlus(client, { ...right, ...change }))
      expect(explanation.mistake).toBe(mistake)
      expect(client.sandbox.log.last?.verdict).toBe('refused')
    })
  }

  it('query-omitted, where only rfc5849 is taken', async () => {
    const explanation = await explain(client, { ...right, signedPairs: withoutQuery })
    expect(explanation).toMatchObject({ mistake: 'query-omitted' })
    expect(explanation.expectedBaseString).toContain('conids')
    expect(explanation.receivedBaseString).not.toContain('conids')
  })

  it('is told apart among names where one begins another, and among equal names', async () => {
    const names: readonly Pair[] = [
      ['a!', '2'],
      ['a', '3'],
      ['a', '1'],
      ['a0', '4'],
    ]
    const spec = { target: '/v1/api/portfolio/accounts?a!=2&a=3&a=1&a0=4', query: names, key: right.key }
    expect((await client.send(spec)).status).toBe(200)
    expect(await explain(client, { ...spec, signedMethod: 'get' })).toMatchObject({ mistake: 'method-case' })
    expect(await explain(client, { ...spec, order: 'joined' })).toMatchObject({
      mistake: 'parameters-unsorted',
    })
  })

  it('wrong-signature-method: RSA where HMAC is wanted', async () => {
    const spec = { ...right, key: { rsa: client.credentials.signingKey } }
    expect(await explain(client, spec)).toMatchObject({ mistake: 'wrong-signature-method' })
  })

  it('nonce-reused: the same request twice', async () => {
    const spec = {
      ...right,
      nonce: randomBytes(8).toString('hex'),
      timestamp: String(Math.floor(Date.now() / 1000)),
    }
    expect((await client.send(spec)).status).toBe(400)
    expect(await explain(client, spec)).toMatchObject({ mistake: 'nonce-reused' })
  })

  it('body-signed: members of a JSON body as parameters', async () => {
    const body = JSON.stringify({ publish: true, compete: false })
    const spec: Spec = {
      method: 'POST',
      target: '/v1/api/iserver/auth/ssodh/init',
      key: right.key,
      body,
      headers: { 'content-type': 'application/json' },
      signedPairs: (pairs) => [...pairs, ['publish', 'true'], ['compete', 'false']],
    }
    expect(await explain(client, spec)).toMatchObject({ mistake: 'body-signed' })
    const text = {
      ...spec,
      signedPairs: (pairs: readonly Pair[]): readonly Pair[] => [...pairs, ['body', body]],
    }
    expect(await explain(client, text)).toMatchObject({ mistake: 'body-signed' })
  })

  it('form-omitted: fields of a form left out', async () => {
    const spec: Spec = {
      method: 'POST',
      target: '/tradingapi/v1/accounts/DU1234567/orders',
      key: right.key,
      form: [['Side', 'BUY']],
      signedPairs: without('Side'),
    }
    expect(await explain(client, spec)).toMatchObject({ mistake: 'form-omitted' })
  })

  it('gives both base strings, and no token in either', async () => {
    const explanation = await explain(client, {
      ...right,
      signedUri: (uri) => uri.replace('127.0.0.1', 'localhost'),
    })
    expect(explanation.expectedBaseString).toContain('http%3A%2F%2F127.0.0.1%3A4000')
    expect(explanation.receivedBaseString).toContain('http%3A%2F%2Flocalhost%3A4000')
    expect(JSON.stringify(explanation)).not.toContain(client.credentials.accessToken)
  })

  it('says unknown for two mistakes at once, whichever two', async () => {
    const single = signingMistakes.filter(([mistake]) => mistake !== 'signature-encoding')
    let pairs = 0
    for (const [a, , first] of single) {
      for (const [b, , second] of single) {
        const overlap = Object.keys(first).some((field) => field in second)
        if (a === b || overlap || !showsBoth(first, second)) continue
        const explanation = await explain(client, { ...right, ...first, ...second })
        expect(`${a} + ${b}: ${explanation.mistake}`).toBe(`${a} + ${b}: unknown`)
        pairs++
      }
    }
    expect(pairs).toBeGreaterThan(200)
  })

  /** Some mistakes hide others: without a query among the parameters, it does not show how often values were encoded. */
  function showsBoth(first: Partial<Spec>, second: Partial<Spec>): boolean {
    const fixed = { ...right, nonce: 'n', timestamp: first.timestamp ?? second.timestamp ?? '1' }
    const signed = (...changes: readonly Partial<Spec>[]): string => {
      client.authorization(Object.assign({}, fixed, ...changes) as Spec)
      return `${client.lastText} ${changes.some(({ timestamp }) => timestamp !== undefined)}`
    }
    return signed(first, second) !== signed(first) && signed(first, second) !== signed(second)
  }

  /** Signs again with other nonces until the signature holds a +, where the change is about that. */
  function withPlus(signing: IndependentClient, spec: Spec): Spec {
    if (spec.nonce !== 'plus') return spec
    for (;;) {
      const tried = {
        ...spec,
        nonce: randomBytes(8).toString('hex'),
        timestamp: String(Math.floor(Date.now() / 1000)),
      }
      const header = signing.authorization({ ...tried, writeSignature: raw })
      if (/oauth_signature="[^"]*\+/.test(header)) return tried
    }
  }
})

describe('a mistake in deriving or using the live session token', () => {
  let client: IndependentClient
  const request = '/v1/api/portfolio/accounts'

  beforeAll(async () => {
    client = (await connect()).client
  })

  const explainKey = (hmac: Uint8Array): Promise<Explanation> =>
    explain(client, { target: request, key: { hmac } })

  it('lst-as-text: base64 or hex as the key', async () => {
    const { lst } = await client.liveSessionToken()
    expect(await explainKey(Buffer.from(lst.toString('base64')))).toMatchObject({ mistake: 'lst-as-text' })
    expect(await explainKey(Buffer.from(lst.toString('hex')))).toMatchObject({ mistake: 'lst-as-text' })
  })

  it('lst-with-ampersand: the key form of RFC 5849 3.4.2', async () => {
    const { lst } = await client.liveSessionToken()
    expect(await explainKey(Buffer.from(`&${lst.toString('base64')}`))).toMatchObject({
      mistake: 'lst-with-ampersand',
    })
    expect(await explainKey(Buffer.from(`${encode(lst.toString('base64'))}&`))).toMatchObject({
      mistake: 'lst-with-ampersand',
    })
  })

  it('leading-zero-byte: dropped where K needs it, added where it does not', async () => {
    const seen = new Set<boolean>()
    while (seen.size < 2) {
      const { k } = await client.liveSessionToken()
      const right = javaBytes(k)
      const hasZero = right[0] === 0
      const wrong = hasZero ? right.subarray(1) : Buffer.concat([Buffer.alloc(1), right])
      const explanation = await explainKey(createHmac('sha1', wrong).update(client.secret()).digest())
      expect(explanation.mistake).toBe('leading-zero-byte')
      expect(explanation.detail).toContain(hasZero ? 'dropped' : 'put before')
      seen.add(hasZero)
    }
  })

  it('secret-as-text: hex or base64 of the secret in the derivation', async () => {
    const { k } = await client.liveSessionToken()
    for (const form of ['hex', 'base64'] as const) {
      const lst = createHmac('sha1', javaBytes(k)).update(client.secret().toString(form)).digest()
      expect(await explainKey(lst)).toMatchObject({ mistake: 'secret-as-text' })
    }
  })

  it('lst-expired and lst-missing', async () => {
    const fresh = (await connect()).client
    expect(await explain(fresh, { target: request, key: { hmac: randomBytes(20) } })).toMatchObject({
      mistake: 'lst-missing',
    })
    const { lst } = await fresh.liveSessionToken()
    fresh.sandbox.faults.expireLiveSessionTokens()
    expect(await explain(fresh, { target: request, key: { hmac: lst } })).toMatchObject({
      mistake: 'lst-expired',
    })
    await fresh.liveSessionToken()
    expect(await explain(fresh, { target: request, key: { hmac: lst } })).toMatchObject({
      mistake: 'lst-replaced',
    })
  })

  it('is unknown with a key that comes from nowhere', async () => {
    await client.liveSessionToken()
    expect(await explainKey(randomBytes(20))).toMatchObject({ mistake: 'unknown' })
  })
})

describe('a mistake in a request for a live session token', () => {
  let client: IndependentClient

  beforeAll(async () => {
    client = (await connect()).client
  })

  const cases: readonly (readonly [MistakeName, string, (right: Spec) => Partial<Spec>])[] = [
    ['prefix-missing', 'no prefix', () => ({ prefix: '' })],
    ['prefix-wrong', 'upper-case hex', ({ prefix }) => ({ prefix: prefix?.toUpperCase() ?? '' })],
    ['prefix-wrong', 'still encrypted', () => ({ prefix: client.credentials.accessTokenSecret })],
    [
      'prefix-wrong',
      'base64',
      ({ prefix }) => ({ prefix: Buffer.from(prefix ?? '', 'hex').toString('base64') }),
    ],
    ['wrong-key', 'the encryption key', () => ({ key: { rsa: client.credentials.encryptionKey } })],
    ['wrong-signature-method', 'HMAC', () => ({ key: { hmac: randomBytes(20) } })],
    [
      'parameter-not-signed',
      'challenge not signed',
      () => ({ signedPairs: without('diffie_hellman_challenge') }),
    ],
    ['wrong-realm', 'another realm', () => ({ realm: 'test_realm' })],
    ['unknown-token', 'another access token', () => ({ token: '00'.repeat(10) })],
    ['missing-parameter', 'no challenge', () => ({ extra: [] })],
    ['challenge-out-of-range', 'challenge 1', () => ({ extra: [['diffie_hellman_challenge', '1']] })],
  ]

  for (const [mistake, why, change] of cases) {
    it(`${mistake}: ${why}`, async () => {
      const right = client.lstSpec()
      expect((await explain(client, { ...right, ...change(right) })).mistake).toBe(mistake)
    })
  }

  it('is unknown with a key that was never registered, and says that much', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const explanation = await explain(client, { ...client.lstSpec(), key: { rsa } })
    expect(explanation).toMatchObject({
      mistake: 'unknown',
      detail: 'Neither of the registered keys made this signature.',
    })
  })

  it('never shows the secret', async () => {
    const right = client.lstSpec()
    for (const change of [
      { prefix: '' },
      { signedMethod: 'GET' },
      { key: { rsa: client.credentials.encryptionKey } },
    ]) {
      const text = JSON.stringify(await explain(client, { ...right, ...change }))
      expect(text).not.toContain(right.prefix)
      expect(text).toContain('[access token secret]')
    }
  })

  it('unknown-consumer-key, with the text that IBKR sends', async () => {
    const spec = client.lstSpec()
    const sentHeader = (header: string): string =>
      header.replace(/oauth_consumer_key="[^"]*"/, 'oauth_consumer_key="NOBODY"')
    const response = await client.send({ ...spec, sentHeader })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining('invalid consumer'),
      statusCode: 401,
    })
    expect(client.sandbox.log.last?.explanation?.mistake).toBe('unknown-consumer-key')
    expect(client.sandbox.log.last?.explanation?.detail).toBeUndefined()
  })

  it('unknown-consumer-key in small letters, and that it is registered in capitals', async () => {
    const { consumerKey } = client.credentials
    const sentHeader = (header: string): string => header.replace(consumerKey, consumerKey.toLowerCase())
    await client.send({ ...client.lstSpec(), sentHeader })
    expect(client.sandbox.log.last?.explanation).toMatchObject({
      mistake: 'unknown-consumer-key',
      detail: 'It is registered in capitals, as the portal keeps it.',
    })
  })
})

describe('query parameters', () => {
  it('are taken signed and unsigned by default, and narrowed by the option', async () => {
    const both = (await connect()).client
    const { lst } = await both.liveSessionToken()
    await both.send({ target, query, key: { hmac: lst } })
    expect(both.sandbox.log.last?.signedAs).toBe('rfc5849')
    await both.send({ target, query, key: { hmac: lst }, signedPairs: withoutQuery })
    expect(both.sandbox.log.last).toMatchObject({ signedAs: 'omit', verdict: 'accepted' })

    const omit = (await connect({ querySigning: 'omit' })).client
    const key = { hmac: (await omit.liveSessionToken()).lst }
    expect(await explain(omit, { target, query, key })).toMatchObject({ mistake: 'query-signed' })
  })
})
