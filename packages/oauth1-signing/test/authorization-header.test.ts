import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createAuthorizationHeader,
  formatAuthorizationHeader,
  isOAuth1Error,
  percentEncode,
} from '../src/index.ts'
import { parseAuthorizationHeader } from '../src/server.ts'
import { wellFormedText } from './support/arbitraries.ts'

const printableRealm = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})

const uniqueParameters = fc.uniqueArray(
  fc.tuple(
    wellFormedText.filter((name) => name !== '' && name.toLowerCase() !== 'realm'),
    wellFormedText,
  ),
  { selector: ([name]) => name, maxLength: 12 },
)

describe('parse of format is identity', () => {
  test('for any parameters and realm', () => {
    fc.assert(
      fc.property(uniqueParameters, fc.option(printableRealm, { nil: undefined }), (parameters, realm) => {
        const parsed = parseAuthorizationHeader(formatAuthorizationHeader({ realm, parameters }))
        expect([...parsed.parameters]).toEqual(parameters)
        expect(parsed.realm).toBe(realm)
      }),
    )
  })

  test('whatever the white space, the case of the scheme, the order and the empty elements', () => {
    const space = fc.constantFrom('', ' ', '\t', '  ', '\r\n ')
    const gap = fc.constantFrom(' ', '\t', '  ', '\r\n\t')
    fc.assert(
      fc.property(
        uniqueParameters,
        fc.constantFrom('OAuth', 'oauth', 'OAUTH'),
        fc.array(space, { minLength: 4, maxLength: 4 }),
        gap,
        (parameters, scheme, [one, two, three, four], after) => {
          const items = parameters.map(
            ([name, value]) => `${one}${percentEncode(name)}${two}=${three}"${escaped(value)}"${four}`,
          )
          const parsed = parseAuthorizationHeader(`${scheme}${after}${items.reverse().join(',,')},`)
          expect(new Map([...parsed.parameters].reverse())).toEqual(new Map(parameters))
        },
      ),
    )
  })
})

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}

describe('what clients really send', () => {
  test('IBKR prints a signature with a raw plus', () => {
    const parsed = parseAuthorizationHeader('OAuth realm="test_realm",oauth_signature="+BdIuZ/+a==%3D"')
    expect(parsed.parameters.get('oauth_signature')).toBe('+BdIuZ/+a===')
    expect(parsed.realm).toBe('test_realm')
  })

  test('an unquoted realm, where leniency is asked for', () => {
    const header = 'OAuth realm=limited_poa, oauth_token="t"'
    expect(() => parseAuthorizationHeader(header)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_MALFORMED_HEADER' }),
    )
    expect(parseAuthorizationHeader(header, { allowUnquotedRealm: true }).realm).toBe('limited_poa')
  })

  test('leniency is for the realm alone', () => {
    const parse = () =>
      parseAuthorizationHeader('OAuth realm="r", oauth_token=t', { allowUnquotedRealm: true })
    expect(parse).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_MALFORMED_HEADER' }))
  })

  test('a realm with quoted characters and a comma', () => {
    expect(parseAuthorizationHeader('OAuth realm="a\\"b\\\\c, d=\\"e\\""').realm).toBe('a"b\\c, d="e"')
  })

  test('RFC 5849 3.5.1', () => {
    const parsed = parseAuthorizationHeader(
      'OAuth realm="Example",\r\n    oauth_consumer_key="0685bd9184jfhq22",\r\n    oauth_token="ad180jjd733klru7",\r\n    oauth_signature_method="HMAC-SHA1",\r\n    oauth_signature="wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D",\r\n    oauth_timestamp="137131200",\r\n    oauth_nonce="4572616e48616d6d65724c61686176",\r\n    oauth_version="1.0"',
    )
    expect(parsed.realm).toBe('Example')
    expect(parsed.parameters.get('oauth_signature')).toBe('wOJIO9A2W5mFwDgiDvZbTSMK/PY=')
    expect(parsed.parameters.size).toBe(7)
  })

  test('no parameters at all', () => {
    expect(parseAuthorizationHeader('OAuth')).toEqual({ realm: undefined, parameters: new Map() })
    expect(parseAuthorizationHeader('OAuth ,').parameters.size).toBe(0)
  })
})

