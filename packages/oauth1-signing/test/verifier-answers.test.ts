import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { createAuthorizationHeader, hmacSha256 } from '../src/index.ts'
import {
  createNonceStore,
  type KeyRecord,
  type ReceivedRequest,
  type VerificationResult,
  type VerifyOptions,
  verifyRequest,
  verifyRequestSync,
} from '../src/server.ts'

// What callbacks answer and options hold: nothing of it makes a verifier throw, and nothing but the documented words
// lets anybody in.

const signer = hmacSha256(new Uint8Array(20).fill(7))
const url = 'https://api.ibkr.com/v1/api/x?conids=1,2'
const nowMs = 1_700_000_000_000

function signed(): ReceivedRequest {
  const credentials = { consumerKey: 'k', accessToken: 't' }
  const authorization = createAuthorizationHeader({ method: 'GET', url }, credentials, signer, {
    now: () => nowMs,
  })
  return { method: 'GET', url, headers: { authorization } }
}

type Loose = { readonly [Name in keyof VerifyOptions]?: unknown }

function optionsWith(more: Loose): VerifyOptions {
  const options = { findKey: () => ({ key: signer }), nonceStore: createNonceStore(), now: () => nowMs }
  return { ...options, ...more } as VerifyOptions
}

/** What both say. */
async function both(more: () => Loose, request: () => ReceivedRequest = signed): Promise<VerificationResult> {
  const result = verifyRequestSync(request(), optionsWith(more()))
  const late = await verifyRequest(request(), optionsWith(more()))
  expect({ ok: late.ok, code: 'code' in late && late.code }).toEqual({
    ok: result.ok,
    code: 'code' in result && result.code,
  })
  return result
}

test('with the documented answers it lets in', async () => {
  expect(await both(() => ({}))).toMatchObject({ ok: true })
})

describe('verify takes true for yes and nothing else', () => {
  const noes = [false, undefined, null, 1, 'true', {}, [], Object(true), () => true, Symbol('yes')]

  test.each(noes.map((answer) => [String(answer), answer]))('%s', async (_, answer) => {
    const key = { method: signer.method, verify: () => answer }
    expect(await both(() => ({ findKey: () => ({ key }) }))).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
    })
  })

  test('true, at once or in time', async () => {
    const key = { method: signer.method, verify: () => true }
    expect(await both(() => ({ findKey: () => ({ key }) }))).toMatchObject({ ok: true })
    const late = { method: signer.method, verify: async () => true }
    expect(await verifyRequest(signed(), optionsWith({ findKey: () => ({ key: late }) }))).toMatchObject({
      ok: true,
    })
  })

  test.each([undefined, null, '', 7, {}, true])('a signer that answers %s is a fault', async (answer) => {
    const key = { method: signer.method, sign: () => answer }
    expect(await both(() => ({ findKey: () => ({ key }) }))).toMatchObject({
      code: 'ERR_OAUTH1_SERVER_FAULT',
      message: expect.stringContaining('key.sign'),
    })
  })
})

describe('a synchronous call refuses whatever has a then', () => {
  const foreign: (value: unknown) => unknown = runInNewContext('(async (value) => value)')
  class Thenable {
    // biome-ignore lint/suspicious/noThenProperty: that is the case
    then(use: (value: unknown) => void): void {
      use(true)
    }
  }
  const throwing = Object.defineProperty({}, 'then', {
    get() {
      throw new Error('no')
    },
  })
  const kinds: [string, (value: unknown) => unknown][] = [
    ['a promise', (value) => Promise.resolve(value)],
    ['a promise that fails', () => Promise.reject(new Error('nobody hears'))],
    ['a promise of another realm', (value) => foreign(value)],
    ['a thenable', () => new Thenable()],
    // biome-ignore lint/suspicious/noThenProperty: that is the case
    ['a function with a then', () => Object.assign(() => true, { then: () => undefined })],
    ['a getter that throws', () => throwing],
  ]

  test.each(kinds)('%s', (_, wrap) => {
    const places: [string, Loose][] = [
      ['findKey', { findKey: () => wrap({ key: signer }) }],
      ['nonceStore.record', { nonceStore: { record: () => wrap('new') } }],
      ['key.verify', { findKey: () => ({ key: { method: signer.method, verify: () => wrap(true) } }) }],
      ['key.sign', { findKey: () => ({ key: { method: signer.method, sign: () => wrap('x') } }) }],
    ]
    for (const [place, more] of places) {
      expect(verifyRequestSync(signed(), optionsWith(more))).toMatchObject({
        code: 'ERR_OAUTH1_SERVER_FAULT',
        status: 500,
        message: expect.stringContaining(place),
      })
    }
  })
})

