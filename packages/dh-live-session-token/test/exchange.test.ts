import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { beginExchange, type Exchange, type ExchangeInput, SecretBytes } from '../src/index.ts'
import { answerExchange } from '../src/server.ts'
import {
  codeOf,
  consumerKey,
  exchangePair,
  jsonReply,
  rejectionCodeOf,
  smallDhParams,
} from './support/exchanges.ts'
import { hex } from './support/fixtures.ts'

const secret = Uint8Array.from({ length: 32 }, (_, index) => index + 1)
const begin = (): Exchange => beginExchange({ dhParams: smallDhParams, accessTokenSecret: secret })

/** Both ways to complete an exchange must refuse in the same way. */
const ways: [string, (exchange: Exchange, ...args: Parameters<Exchange['complete']>) => Promise<string>][] = [
  ['complete', async (exchange, reply, key) => codeOf(() => exchange.complete(reply, key))],
  ['completeInTurn', async (exchange, reply, key) => rejectionCodeOf(exchange.completeInTurn(reply, key))],
]

describe.each(ways)('%s', (_, completionCode) => {
  test('yields the token of the server', async () => {
    const { exchange, reply, serverToken } = exchangePair()
    expect((await exchange.completeInTurn(reply, consumerKey)).reveal()).toEqual(serverToken)
    const other = exchangePair()
    expect(await completionCode(other.exchange, other.reply, consumerKey)).toBe('none')
  })

  test('works once', async () => {
    const { exchange, reply } = exchangePair()
    expect(await completionCode(exchange, reply, consumerKey)).toBe('none')
    expect(await completionCode(exchange, reply, consumerKey)).toBe('ERR_LST_EXCHANGE_USED')
    expect(codeOf(() => exchange.signatureBaseStringPrefix)).toBe('ERR_LST_EXCHANGE_USED')
    expect(exchange.diffieHellmanChallenge).toMatch(/^[1-9a-f]/)
  })

  test('and once only when it fails, too', async () => {
    const { exchange, reply } = exchangePair()
    expect(await completionCode(exchange, jsonReply({ error: 'invalid consumer' }, 401), consumerKey)).toBe(
      'ERR_LST_INVALID_CONSUMER',
    )
    expect(await completionCode(exchange, reply, consumerKey)).toBe('ERR_LST_EXCHANGE_USED')
  })

  test('not after disposal', async () => {
    for (const dispose of [(it: Exchange) => it.dispose(), (it: Exchange) => it[Symbol.dispose]()]) {
      const { exchange, reply } = exchangePair()
      dispose(exchange)
      expect(await completionCode(exchange, reply, consumerKey)).toBe('ERR_LST_EXCHANGE_USED')
      expect(codeOf(() => exchange.signatureBaseStringPrefix)).toBe('ERR_LST_EXCHANGE_USED')
    }
  })

  const p = smallDhParams.prime
  test.each<[string, string]>([
    ['0', '0'],
    ['1', '1'],
    ['p-1', (p - 1n).toString(16)],
    ['p', p.toString(16)],
    ['p+2', (p + 2n).toString(16)],
    ['no hex', 'xyz'],
    ['0x', `0x${(p - 2n).toString(16)}`],
    ['negative', '-5'],
    ['white space', ' 5'],
    ['endless', 'f'.repeat(100_000)],
    ['endless zeros', `${'0'.repeat(100_000)}5`],
  ])('refuses B: %s', async (_name, digits) => {
    const { exchange, fields } = exchangePair()
    const reply = jsonReply({ ...fields, diffie_hellman_response: digits })
    const code = digits.length > 8192 ? 'ERR_LST_MALFORMED_RESPONSE' : 'ERR_LST_RESPONSE_OUT_OF_RANGE'
    expect(await completionCode(exchange, reply, consumerKey)).toBe(code)
  })

  test('goes as far as the signature for B of 2 and p-2, leading zeros and upper case', async () => {
    for (const digits of ['2', '000002', (p - 2n).toString(16).toUpperCase()]) {
      const { exchange, fields } = exchangePair()
      const reply = jsonReply({ ...fields, diffie_hellman_response: digits })
      expect(await completionCode(exchange, reply, consumerKey)).toBe('ERR_LST_SIGNATURE_MISMATCH')
    }
  })

  test('refuses a B whose power is 1', async () => {
    const prime = (1n << 521n) - 1n
    const third = (exponent: bigint): bigint => {
      let [power, base, rest] = [1n, 5n, exponent]
      for (; rest > 0n; rest >>= 1n) {
        if (rest & 1n) power = (power * base) % prime
        base = (base * base) % prime
      }
      return power
    }
    const ofOrderThree = third((prime - 1n) / 3n)
    expect(ofOrderThree).not.toBe(1n)
    const randomBytes = (length: number): Uint8Array =>
      Uint8Array.from({ length }, (_value, index) => (index === length - 1 ? 3 : 0))
    const exchange = beginExchange(
      { dhParams: { prime, generator: 7n }, accessTokenSecret: secret },
      { randomBytes },
    )
    const reply = jsonReply({
      diffie_hellman_response: ofOrderThree.toString(16),
      live_session_token_signature: '0'.repeat(40),
    })
    expect(await completionCode(exchange, reply, consumerKey)).toBe('ERR_LST_RESPONSE_OUT_OF_RANGE')
  })

  test.each(['', undefined, 7])('wants a consumer key: %j', async (key) => {
    const { exchange, reply } = exchangePair()
    expect(await completionCode(exchange, reply, key as string)).toBe('ERR_LST_INVALID_INPUT')
  })
})

