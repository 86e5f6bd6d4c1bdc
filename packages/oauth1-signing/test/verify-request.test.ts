import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import {
  createAuthorizationHeader,
  hmacSha1,
  hmacSha256,
  plaintext,
  type QuerySigning,
  querySignings,
  rsaSha256,
  type Signer,
  type SigningOptions,
  signatureBaseString,
} from '../src/index.ts'
import {
  type Claims,
  createNonceStore,
  type KeyRecord,
  type NonceStore,
  rsaSha256Verifier,
  type VerificationResult,
  type VerifyOptions,
  verifyRequest,
  verifyRequestSync,
} from '../src/server.ts'
import { signingKey, signingPublicKey } from './support/keys.ts'

const nowMs = 1_700_000_000_500
const url = 'https://api.ibkr.com/v1/api/x?conids=1,2'
const credentials = { consumerKey: 'ABCDEFGHI', accessToken: 'token', realm: 'limited_poa' }
const signer = hmacSha256(new Uint8Array(20).fill(7))

function header(options: SigningOptions = {}, given: Signer<string> = signer, location = url): string {
  return createAuthorizationHeader({ method: 'GET', url: location }, credentials, given, {
    now: () => nowMs,
    ...options,
  })
}

function optionsOf(more: Partial<VerifyOptions> = {}): VerifyOptions {
  return { findKey: () => ({ key: signer }), nonceStore: createNonceStore(), now: () => nowMs, ...more }
}

function verify(
  authorization: string,
  more: Partial<VerifyOptions> = {},
  location = url,
): VerificationResult {
  return verifyRequestSync({ method: 'GET', url: location, headers: { authorization } }, optionsOf(more))
}

describe('a good request', () => {
  test('is told apart by ok, with everything that was proven', () => {
    const authorization = header()
    const record = { key: signer, account: 'U1' }
    const result = verifyRequestSync(
      { method: 'GET', url: `${url}#x`, headers: new Headers({ authorization }) },
      { ...optionsOf(), findKey: () => record },
    )
    if (!result.ok) return expect.unreachable(result.message)
    expectTypeOf(result.record).toEqualTypeOf<typeof record>()
    expect(result).toMatchObject({
      consumerKey: 'ABCDEFGHI',
      token: 'token',
      realm: 'limited_poa',
      signatureMethod: 'HMAC-SHA256',
      parametersIn: 'header',
      querySigning: 'rfc5849',
      requestParameters: [['conids', '1,2']],
    })
    expect(result.record).toBe(record)
    const { oauth_signature: _signature, ...parameters } = Object.fromEntries(result.protocolParameters)
    expect(result.signatureBaseString).toBe(signatureBaseString({ method: 'GET', url }, parameters))
  })

  test('waits for what answers later', async () => {
    const store = createNonceStore()
    const findKey = async (): Promise<KeyRecord> => ({ key: rsaSha256Verifier(signingPublicKey) })
    const nonceStore: NonceStore = { record: async (use, now) => store.record(use, now) }
    const authorization = await createAuthorizationHeader(
      { method: 'GET', url },
      credentials,
      rsaSha256(signingKey),
      { now: () => nowMs },
    )
    const request = { method: 'GET', url, headers: { authorization } }
    expect(await verifyRequest(request, optionsOf({ findKey, nonceStore }))).toMatchObject({ ok: true })
    expect(await verifyRequest(request, optionsOf({ findKey, nonceStore }))).toMatchObject({
      code: 'ERR_OAUTH1_NONCE_REPLAYED',
    })
    expect(verifyRequestSync(request, optionsOf({ findKey }))).toMatchObject({
      code: 'ERR_OAUTH1_SERVER_FAULT',
      status: 500,
      message: expect.stringContaining('findKey'),
    })
  })

  test('what the lookup throws is passed on', async () => {
    const findKey = () => {
      throw new Error('database down')
    }
    const request = { method: 'GET', url, headers: { authorization: header() } }
    await expect(verifyRequest(request, optionsOf({ findKey }))).rejects.toThrow('database down')
  })

  test('the lookup is told what is claimed', () => {
    const findKey = vi.fn((claims: Claims) => ({ key: signer, claims }))
    verify(header({ protocolParameters: { diffie_hellman_challenge: 'ab' } }), { findKey })
    expect(findKey).toHaveBeenCalledOnce()
    const claims = findKey.mock.calls[0]?.[0]
    expect([claims?.consumerKey, claims?.token]).toEqual(['ABCDEFGHI', 'token'])
    expect(claims?.protocolParameters.get('diffie_hellman_challenge')).toBe('ab')
  })

  test('PLAINTEXT needs neither nonce nor timestamp', () => {
    const key = plaintext({ consumerSecret: 'a', tokenSecret: 'b' })
    const record = vi.fn(() => 'new' as const)
    const authorization = header({ omitNonceAndTimestamp: true }, key)
    expect(verify(authorization, { findKey: () => ({ key }), nonceStore: { record } })).toMatchObject({
      ok: true,
    })
    expect(record).not.toHaveBeenCalled()
    const wrong = plaintext({ consumerSecret: 'a', tokenSecret: 'c' })
    expect(verify(authorization, { findKey: () => ({ key: wrong }) })).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
    })
  })

  test('Node-like headers, another scheme beside it, an unquoted realm where allowed', () => {
    const headers = { Authorization: ['Basic abc', header()], cookie: 'x' }
    expect(verifyRequestSync({ method: 'GET', url, headers }, optionsOf())).toMatchObject({ ok: true })
    const unquoted = header().replace('"limited_poa"', 'limited_poa')
    expect(verify(unquoted)).toMatchObject({ code: 'ERR_OAUTH1_MALFORMED_REQUEST' })
    expect(verify(unquoted, { allowUnquotedRealm: true })).toMatchObject({ ok: true, realm: 'limited_poa' })
  })
})

