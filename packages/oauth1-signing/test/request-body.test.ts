import { describe, expect, test } from 'vitest'
import {
  createAuthorizationHeader,
  hmacSha256,
  type QuerySigning,
  querySignings,
  type RequestToSign,
  signatureBaseString,
  signRequest,
} from '../src/index.ts'
import {
  createNonceStore,
  type ReceivedRequest,
  type VerificationResult,
  verifyRequestSync,
} from '../src/server.ts'

const signer = hmacSha256(new Uint8Array(20).fill(1))
const credentials = { consumerKey: 'k' }
const fixed = { now: () => 1_700_000_000_000, nonce: () => 'n' }
const url = 'https://h.example/x'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

function sign(more: object, querySigning?: QuerySigning): string {
  const request = { method: 'POST', url, ...more } as RequestToSign
  return createAuthorizationHeader(request, credentials, signer, { ...fixed, querySigning })
}

function verify(
  request: ReceivedRequest,
  querySigning: readonly QuerySigning[] = querySignings,
): VerificationResult {
  return verifyRequestSync(request, {
    findKey: () => ({ key: signer }),
    nonceStore: createNonceStore(),
    now: fixed.now,
    querySigning,
  })
}

describe('what a client hands in as body', () => {
  const right = sign({ headers: form, body: 'a=1&b=x+y%21' })
  const params = new URLSearchParams('a=1&b=x+y%21')

  test('URLSearchParams are the form that clients send, with a Content-Type and without', () => {
    expect(sign({ headers: form, body: params })).toBe(right)
    expect(sign({ body: params })).toBe(right)
    expect(sign({ headers: { accept: '*/*' }, body: params })).toBe(right)
    expect(sign({ headers: { 'Content-Type': 'text/plain' }, body: params })).toBe(sign({}))
  })

  test('signRequest sends them as they were signed', () => {
    const request = signRequest({ method: 'POST', url, body: params }, credentials, signer, fixed)
    expect(request.body).toBe(params.toString())
    expect(request.headers).toEqual({ ...form, authorization: right })
    const asText = { method: 'POST', url, headers: { 'Content-Type': 'text/plain' }, body: params }
    expect(signRequest(asText, credentials, signer, fixed)).toMatchObject({
      headers: { 'Content-Type': 'text/plain' },
      body: params.toString(),
    })
  })

  test.each([
    ['bytes', new TextEncoder().encode('a=1')],
    ['a Buffer', Buffer.from('a=1')],
    ['an ArrayBuffer', new TextEncoder().encode('a=1').buffer],
    ['a Blob', new Blob(['a=1'])],
    ['FormData', new FormData()],
    ['an object', { a: 1 }],
    ['a String', Object('a=1')],
    ['a number', 7],
    ['null', null],
    ['an impostor', { [Symbol.toStringTag]: 'URLSearchParams', toString: () => 7 }],
  ])('%s is refused as a form', (_, body) => {
    const refused = { code: 'ERR_OAUTH1_INVALID_INPUT', message: expect.stringContaining('request.body') }
    expect(() => sign({ headers: form, body })).toThrow(expect.objectContaining(refused))
  })

  test('other bodies than forms are nobody’s business', () => {
    const json = { 'content-type': 'application/json' }
    for (const body of [null, undefined, '{}', new TextEncoder().encode('{}'), new Blob(['{}'])]) {
      expect(sign({ headers: json, body })).toBe(sign({}))
    }
    expect(sign({ body: null })).toBe(sign({}))
  })

  test.each<[string, object | string]>([
    ['a list of pairs', Object.entries(form)],
    ['a Map', new Map([['Content-Type', 'application/x-www-form-urlencoded']])],
    ['an iterator', Object.entries(form).values()],
    ['a text', 'content-type: application/x-www-form-urlencoded'],
  ])('headers as %s, which hide their Content-Type, are refused', (_, headers) => {
    expect(() => sign({ headers, body: 'a=1' })).toThrow(
      expect.objectContaining({
        code: 'ERR_OAUTH1_INVALID_INPUT',
        message: expect.stringContaining('request.headers'),
      }),
    )
  })
})