test('says what makes two sides disagree', () => {
  const { exchange, reply } = exchangePair()
  expect(() => exchange.complete(reply, 'OTHERKEYS')).toThrow(
    /DH parameters, encryption key and consumerKey.*replaced in the portal/,
  )
})

test('takes the expiry from the moment of the request, not of the reply', () => {
  let nowMs = 1_700_000_000_000
  const exchange = beginExchange({ dhParams: smallDhParams, accessTokenSecret: secret }, { now: () => nowMs })
  const { response } = answerExchange({
    dhParams: smallDhParams,
    diffieHellmanChallenge: exchange.diffieHellmanChallenge,
    accessTokenSecret: secret,
    consumerKey,
  })
  nowMs += 30_000
  const { diffie_hellman_response, live_session_token_signature } = response
  const token = exchange.complete(
    jsonReply({ diffie_hellman_response, live_session_token_signature }),
    consumerKey,
  )
  expect(token.expiresAtMs).toBe(1_700_086_400_000)
})

test.each<[string, () => unknown]>([
  ['with a fraction', () => 1_700_000_000_000.5],
  ['that gives no number', () => Number.NaN],
  ['without end', () => Number.POSITIVE_INFINITY],
  ['that gives a text', () => '1700000000000'],
  ['that gives a Date', () => new Date()],
  ['that gives nothing', () => undefined],
  [
    'that throws',
    () => {
      throw new Error('no clock')
    },
  ],
])('a clock %s is no fault of a good exchange', (_, clock) => {
  const now = clock as () => number
  for (const withField of [true, false]) {
    const exchange = beginExchange({ dhParams: smallDhParams, accessTokenSecret: secret }, { now })
    const { diffieHellmanChallenge } = exchange
    const input = { dhParams: smallDhParams, diffieHellmanChallenge, accessTokenSecret: secret, consumerKey }
    const { response, liveSessionToken } = answerExchange(input, { now })
    const { live_session_token_expiration, ...rest } = response
    const token = exchange.complete(
      jsonReply(withField ? { ...rest, live_session_token_expiration } : rest),
      consumerKey,
    )
    expect(token.reveal()).toEqual(liveSessionToken.reveal())
    expect(Number.isInteger(token.expiresAtMs)).toBe(true)
  }
})

test('a server with short lives is believed where its reading is fixed', () => {
  const now = (): number => 1_700_000_000_000
  for (const [expirationReading, expected] of [
    ['expiry', 60_000],
    ['computation', 86_460_000],
    ['auto', 86_460_000],
    [undefined, 86_460_000],
  ] as const) {
    const exchange = beginExchange(
      { dhParams: smallDhParams, accessTokenSecret: secret },
      { now, expirationReading },
    )
    const { response } = answerExchange({
      dhParams: smallDhParams,
      diffieHellmanChallenge: exchange.diffieHellmanChallenge,
      accessTokenSecret: secret,
      consumerKey,
      expiresAtMs: now() + 60_000,
    })
    expect(exchange.complete(jsonReply(response), consumerKey).expiresAtMs - now()).toBe(expected)
  }
})

test('shows no secret when printed or serialised', () => {
  const exchange = begin()
  expect(exchange.signatureBaseStringPrefix).toBe(hex(secret))
  const views = [
    inspect(exchange, { depth: 9, showHidden: true }),
    JSON.stringify(exchange),
    String(exchange),
    inspect({ ...exchange }),
    Object.getOwnPropertyNames(exchange).join(),
  ]
  for (const view of views) {
    expect(view).not.toContain(hex(secret))
    expect(view).not.toContain('1, 2, 3')
  }
})