describe('each refusal', () => {
  const without = (name: string): string => header().replace(new RegExp(`, ${name}="[^"]*"`), '')
  const changed = (name: string, value: string): string =>
    header().replace(new RegExp(`${name}="[^"]*"`), `${name}="${value}"`)

  test.each<[string, number, string, () => VerificationResult]>([
    ['ERR_OAUTH1_NOT_SIGNED', 401, '', () => verify('Bearer abc')],
    ['ERR_OAUTH1_MALFORMED_REQUEST', 400, '', () => verify('OAuth a=b')],
    ['ERR_OAUTH1_MALFORMED_REQUEST', 400, '', () => verify(header(), {}, '/relative')],
    ['ERR_OAUTH1_TOO_LARGE', 413, '', () => verify(header(), { maximumUrlLength: 30 })],
    ['ERR_OAUTH1_TOO_LARGE', 413, '', () => verify(header(), { maximumHeaderLength: 100 })],
    ['ERR_OAUTH1_TOO_LARGE', 413, '', () => verify(`OAuth realm="${'x'.repeat(2 ** 20)}"`)],
    [
      'ERR_OAUTH1_MALFORMED_REQUEST',
      400,
      '',
      () => verify(`OAuth realm="${'x'.repeat(2 ** 24)}"`, { maximumHeaderLength: 2 ** 30 }),
    ],
    ['ERR_OAUTH1_DUPLICATE_PARAMETER', 400, '', () => verify(`${header()}, oauth_token="token"`)],
    ['ERR_OAUTH1_DUPLICATE_PARAMETER', 400, '', () => verify(header(), {}, `${url}&oauth_token=token`)],
    ['ERR_OAUTH1_DUPLICATE_PARAMETER', 400, '', () => verify(header(), {}, `${url}&oauth_signature=x`)],
    [
      'ERR_OAUTH1_PARAMETER_ABSENT',
      400,
      'oauth_consumer_key',
      () => verify(changed('oauth_consumer_key', '')),
    ],
    ['ERR_OAUTH1_PARAMETER_ABSENT', 400, 'oauth_signature', () => verify(without('oauth_signature'))],
    [
      'ERR_OAUTH1_PARAMETER_ABSENT',
      400,
      'oauth_signature_method',
      () => verify(without('oauth_signature_method')),
    ],
    ['ERR_OAUTH1_PARAMETER_ABSENT', 400, 'oauth_timestamp', () => verify(without('oauth_timestamp'))],
    ['ERR_OAUTH1_PARAMETER_ABSENT', 400, 'oauth_nonce', () => verify(without('oauth_nonce'))],
    [
      'ERR_OAUTH1_PARAMETER_REJECTED',
      400,
      'oauth_version',
      () => verify(header({ protocolParameters: { oauth_version: '2.0' } })),
    ],
    ['ERR_OAUTH1_PARAMETER_REJECTED', 400, 'oauth_timestamp', () => verify(changed('oauth_timestamp', '-1'))],
    [
      'ERR_OAUTH1_PARAMETER_REJECTED',
      400,
      'oauth_timestamp',
      () => verify(changed('oauth_timestamp', '01700000000')),
    ],
    [
      'ERR_OAUTH1_PARAMETER_REJECTED',
      400,
      'oauth_timestamp',
      () => verify(changed('oauth_timestamp', '1.7e9')),
    ],
    [
      'ERR_OAUTH1_PARAMETER_REJECTED',
      400,
      'oauth_nonce',
      () => verify(header({ nonce: () => 'n'.repeat(257) })),
    ],
    ['ERR_OAUTH1_UNKNOWN_CREDENTIALS', 401, '', () => verify(header(), { findKey: () => undefined })],
    [
      'ERR_OAUTH1_SIGNATURE_METHOD_REJECTED',
      400,
      'oauth_signature_method',
      () => verify(changed('oauth_signature_method', 'PLAINTEXT')),
    ],
    [
      'ERR_OAUTH1_TIMESTAMP_REFUSED',
      401,
      'oauth_timestamp',
      () => verify(header(), { now: () => nowMs + 301_000 }),
    ],
    [
      'ERR_OAUTH1_TIMESTAMP_REFUSED',
      401,
      'oauth_timestamp',
      () => verify(header(), { now: () => nowMs - 301_000 }),
    ],
    [
      'ERR_OAUTH1_SIGNATURE_MISMATCH',
      401,
      'oauth_signature',
      () => verify(changed('oauth_signature', 'AAAA')),
    ],
    ['ERR_OAUTH1_SIGNATURE_MISMATCH', 401, 'oauth_signature', () => verify(header(), {}, `${url}&a=1`)],
    [
      'ERR_OAUTH1_NONCE_STORE_FULL',
      503,
      '',
      () => verify(header(), { nonceStore: { record: () => 'full' } }),
    ],
    [
      'ERR_OAUTH1_NONCE_REPLAYED',
      401,
      'oauth_nonce',
      () => verify(header(), { nonceStore: { record: () => 'seen' } }),
    ],
  ])('%s (%i) %s', (code, status, parameter, refuse) => {
    const result = refuse()
    expect(result).toMatchObject(
      parameter === '' ? { ok: false, code, status } : { ok: false, code, status, parameter },
    )
    expect(result.ok || result.message).toMatch(/\w/)
  })

  test('says what the signature should have been made over', () => {
    const nonce = () => 'n'
    const result = verify(header({ nonce }, hmacSha256(new Uint8Array(20))))
    const parameters = {
      oauth_consumer_key: 'ABCDEFGHI',
      oauth_nonce: 'n',
      oauth_signature_method: 'HMAC-SHA256',
      oauth_timestamp: '1700000000',
      oauth_token: 'token',
    }
    expect(result).toMatchObject({
      expectedSignatureBaseString: signatureBaseString({ method: 'GET', url }, parameters),
    })
  })

  test('two headers of the scheme are one too many', () => {
    const headers = { authorization: [header(), header()] }
    expect(verifyRequestSync({ method: 'GET', url, headers }, optionsOf())).toMatchObject({
      code: 'ERR_OAUTH1_DUPLICATE_PARAMETER',
    })
  })

  test.each([
    ['a number', { oauth_nonce: 7 }],
    ['a member nobody signs', { note: 'x' }],
    ['an object', { oauth_token: { toString: 'x' } }],
  ])('a JSON body with %s', (_, more) => {
    const body = JSON.stringify({ oauth_consumer_key: 'k', oauth_signature: 's', ...more })
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body }
    expect(verifyRequestSync(request, optionsOf())).toMatchObject({ code: 'ERR_OAUTH1_MALFORMED_REQUEST' })
  })

  test.each([
    ['plain', '"oauth_token":"a","oauth_token":"b"'],
    ['spelt with an escape', '"oauth_token":"a","oauth_\\u0074oken":"b"'],
    ['alike in value, which holds quotes', '"oauth_token":"\\"","oauth_token":"\\""'],
  ])('a JSON body with a member twice, %s', (_, twice) => {
    const body = `{"oauth_consumer_key":"k","oauth_signature":"s",${twice}}`
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body }
    expect(verifyRequestSync(request, optionsOf())).toMatchObject({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' })
  })

  test('a name that appears twice is told as it is encoded: a stranger chose it', () => {
    const twice = 'oauth_%0D%0ASet-Cookie%3A%E2%80%AE'
    const query = `oauth_consumer_key=k&oauth_signature=s&${twice}=1&${twice}=2`
    expect(
      verifyRequestSync({ method: 'GET', url: `${url}?${query}`, headers: {} }, optionsOf()),
    ).toMatchObject({
      code: 'ERR_OAUTH1_DUPLICATE_PARAMETER',
      message: `${twice} appears twice in the request`,
    })
  })

  test('a JSON body far longer than any that is signed', () => {
    const body = JSON.stringify({ oauth_consumer_key: 'k'.repeat(2 ** 24) })
    const headers = { 'content-type': 'application/json' }
    const options = optionsOf({ maximumFormLength: 2 ** 30 })
    expect(verifyRequestSync({ method: 'POST', url, headers, body }, options)).toMatchObject({
      code: 'ERR_OAUTH1_NOT_SIGNED',
    })
  })

  test.each(['', '[]', 'null', '{', '7', '{"a":1}'])('JSON that is not signed: %s', (body) => {
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body }
    expect(verifyRequestSync(request, optionsOf())).toMatchObject({ code: 'ERR_OAUTH1_NOT_SIGNED' })
  })
})

