import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitUrl } from '../src/base-string-uri.ts'
import { encodeParameters } from '../src/encoded-parameter.ts'
import { formatAuthorizationHeader, parseAuthorizationHeader } from '../src/index.ts'
import { plainReceivedBaseString } from '../src/plain-received-base-string.ts'
import type { RecognizedQuerySigning } from '../src/query-signing.ts'
import type { ReadRequest } from '../src/received-request.ts'
import { splitReceivedUrl } from '../src/received-url.ts'
import { buildRecognizedBaseString } from '../src/recognized-base-string.ts'
import { signedParameters } from '../src/signature-base-string.ts'

const ways: readonly RecognizedQuerySigning[] = [
  'rfc5849',
  'omit',
  'guide',
  'raw',
  'raw-slash',
  'raw-plus',
  'url',
]

const texts = (characters: string, maxLength = 8): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength })

function outcome<Value>(work: () => Value): unknown {
  try {
    return work()
  } catch (error) {
    return String(error)
  }
}

describe('splitReceivedUrl', () => {
  const url = fc
    .tuple(
      fc.constantFrom('http://', 'https://', 'HTTP://', 'ftp://'),
      fc.constantFrom('127.0.0.1', 'api.ibkr.com', 'API.ibkr.com', 'user@host', '[::1]', ''),
      fc.constantFrom('', ':', ':80', ':443', ':0443', ':5000', ':x'),
      texts('/a.%2fé?#&=:@!* \n'),
    )
    .map((parts) => parts.join(''))

  it('gives what splitUrl gives, whatever the URL before it was', () => {
    fc.assert(
      fc.property(fc.array(url, { maxLength: 4 }), (urls) => {
        for (const one of urls) {
          expect(outcome(() => splitReceivedUrl(one))).toEqual(outcome(() => splitUrl(one)))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('plainReceivedBaseString', () => {
  const names = [
    'oauth_consumer_key',
    'oauth_nonce',
    'oauth_token',
    'oauth_signature',
    'oauth_',
    'a',
    'a-',
    'ä',
  ]
  const parameters = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), texts('aZ-.~_ %/')), { selector: ([name]) => name })
    .map((pairs) => new Map(pairs))
  const paths = ['/v1/api', '/a b', '/(a)', '/a|b,c', '/']

  it('gives what the general way gives, or nothing', () => {
    fc.assert(
      fc.property(parameters, fc.constantFrom(...paths), fc.constantFrom('', 'b=1'), (map, path, query) => {
        const request = readRequest(map, `http://host${path}`, query)
        const signed = signedParameters(encodeParameters(map))
        for (const way of ways) {
          const plain = plainReceivedBaseString(request, way)
          if (plain !== undefined) expect(plain).toBe(buildRecognizedBaseString(request.source, signed, way))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is there for the usual request, in any order of its parameters', () => {
    const map = new Map([
      ['oauth_token', 't'],
      ['oauth_signature', '+/='],
      ['oauth_nonce', 'n'],
    ])
    const plain = plainReceivedBaseString(readRequest(map, 'http://host/a', ''), 'rfc5849')
    expect(plain).toBe('GET&http%3A%2F%2Fhost%2Fa&oauth_nonce%3Dn%26oauth_token%3Dt')
  })

  function readRequest(protocolParameters: Map<string, string>, uri: string, query: string): ReadRequest {
    const { encodedUri } = splitUrl(uri)
    return {
      source: { encodedMethod: 'GET', encodedUri, query, form: '' },
      parametersIn: 'header',
      realm: undefined,
      protocolParameters,
      encodedParameters: undefined,
    }
  }
})

describe('a header as most clients write it', () => {
  // A tab before a name is allowed, and is more than the short cut knows.
  const unusual = (header: string): string => header.replace(/^OAuth /, 'OAuth \t').replace(/, /g, ',\t')

  it('is read as the same header in an unusual spelling', () => {
    const parameters = fc.uniqueArray(
      fc.tuple(texts('aZ_-. %é', 6).filter(Boolean), texts('aZ_-. %é"\\+/=')),
      {
        selector: ([name]) => name,
      },
    )
    fc.assert(
      fc.property(parameters, fc.option(texts('a %"\\'), { nil: undefined }), (pairs, realm) => {
        const header = formatAuthorizationHeader({ realm, parameters: pairs })
        expect(outcome(() => parseAuthorizationHeader(header))).toEqual(
          outcome(() => parseAuthorizationHeader(unusual(header))),
        )
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    'OAuth a="b"c="d"',
    'OAuth a="b',
    'OAuth a=b',
    'OAuth a="%2"',
    'OAuth a="%FF"',
    'OAuth a="b", a="c"',
  ])('is refused in both spellings: %s', (header) => {
    expect(() => parseAuthorizationHeader(header)).toThrow(/header/)
    expect(() => parseAuthorizationHeader(unusual(header))).toThrow(/header/)
  })
})