test('keeps a copy of the secret, whoever zeroes the original', () => {
  const original = new SecretBytes(secret)
  const exchange = beginExchange({ dhParams: smallDhParams, accessTokenSecret: original })
  original.dispose()
  expect(exchange.signatureBaseStringPrefix).toBe(hex(secret))
})

describe('randomness', () => {
  test('32 bytes are asked for, and another challenge comes each time', () => {
    const asked: number[] = []
    const randomBytes = (length: number): Uint8Array => {
      asked.push(length)
      return new Uint8Array(length).fill(7)
    }
    const input = { dhParams: smallDhParams, accessTokenSecret: secret }
    const first = beginExchange(input, { randomBytes }).diffieHellmanChallenge
    expect(asked).toEqual([32])
    expect(beginExchange(input, { randomBytes }).diffieHellmanChallenge).toBe(first)
    expect(begin().diffieHellmanChallenge).not.toBe(begin().diffieHellmanChallenge)
  })

  test('the bytes of the caller stay as they are', () => {
    const own = new Uint8Array(32).fill(9)
    beginExchange({ dhParams: smallDhParams, accessTokenSecret: secret }, { randomBytes: () => own })
    expect(own).toEqual(new Uint8Array(32).fill(9))
  })

  test.each([
    ['too few', () => new Uint8Array(31).fill(1)],
    ['too many', () => new Uint8Array(33).fill(1)],
    ['zero', (length: number) => new Uint8Array(length)],
    ['one', (length: number) => new Uint8Array(length).fill(1, length - 1)],
  ])('%s is refused', (_, randomBytes) => {
    expect(
      codeOf(() => beginExchange({ dhParams: smallDhParams, accessTokenSecret: secret }, { randomBytes })),
    ).toBe('ERR_LST_INVALID_INPUT')
  })
})

test.each<[string, unknown, string]>([
  ['no secret', { dhParams: smallDhParams }, 'ERR_LST_INVALID_INPUT'],
  [
    'an empty secret',
    { dhParams: smallDhParams, accessTokenSecret: new Uint8Array() },
    'ERR_LST_INVALID_INPUT',
  ],
  ['a secret as text', { dhParams: smallDhParams, accessTokenSecret: hex(secret) }, 'ERR_LST_INVALID_INPUT'],
  ['no parameters', { accessTokenSecret: secret }, 'ERR_LST_INVALID_DH_PARAMS'],
])('does not begin with %s', (_, input, code) => {
  expect(codeOf(() => beginExchange(input as ExchangeInput))).toBe(code)
})

describe('answerExchange', () => {
  const input = {
    dhParams: smallDhParams,
    diffieHellmanChallenge: '5',
    accessTokenSecret: secret,
    consumerKey,
  }

  test('says when the token ends: in 24 h, or when it is told', () => {
    const options = { now: () => 5000 }
    expect(answerExchange(input, options).response.live_session_token_expiration).toBe(86_405_000)
    const { response, liveSessionToken } = answerExchange({ ...input, expiresAtMs: 77 }, options)
    expect(response.live_session_token_expiration).toBe(77)
    expect(liveSessionToken.expiresAtMs).toBe(77)
  })

  test('writes B without leading zeros and the signature in 40 lower-case digits', () => {
    const { response } = answerExchange(input)
    expect(response.diffie_hellman_response).toMatch(/^[1-9a-f][0-9a-f]*$/)
    expect(response.live_session_token_signature).toMatch(/^[0-9a-f]{40}$/)
  })

  test.each<[string, Partial<typeof input>]>([
    ['a challenge of 1', { diffieHellmanChallenge: '1' }],
    ['a challenge of p-1', { diffieHellmanChallenge: (smallDhParams.prime - 1n).toString(16) }],
    ['a challenge that is no hex', { diffieHellmanChallenge: 'zz' }],
    ['an endless challenge', { diffieHellmanChallenge: `${'0'.repeat(4096)}5` }],
    ['no challenge', { diffieHellmanChallenge: undefined as never }],
    ['no consumer key', { consumerKey: '' }],
    ['no secret', { accessTokenSecret: undefined as never }],
  ])('refuses %s', (_, change) => {
    expect(codeOf(() => answerExchange({ ...input, ...change }))).toBe('ERR_LST_INVALID_INPUT')
  })
})