describe('the key decides about the method', () => {
  test('a request cannot choose a weaker one', () => {
    const secrets = { consumerSecret: 'a', tokenSecret: 'b' }
    for (const weaker of [plaintext(secrets), hmacSha1(secrets)]) {
      expect(verify(header({}, weaker), { findKey: () => ({ key: hmacSha256(secrets) }) })).toMatchObject({
        code: 'ERR_OAUTH1_SIGNATURE_METHOD_REJECTED',
      })
    }
  })

  test('an RSA public key is no HMAC secret', async () => {
    const publicKey = signingPublicKey.export({ format: 'pem', type: 'spki' }).toString()
    const forged = header(
      {},
      { method: 'RSA-SHA256', sign: (text) => hmacSha256(Buffer.from(publicKey)).sign(text) },
    )
    const request = { method: 'GET', url, headers: { authorization: forged } }
    const findKey = () => ({ key: rsaSha256Verifier(publicKey) })
    expect(await verifyRequest(request, optionsOf({ findKey }))).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
    })
  })
})

describe('the prefix', () => {
  const prefix = '4766f306ad7408bbdaa1950cf4f337101555d0fa42ab904871e2fe57e365b272'

  test('belongs before the base string and is never shown', () => {
    const findKey = () => ({ key: signer, prefix })
    expect(verify(header({ prefix }), { findKey })).toMatchObject({ ok: true })
    for (const wrong of [
      header(),
      header({ prefix: `0${prefix}` }),
      header({ prefix: prefix.toUpperCase() }),
    ]) {
      const result = verify(wrong, { findKey })
      expect(result).toMatchObject({ code: 'ERR_OAUTH1_SIGNATURE_MISMATCH' })
      expect(JSON.stringify(result)).not.toContain(prefix)
    }
    const { record: _record, ...shown } = verify(header({ prefix }), { findKey }) as { record: unknown }
    expect(JSON.stringify(shown)).not.toContain(prefix)
  })
})