test.each<[string, Loose]>([
  ['findKey', { findKey: () => unreadable }],
  ['nonceStore.record', { nonceStore: { record: () => unreadable } }],
  ['key.verify', { findKey: () => ({ key: { method: signer.method, verify: () => unreadable } }) }],
])('what %s answers cannot even be waited for: refused, not thrown', async (place, more) => {
  expect(await verifyRequest(signed(), optionsWith(more))).toMatchObject({
    code: 'ERR_OAUTH1_SERVER_FAULT',
    message: expect.stringContaining(place),
  })
})

const unreadable: unknown = Object.defineProperty({}, 'then', {
  get() {
    throw new Error('no')
  },
})

describe('a nonce store', () => {
  test.each([undefined, null, true, 1, 'NEW', 'recorded', 'ok', {}, ['new']])(
    'that answers %j lets nobody in',
    async (answer) => {
      expect(await both(() => ({ nonceStore: { record: () => answer } }))).toMatchObject({
        code: 'ERR_OAUTH1_SERVER_FAULT',
        message: expect.stringContaining('nonceStore'),
      })
    },
  )
})

describe('a lookup', () => {
  test.each([undefined, null])('that answers %s has no key', async (answer) => {
    expect(await both(() => ({ findKey: () => answer }))).toMatchObject({
      code: 'ERR_OAUTH1_UNKNOWN_CREDENTIALS',
      status: 401,
    })
  })

  const throwing = {
    get key() {
      throw new Error('database closed')
    },
  }
  test.each<[string, unknown]>([
    ['an empty record', {}],
    ['a record without a key', { clientId: 'k' }],
    ['a key of bytes', { key: new Uint8Array(20) }],
    ['a key without a method', { key: { sign: () => 'x' } }],
    ['a key without a function', { key: { method: 'HMAC-SHA256' } }],
    ['a key that is null', { key: null }],
    ['the signer itself', signer],
    ['a text', 'key'],
    ['true', true],
    ['zero', 0],
    ['a list', [{ key: signer }]],
    ['a getter that throws', throwing],
    ['a prefix that is no text', { key: signer, prefix: 7 }],
    ['a prefix that is null', { key: signer, prefix: null }],
    ['a prefix that reveals none', { key: signer, prefix: { reveal: () => undefined } }],
  ])('that answers with %s is a fault of the server', async (_, answer) => {
    expect(await both(() => ({ findKey: () => answer }))).toMatchObject({
      code: 'ERR_OAUTH1_SERVER_FAULT',
      status: 500,
    })
  })

  test('what it and the others throw is passed on', async () => {
    const fail = (): never => {
      throw new Error('database down')
    }
    for (const more of [
      { findKey: fail },
      { nonceStore: { record: fail } },
      { now: fail },
      { findKey: () => ({ key: { method: signer.method, verify: fail } }) },
    ]) {
      expect(() => verifyRequestSync(signed(), optionsWith(more))).toThrow('database down')
      await expect(verifyRequest(signed(), optionsWith(more))).rejects.toThrow('database down')
    }
  })
})

const holes: unknown[] = ['rfc5849']
holes[2] = 'omit'