describe('what is refused', () => {
  test.each([
    ['another scheme', 'Bearer abc'],
    ['a scheme that only starts like it', 'OAuth2 a="b"'],
    ['an empty text', ''],
    ['an unquoted value', 'OAuth oauth_token=t'],
    ['an open quote', 'OAuth oauth_token="t'],
    ['a missing comma', 'OAuth a="b" c="d"'],
    ['half an escape', 'OAuth a="%4"'],
    ['no UTF-8', 'OAuth a="%FF"'],
    ['an encoded surrogate', 'OAuth a="%ED%A0%80"'],
    ['a raw space', 'OAuth a="b c"'],
    ['a backslash', 'OAuth a="b\\c"'],
    ['a raw letter beyond ASCII', 'OAuth a="é"'],
    ['a raw NUL', 'OAuth a="\0"'],
    ['a raw line feed', 'OAuth a="b\nc"'],
    ['a line feed in the realm', 'OAuth realm="b\nc"'],
    ['an escaped line feed in the realm', 'OAuth realm="b\\\nc"'],
    ['no name', 'OAuth ="b"'],
    ['text behind', 'OAuth a="b"c'],
  ])('%s', (_, header) => {
    expect(() => parseAuthorizationHeader(header)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_MALFORMED_HEADER' }),
    )
  })

  test('every control character in a realm, escaped or not, and no other character', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => code).filter(
      (code) => code < 0x20 || code > 0x7e,
    )
    for (const control of controls.map((code) => String.fromCharCode(code))) {
      for (const text of [control, `\\${control}`]) {
        expect(() => parseAuthorizationHeader(`OAuth realm="a${text}b"`)).toThrow(
          expect.objectContaining({ code: 'ERR_OAUTH1_MALFORMED_HEADER' }),
        )
      }
    }
    for (const other of ['~', '\xa0', 'é', '\u2028', '\uffff', '😀']) {
      expect(parseAuthorizationHeader(`OAuth realm="a${other}\\${other}b"`).realm).toBe(`a${other}${other}b`)
    }
  })

  test.each([
    'OAuth a="1", a="2"',
    'OAuth a="1", %61="2"',
    'OAuth realm="1", realm="2"',
    'OAuth realm="", Realm="2"',
  ])('a parameter twice: %s', (header) => {
    expect(() => parseAuthorizationHeader(header)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' }),
    )
  })

  test('no text makes it throw anything but its own error', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .string({ unit: fc.constantFrom(...'OAuth realm="%41\\, \t\r\n\0é😀'.split('')) })
        .map((text) => `OAuth ${text}`),
    )
    fc.assert(
      fc.property(hostile, fc.boolean(), (header, allowUnquotedRealm) => {
        try {
          parseAuthorizationHeader(header, { allowUnquotedRealm })
        } catch (error) {
          expect(isOAuth1Error(error)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test.each(['a="', 'a="\\', ' ', ',', '%', 'a', '\\', 'a="b",', '"'])(
    'a megabyte of %j comes to an end',
    (piece) => {
      const header = `OAuth ${piece.repeat(1_000_000 / piece.length)}`
      try {
        parseAuthorizationHeader(header)
      } catch (error) {
        expect(isOAuth1Error(error)).toBe(true)
      }
    },
  )
})

describe('nothing puts a line break or NUL into a header', () => {
  test('in names and values they are encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let header: string
        try {
          header = createAuthorizationHeader(
            { method: 'GET', url: 'https://h.example/' },
            { consumerKey: `k${text}`, accessToken: text },
            { method: text, sign: () => text },
            { nonce: () => text, protocolParameters: { [`x${text}`]: text } },
          )
        } catch (error) {
          expect(isOAuth1Error(error)).toBe(true)
          return
        }
        expect(header).toMatch(/^[ -~]*$/)
      }),
    )
  })

  test.each(['a\r\nb', 'a\nb', 'a\0b', 'a\tb', 'é', '\u2028'])('realm %j is refused', (realm) => {
    for (const write of [
      () => formatAuthorizationHeader({ realm, parameters: [] }),
      () =>
        createAuthorizationHeader(
          { method: 'GET', url: 'https://h.example/' },
          { consumerKey: 'k', realm },
          { method: 'm', sign: () => 's' },
        ),
    ]) {
      expect(write).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }))
    }
  })
})