describe('ways of signing the query', () => {
  const ways = querySignings

  test.each(ways)('%s is told, where it is accepted', (querySigning) => {
    const authorization = header({ querySigning })
    // Commas are all there is to tell apart, and some ways treat them alike.
    const textOf = (way: QuerySigning) =>
      signatureBaseString({ method: 'GET', url }, {}, { querySigning: way })
    const others = ways.filter((way) => textOf(way) !== textOf(querySigning))
    expect(verify(authorization, { querySigning: [...others, querySigning] })).toMatchObject({
      ok: true,
      querySigning,
    })
    expect(verify(authorization, { querySigning: others })).toMatchObject({
      code: 'ERR_OAUTH1_SIGNATURE_MISMATCH',
    })
  })

  test('without a query the first accepted one is told, and the key is asked once', () => {
    const location = 'https://api.ibkr.com/v1/api/x'
    const sign = vi.fn(signer.sign)
    const findKey = () => ({ key: { method: signer.method, sign } })
    const authorization = header({ querySigning: 'raw' }, signer, location)
    expect(verify(authorization, { querySigning: ['guide', 'raw'], findKey }, location)).toMatchObject({
      ok: true,
      querySigning: 'guide',
    })
    const wrong = authorization.replace(/oauth_nonce="../, 'oauth_nonce="zz')
    sign.mockClear()
    expect(verify(wrong, { querySigning: [...ways], findKey }, location).ok).toBe(false)
    expect(sign).toHaveBeenCalledOnce()
  })

  test('an empty list means the default', () => {
    expect(verify(header(), { querySigning: [] })).toMatchObject({ ok: true, querySigning: 'rfc5849' })
  })
})

describe('nonces', () => {
  test('are recorded only after a good signature', () => {
    const nonceStore = createNonceStore()
    const authorization = header()
    const forged = authorization.replace(/oauth_signature="[^"]*"/, 'oauth_signature="AAAA"')
    expect(verify(forged, { nonceStore })).toMatchObject({ code: 'ERR_OAUTH1_SIGNATURE_MISMATCH' })
    expect(nonceStore.size).toBe(0)
    expect(verify(authorization, { nonceStore })).toMatchObject({ ok: true })
    expect(verify(authorization, { nonceStore })).toMatchObject({ code: 'ERR_OAUTH1_NONCE_REPLAYED' })
    expect(nonceStore.size).toBe(1)
  })

  test('a request replayed at the end of its window, second by second, is never taken twice', () => {
    const nonceStore = createNonceStore()
    const authorization = header()
    const taken: number[] = []
    for (let seconds = -310; seconds <= 310; seconds += 0.5) {
      const result = verify(authorization, { nonceStore, now: () => nowMs + seconds * 1000 })
      if (result.ok) taken.push(seconds)
    }
    expect(taken).toEqual([-300.5])
  })

  test('the window is inclusive and can be set', () => {
    const at = (offset: number, clockToleranceSeconds: number) =>
      verify(header({ now: () => 1_700_000_000_000 }), {
        clockToleranceSeconds,
        now: () => 1_700_000_000_000 + offset,
      }).ok
    expect([at(10_000, 10), at(10_999, 10), at(11_000, 10), at(-10_000, 10), at(-10_001, 10)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    expect([at(0, 0), at(999, 0), at(1000, 0)]).toEqual([true, true, false])
  })
})