describe('options', () => {
  test.each<[string, unknown]>([
    ['findKey', undefined],
    ['findKey', { key: signer }],
    ['nonceStore', undefined],
    ['nonceStore', null],
    ['nonceStore', {}],
    ['now', nowMs],
    ['now', () => Number.NaN],
    ['now', () => undefined],
    ['now', () => '1700000000000'],
    ['querySigning', 'rfc5849'],
    ['querySigning', ['url']],
    ['querySigning', ['rfc5849', 'toString']],
    ['querySigning', [undefined]],
    ['querySigning', Object.freeze(holes)],
    ['clockToleranceSeconds', Number.NaN],
    ['clockToleranceSeconds', -1],
    ['clockToleranceSeconds', Number.POSITIVE_INFINITY],
    ['maximumFormLength', Number.POSITIVE_INFINITY],
    ['clockToleranceSeconds', 'five'],
    ['clockToleranceSeconds', {}],
    ['maximumHeaderLength', Number.NaN],
    ['maximumUrlLength', -1],
    ['maximumFormLength', '1e9'],
    ['maximumParameters', true],
  ])('%s: %s is a fault that is named', async (name, value) => {
    expect(await both(() => ({ [name]: value }))).toMatchObject({
      code: 'ERR_OAUTH1_SERVER_FAULT',
      message: expect.stringContaining(name),
    })
  })

  test.each([undefined, null, 7, 'options'])('that are %s', async (options) => {
    const given = options as unknown as VerifyOptions<KeyRecord>
    expect(verifyRequestSync(signed(), given)).toMatchObject({ code: 'ERR_OAUTH1_SERVER_FAULT' })
    expect(await verifyRequest(signed(), given)).toMatchObject({ code: 'ERR_OAUTH1_SERVER_FAULT' })
  })

  test('a number as text, as environment variables have it, is that number', () => {
    const store = createNonceStore({ capacity: 1, capacityPerClient: 1 })
    const at = (ms: number) => {
      const authorization = createAuthorizationHeader({ method: 'GET', url }, { consumerKey: 'k' }, signer, {
        now: () => ms,
      })
      const more = { clockToleranceSeconds: '300', nonceStore: store, now: () => ms }
      return verifyRequestSync({ method: 'GET', url, headers: { authorization } }, optionsWith(more))
    }
    expect(at(nowMs).ok).toBe(true)
    expect(at(nowMs + 1000)).toMatchObject({ code: 'ERR_OAUTH1_NONCE_STORE_FULL' })
    expect(at(nowMs + 302_000).ok).toBe(true)
  })
})