describe('a form body that is not form-encoded (RFC 5849 3.4.1.3.1)', () => {
  const bodies = ['ß', '{"a":1}', 'a=%zz', 'a=%4', 'a b', 'a[0]=1', 'a=1\n', '\ud800', 'a=<b>', 'a=%']
  const bare = signatureBaseString({ method: 'POST', url }, { oauth_consumer_key: 'k' })

  test.each(bodies)('%j is left out, by client and server', (body) => {
    const request = { method: 'POST', url, headers: form, body }
    expect(signatureBaseString(request, { oauth_consumer_key: 'k' })).toBe(bare)
    const authorization = sign({ headers: form, body })
    for (const received of [body, new TextEncoder().encode(body)]) {
      const result = verify({ ...request, headers: { ...form, authorization }, body: received })
      expect(result).toMatchObject({ ok: true, requestParameters: [], unsignedParameters: [] })
    }
  })

  test.each(["a=~!*'()", 'a=$,;:@/?+', 'a%2a=%E2%82%AC&b', '=&=', '&&'])('%j is one', (body) => {
    const authorization = sign({ headers: form, body })
    const received = { method: 'POST', url, headers: { ...form, authorization }, body }
    expect(verify(received, ['rfc5849'])).toMatchObject({ ok: true })
    expect(verify({ ...received, body: `${body}&x=1` }, ['rfc5849']).ok).toBe(false)
  })

  test('bytes that are no UTF-8 are no form', () => {
    const request = { method: 'POST', url, headers: { ...form, authorization: sign({}) } }
    expect(verify({ ...request, body: Uint8Array.from([0x61, 0x3d, 0xff]) })).toMatchObject({ ok: true })
  })

  test('it takes no protocol parameters, so that signRequest refuses to put them there', () => {
    const request = { method: 'POST', url, headers: form, body: '{"a":1}' }
    expect(() => signRequest(request, credentials, signer, { parametersIn: 'body' })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
    )
  })
})

describe('oauth_ parameters belong in one place (RFC 5849 3.5)', () => {
  const second = [
    { url: `${url}?oauth_token=victim` },
    { url: `${url}?o%61uth_verifier=v` },
    { headers: form, body: 'oauth_callback=c' },
    { headers: form, body: 'oauth_own=1' },
    { url: `${url}?oauth_signature=x` },
  ]
  const duplicate = expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' })

  test.each(second)('a client signs no %j', (more) => {
    for (const querySigning of querySignings) expect(() => sign(more, querySigning)).toThrow(duplicate)
    for (const parametersIn of ['header', 'body', 'query'] as const) {
      expect(() =>
        signRequest({ method: 'POST', url, ...more }, credentials, signer, { ...fixed, parametersIn }),
      ).toThrow(duplicate)
    }
  })

  test.each(second)('a server takes no %j beside a header', (more) => {
    const headers = { ...form, authorization: sign({}) }
    for (const querySigning of querySignings) {
      expect(verify({ method: 'POST', url, ...more, headers }, [querySigning])).toMatchObject({
        code: 'ERR_OAUTH1_DUPLICATE_PARAMETER',
      })
    }
  })

  test('nor in the query beside a form that carries them', () => {
    const signed = signRequest({ method: 'POST', url }, credentials, signer, {
      ...fixed,
      parametersIn: 'body',
    })
    expect(verify(signed)).toMatchObject({ ok: true, parametersIn: 'body' })
    expect(verify({ ...signed, url: `${url}?oauth_token=victim` })).toMatchObject({
      code: 'ERR_OAUTH1_DUPLICATE_PARAMETER',
    })
  })

  test('one of one’s own goes along everywhere and under every treatment', () => {
    for (const querySigning of querySignings) {
      for (const parametersIn of ['header', 'body', 'query'] as const) {
        const options = {
          ...fixed,
          parametersIn,
          querySigning,
          protocolParameters: { oauth_own: 'a b', diffie_hellman_challenge: 'ab' },
        }
        const signed = signRequest({ method: 'POST', url: `${url}?q=1` }, credentials, signer, options)
        const result = verify(signed, [querySigning])
        expect(result.ok && result.protocolParameters.get('oauth_own')).toBe('a b')
        expect(result.ok && result.protocolParameters.get('diffie_hellman_challenge')).toBe('ab')
      }
    }
  })
})
