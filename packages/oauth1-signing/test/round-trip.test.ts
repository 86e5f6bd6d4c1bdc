import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseForm } from '../src/base-string/form.ts'
import { splitReceivedUrl } from '../src/base-string/uri.ts'
import {
  createAuthorizationHeader,
  hmacSha256,
  isOAuth1Error,
  type ParametersIn,
  querySignings,
  signRequest,
} from '../src/index.ts'
import {
  createNonceStore,
  type ReceivedRequest,
  type VerificationResult,
  verifyRequest,
  verifyRequestSync,
} from '../src/server.ts'
import { httpMethod, httpUrl, parameters, wellFormedText } from './support/arbitraries.ts'

const signer = hmacSha256({ consumerSecret: 'secret', tokenSecret: 'other' })
const form = { 'content-type': 'application/x-www-form-urlencoded' }

function verify(request: ReceivedRequest, nowMs?: number): VerificationResult {
  return verifyRequestSync(request, {
    findKey: () => ({ key: signer }),
    nonceStore: createNonceStore(),
    now: nowMs === undefined ? undefined : () => nowMs,
    querySigning: querySignings,
  })
}

describe('what is signed verifies', () => {
  const places: fc.Arbitrary<ParametersIn> = fc.constantFrom('header', 'body', 'query', 'json')
  const credentials = fc.record({
    consumerKey: wellFormedText.filter((text) => text !== ''),
    accessToken: fc.option(wellFormedText, { nil: undefined }),
  })
  const ways = fc.constantFrom(...querySignings)

  test('for any method, URL, form, credentials, place and treatment', () => {
    fc.assert(
      fc.property(
        httpMethod,
        httpUrl,
        parameters,
        credentials,
        places,
        ways,
        (method, url, fields, given, parametersIn, querySigning) => {
          const body = parametersIn === 'json' ? undefined : new URLSearchParams(fields).toString()
          const headers = parametersIn === 'json' ? {} : form
          const signed = signRequest({ method, url, headers, body }, given, signer, {
            parametersIn,
            querySigning,
          })
          // A server sees the URL as a client such as fetch sends it.
          const result = verify({ ...signed, url: new URL(signed.url).href })
          expect(result).toMatchObject({
            ok: true,
            parametersIn,
            consumerKey: given.consumerKey,
            token: given.accessToken,
          })
          if (parametersIn !== 'json') {
            const told = result.ok ? [...result.requestParameters, ...result.unsignedParameters] : []
            const sent = [...parseForm(splitReceivedUrl(new URL(url).href).query), ...parseForm(body ?? '')]
            const sorted = (pairs: readonly (readonly string[])[]) =>
              pairs.map((pair) => JSON.stringify(pair)).sort()
            expect(sorted(told)).toEqual(sorted(sent))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('what is changed does not', () => {
  const nowMs = 1_700_000_000_000
  const credentials = { consumerKey: 'dpf43f3p2l4k3l03', accessToken: 'nnch734d00sl2jdk' }
  const url = 'https://photos.example.net/a%20b/c?file=vacation.jpg&size=original&x=%C3%A9'
  const request = { method: 'POST', url, headers: form, body: 'title=a+b&note=100%25' }
  const authorization = createAuthorizationHeader(request, credentials, signer, { now: () => nowMs })
  const received = { ...request, headers: { ...form, authorization } }

  /** Everything that stands for the same: escapes of what needs none, digits in lower case, `+` and `%20`. */
  const meaning = (text: string): string => JSON.stringify(parseForm(text))
  const verifies = (changed: ReceivedRequest): boolean =>
    verifyRequestSync(changed, {
      findKey: () => ({ key: signer }),
      nonceStore: createNonceStore(),
      now: () => nowMs,
    }).ok
  const replacements = [...'aZ0+&=%/?#"\\ ,é\0', '']

  function* changes(text: string): Generator<string> {
    for (let index = 0; index < text.length; index++) {
      for (const replacement of replacements) {
        const changed = text.slice(0, index) + replacement + text.slice(index + 1)
        if (changed !== text) yield changed
      }
    }
  }

  test('the untouched request verifies', () => {
    expect(verifies(received)).toBe(true)
  })

  test('any single character of the URL', () => {
    const original = splitReceivedUrl(url)
    for (const changed of changes(url)) {
      if (!verifies({ ...received, url: changed })) continue
      const { encodedUri, query } = splitReceivedUrl(changed)
      expect([encodedUri, meaning(query)]).toEqual([original.encodedUri, meaning(original.query)])
    }
  })

  test('any single character of the form', () => {
    for (const changed of changes(request.body)) {
      if (verifies({ ...received, body: changed })) expect(meaning(changed)).toBe(meaning(request.body))
    }
  })

  test('any single character of the header, but for white space, empty elements and the case of the scheme', () => {
    const same = (changed: string): string =>
      changed
        .replace(/^oauth\s*/i, 'OAuth ')
        .replaceAll(/[\s,]*,[\s,]*/g, ', ')
        .replaceAll(/\s*=\s*"/g, '="')
    for (const changed of changes(authorization)) {
      if (verifies({ ...received, headers: { ...form, authorization: changed } })) {
        expect(decodeURIComponent(same(changed))).toBe(decodeURIComponent(authorization))
      }
    }
  })

  test('method and content type', () => {
    expect(verifies({ ...received, method: 'PUT' })).toBe(false)
    expect(verifies({ ...received, headers: { authorization } })).toBe(false)
  })

  test('any single byte of a form of bytes', () => {
    const bytes = new TextEncoder().encode(request.body)
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = bytes.slice()
        changed[index] = (changed[index] ?? 0) ^ flip
        fc.pre(meaning(Buffer.from(changed).toString('latin1')) !== meaning(request.body))
        expect(verifies({ ...received, body: changed })).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})

describe('hostile requests', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'OAuth="%41&+\\, \r\n\0é😀{}[]:'.split('')) }),
    fc.constantFrom(
      'oauth_signature=x&oauth_consumer_key=k',
      '{"oauth_signature":"x","oauth_consumer_key":"k"}',
      '{"__proto__":{"oauth_signature":"x"}}',
    ),
  )
  const type = fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'text/plain', '')
  const start = fc.constantFrom(
    '',
    'OAuth ',
    'OAuth oauth_consumer_key="k", oauth_signature="s", oauth_signature_method="HMAC-SHA256", ',
  )

  test('never make it throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        text,
        text,
        type,
        start,
        async (method, path, header, body, contentType, beginning) => {
          const bytes = new TextEncoder().encode(body)
          for (const content of [body, bytes, Uint8Array.from(bytes, (byte) => byte ^ 0x80)]) {
            for (const url of [path, `https://h.example/${path}`, `https://${path}/`]) {
              const request = {
                method,
                url,
                headers: { authorization: beginning + header, 'content-type': contentType },
                body: content,
              }
              const options = { findKey: () => ({ key: signer }), nonceStore: createNonceStore() }
              expect((await verifyRequest(request, options)).ok).toBe(false)
              expect(verify({ ...request, method: 'GET', headers: { 'content-type': contentType } }).ok).toBe(
                false,
              )
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('never make the signer throw anything but its own error', () => {
    fc.assert(
      fc.property(text, text, text, (method, path, body) => {
        for (const url of [path, `https://h.example/${path}`, `https://${path}/`]) {
          try {
            createAuthorizationHeader({ method, url, headers: form, body }, { consumerKey: path }, signer)
          } catch (error) {
            expect(isOAuth1Error(error)).toBe(true)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