describe('who sent it comes first', () => {
  const fields = Array.from({ length: 1001 }, (_, index) => `f${index}=1`).join('&')
  const many = (): ReceivedRequest => ({
    ...signed(),
    method: 'POST',
    headers: { ...signed().headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: fields,
  })

  test('a stranger’s request is not put together', async () => {
    const unknown = await both(() => ({ findKey: () => undefined }), many)
    expect(unknown).toMatchObject({ code: 'ERR_OAUTH1_UNKNOWN_CREDENTIALS' })
    expect(unknown).not.toHaveProperty('expectedSignatureBaseString')
    expect(await both(() => ({}), many)).toMatchObject({ code: 'ERR_OAUTH1_TOO_LARGE' })
    expect(await both(() => ({ maximumParameters: 1003 }), many)).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
    })
  })

  test('an old timestamp is told before a base string is made', async () => {
    const late = await both(() => ({ now: () => nowMs + 1e9 }), many)
    expect(late).toMatchObject({ code: 'ERR_OAUTH1_TIMESTAMP_REFUSED' })
    expect(late).not.toHaveProperty('expectedSignatureBaseString')
  })

  test('a mismatch shows the base string, unless it is longer than anybody reads', async () => {
    const other = { findKey: () => ({ key: hmacSha256(new Uint8Array(20)) }) }
    expect(await both(() => other)).toHaveProperty(
      'expectedSignatureBaseString',
      expect.stringMatching(/^GET&https%3A/),
    )
    const long = (): ReceivedRequest => ({ ...many(), body: `a=${'%FF'.repeat(5000)}` })
    expect(await both(() => other, long)).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
      expectedSignatureBaseString: undefined,
    })
  })

  test.each([
    ['maximumUrlLength', () => ({ ...signed(), url: `https://h.example/?${'a'.repeat(8192)}` })],
    ['maximumHeaderLength', () => ({ ...signed(), headers: { authorization: `OAuth ${'a'.repeat(8192)}` } })],
    ['maximumFormLength', () => ({ ...many(), body: 'a'.repeat(262_145) })],
    ['maximumFormLength', () => ({ ...many(), body: new Uint8Array(262_145).fill(0x61) })],
  ])('%s has a default', async (_, request) => {
    const asked: string[] = []
    const findKey = ({ consumerKey }: { consumerKey: string }) => {
      asked.push(consumerKey)
    }
    expect(await both(() => ({ findKey }), request)).toMatchObject({
      code: 'ERR_OAUTH1_TOO_LARGE',
      status: 413,
    })
    expect(asked).toEqual([])
  })

  test('protocol parameters without end are read no further', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `oauth_${index}=x`)
    const inForm = (count: number) => (): ReceivedRequest => ({
      ...many(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: [...names.slice(0, count), 'oauth_consumer_key=k'].join('&'),
    })
    expect(await both(() => ({}), inForm(101))).toMatchObject({ code: 'ERR_OAUTH1_MALFORMED_REQUEST' })
    expect(await both(() => ({}), inForm(99))).toMatchObject({ code: 'ERR_OAUTH1_PARAMETER_ABSENT' })
  })

  test('nor are those of a header', async () => {
    const withMore = (count: number) => (): ReceivedRequest => {
      const authorization = `OAuth ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(',')}`
      return { ...signed(), headers: { authorization } }
    }
    expect(await both(() => ({}), withMore(101))).toMatchObject({ code: 'ERR_OAUTH1_MALFORMED_REQUEST' })
    expect(await both(() => ({}), withMore(100))).toMatchObject({ code: 'ERR_OAUTH1_PARAMETER_ABSENT' })
  })

  test('protocol parameters of a form are no longer than a header', async () => {
    const inForm = (length: number) => (): ReceivedRequest => ({
      ...signed(),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `oauth_consumer_key=k&oauth_verifier=${'!'.repeat(length)}`,
    })
    expect(await both(() => ({}), inForm(8192))).toMatchObject({ code: 'ERR_OAUTH1_MALFORMED_REQUEST' })
    expect(await both(() => ({}), inForm(8000))).toMatchObject({ code: 'ERR_OAUTH1_PARAMETER_ABSENT' })
    const more = () => ({ maximumHeaderLength: 9000 })
    expect(await both(more, inForm(8192))).toMatchObject({ code: 'ERR_OAUTH1_PARAMETER_ABSENT' })
  })

  test('a body that is no form is not read, however long', async () => {
    const request = () => ({ ...signed(), body: 'x'.repeat(1_000_000) })
    expect(await both(() => ({}), request)).toMatchObject({ ok: true })
  })

  test.each(['oauth_consumer_key', 'oauth_token'])(
    '%s is no longer than what is remembered',
    async (name) => {
      const more = 'x'.repeat(4097)
      const credentials = { consumerKey: 'k', accessToken: 't' }
      const authorization = createAuthorizationHeader({ method: 'GET', url }, credentials, signer, {
        now: () => nowMs,
      }).replace(`${name}="`, `${name}="${more}`)
      expect(
        await both(
          () => ({}),
          () => ({ method: 'GET', url, headers: { authorization } }),
        ),
      ).toMatchObject({
        code: 'ERR_OAUTH1_PARAMETER_REJECTED',
        parameter: name,
      })
    },
  )
})

test('a form of bytes of another realm is read', async () => {
  const body: Uint8Array = runInNewContext('new Uint8Array([97, 61, 98])')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const sent = { method: 'POST', url: 'https://h.example/', headers, body: 'a=b' }
  const options = { now: () => nowMs }
  const authorization = createAuthorizationHeader(sent, { consumerKey: 'k' }, signer, options)
  const request = () => ({ ...sent, headers: { ...headers, authorization }, body })
  expect(await both(() => ({}), request)).toMatchObject({ ok: true, requestParameters: [['a', 'b']] })
})

