import { beforeAll, describe, expect, it } from 'vitest'
import { connect, encode, type IndependentClient, type Pair, type Spec } from './independent-client.ts'

const raw = (text: string): string => text
const plus = (text: string): string => encode(text).replaceAll('%20', '+')
const slashRaw = (text: string): string => encode(text).replaceAll('%2F', '/')
const query: readonly Pair[] = [
  ['conids', '265598,8314'],
  ['name', 'a b/(1)'],
]
const target = '/v1/api/portfolio/accounts?conids=265598%2C8314&name=a%20b%2F(1)'
const noQuery = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.filter(([name]) => name.startsWith('oauth_'))

/** What clients in the field send, by the name that the log gives it. */
const variants: readonly (readonly [name: string, client: string, change: Partial<Spec>])[] = [
  ['rfc5849', 'the specification', {}],
  ['omit', 'ibind', { signedPairs: noQuery, encodeUri: plus, encodeParameters: plus }],
  ['raw', 'ccxt', { encodePart: raw }],
  [
    'raw, sorted as text',
    'clients that sort joined pairs',
    {
      encodePart: raw,
      order: 'joined',
      signedPairs: (pairs) =>
        [...pairs, ['name', 'a']].filter(([name, value]) => name !== 'name' || value !== 'a') as Pair[],
    },
  ],
  [
    'raw, slashes raw',
    "IBKR's employee's client",
    { encodePart: raw, encodeUri: plus, encodeParameters: slashRaw },
  ],
  [
    'raw, encodeURIComponent',
    'ibkr-client',
    {
      encodePart: raw,
      encodeUri: encodeURIComponent,
      encodeParameters: (text) => encodeURIComponent(text).replaceAll('%20', '+'),
    },
  ],
  ['guide', "IBKR's JavaScript demo", { rewrite: (text) => text.replace(/%25(7C|2C|3A)/g, '%$1') }],
  [
    'query in URL',
    'ibkr-conduit',
    { signedPairs: noQuery, encodePart: raw, signedUri: (uri) => uri + target.slice(target.indexOf('?')) },
  ],
]

describe('leniency', () => {
  let strict: IndependentClient
  let lenient: IndependentClient
  let strictKey: Spec['key']
  let lenientKey: Spec['key']

  beforeAll(async () => {
    strict = (await connect()).client
    lenient = (await connect({ lenient: true })).client
    strictKey = { hmac: (await strict.liveSessionToken()).lst }
    lenientKey = { hmac: (await lenient.liveSessionToken()).lst }
  })

  for (const [name, client, change] of variants.filter(([variant]) => variant !== 'raw, sorted as text')) {
    it(`takes what ${client} sends, and calls it "${name}"`, async () => {
      expect((await lenient.send({ target, query, key: lenientKey, ...change })).status).toBe(200)
      expect(lenient.sandbox.log.last).toMatchObject({ verdict: 'accepted', signedAs: name })
      const { status } = await strict.send({ target, query, key: strictKey, ...change })
      expect(status).toBe(name === 'rfc5849' || name === 'omit' ? 200 : 401)
    })
  }

  it('takes a realm without quotes', async () => {
    const sentHeader = (header: string): string => header.replace('realm="limited_poa"', 'realm=limited_poa')
    expect((await lenient.send({ target, query, key: lenientKey, sentHeader })).status).toBe(200)
    expect((await strict.send({ target, query, key: strictKey, sentHeader })).status).toBe(400)
    expect(strict.sandbox.log.last?.explanation?.mistake).toBe('malformed-authorization')
  })

  it('is about base strings only: nonce, clock, key and prefix are held to as ever', async () => {
    const nonce = 'once'
    const timestamp = String(Math.floor(Date.now() / 1000))
    expect(
      (await lenient.send({ target, query, key: lenientKey, encodePart: raw, nonce, timestamp })).status,
    ).toBe(200)
    expect(
      (await lenient.send({ target, query, key: lenientKey, encodePart: raw, nonce, timestamp })).status,
    ).toBe(401)
    expect(lenient.sandbox.log.last?.explanation?.mistake).toBe('unknown')
    const late = { target, query, key: lenientKey, timestamp: String(Number(timestamp) - 3600) }
    expect((await lenient.send(late)).status).toBe(401)
    expect((await lenient.send({ target, query, key: { hmac: Buffer.alloc(20) } })).status).toBe(401)
    expect((await lenient.send({ ...lenient.lstSpec(), prefix: '' })).status).toBe(401)
    expect((await lenient.send({ target, query, key: lenientKey, signedMethod: 'POST' })).status).toBe(401)
  })
})