describe('a request that cannot be read', () => {
  const throwing = (name: string): ReceivedRequest =>
    Object.defineProperty({ ...signed() }, name, {
      get() {
        throw new TypeError('revoked')
      },
    })
  const { proxy, revoke } = Proxy.revocable({ ...signed() }, {})
  revoke()

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'GET /'],
    ['a revoked proxy', proxy],
    ['no method', { ...signed(), method: undefined }],
    ['no URL', { ...signed(), url: undefined }],
    ['a URL that is no text', { ...signed(), url: { href: 7 } }],
    ['a URL with a raw character', { ...signed(), url: `${url}é` }],
    ['a URL with half a surrogate pair', { ...signed(), url: `${url}\ud800` }],
    ['a URL with a space', { ...signed(), url: `${url} b` }],
    ...['method', 'url', 'headers', 'body'].map((name): [string, unknown] => [
      `a ${name} that throws`,
      throwing(name),
    ]),
    ['headers whose get throws', { ...signed(), headers: { get: () => throwing('url').url } }],
    [
      'a form that is an object',
      { ...signed(), headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: {} },
    ],
  ])('%s', async (_, request) => {
    expect(
      await both(
        () => ({}),
        () => request as ReceivedRequest,
      ),
    ).toMatchObject({
      code: 'ERR_OAUTH1_MALFORMED_REQUEST',
      status: 400,
    })
  })

  test.each([null, undefined, 7, 'text', [], { Authorization: null }, { authorization: [7] }])(
    'headers of %j have nothing signed',
    async (headers) => {
      const request = () => ({ ...signed(), headers }) as unknown as ReceivedRequest
      expect(await both(() => ({}), request)).toMatchObject({ code: 'ERR_OAUTH1_NOT_SIGNED' })
    },
  )
})

describe('an answer that throws when it is asked whether it is a promise', () => {
  const unreadable = (): unknown =>
    new Proxy(
      {},
      {
        get() {
          throw new Error('not for you')
        },
      },
    )

  test.each<[of: string, more: () => Loose]>([
    ['findKey', () => ({ findKey: unreadable })],
    ['key.sign', () => ({ findKey: () => ({ key: { method: 'HMAC-SHA256', sign: unreadable } }) })],
    ['key.verify', () => ({ findKey: () => ({ key: { method: 'HMAC-SHA256', verify: unreadable } }) })],
    ['nonceStore.record', () => ({ nonceStore: { record: unreadable } })],
  ])('of %s is a fault of the server', async (of, more) => {
    const result = await both(more)
    expect(result).toMatchObject({ ok: false, code: 'ERR_OAUTH1_SERVER_FAULT', status: 500 })
    expect('message' in result && result.message).toContain(of)
  })
})

describe('what is read of the server’s own objects is read once', () => {
  /** An object whose member gives something else the second time. */
  const once = (name: string, first: unknown, more: object = {}): object => {
    let times = 0
    return Object.defineProperty({ ...more }, name, {
      get() {
        times += 1
        if (times > 1) throw new Error(`${name} is read twice`)
        return first
      },
    })
  }
  const sign = (text: string): string => signer.sign(text)

  test.each<[string, () => Loose]>([
    ['key.method', () => ({ findKey: () => ({ key: once('method', 'HMAC-SHA256', { sign }) }) })],
    ['key.sign', () => ({ findKey: () => ({ key: once('sign', sign, { method: 'HMAC-SHA256' }) }) })],
    [
      'key.verify',
      () => ({ findKey: () => ({ key: once('verify', () => true, { method: 'HMAC-SHA256' }) }) }),
    ],
    ['record.key', () => ({ findKey: () => once('key', signer) })],
    ['record.then', () => ({ findKey: () => once('then', undefined, { key: signer }) })],
    ['nonceStore.record', () => ({ nonceStore: once('record', () => 'new') })],
    ['options.now', () => once('now', () => nowMs) as Loose],
  ])('%s', async (_, more) => {
    expect(await verifyRequest(signed(), { ...optionsWith({}), ...more() } as VerifyOptions)).toMatchObject({
      ok: true,
    })
  })

  test('the ways of signing, of which none becomes another later', async () => {
    const changing = () => {
      let times = 0
      return new Proxy(['rfc5849'], {
        get: (ways, name) => (name === '0' && times++ > 0 ? 'toString' : Reflect.get(ways, name)),
      })
    }
    expect(await both(() => ({ querySigning: changing() }))).toMatchObject({ ok: true })
  })
})
