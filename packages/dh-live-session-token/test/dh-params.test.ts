import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginExchange, checkDhParams, type DhParams, formatDhParams, parseDhParams } from '../src/index.ts'
import { codeOf, dhParams, smallDhParams } from './support/exchanges.ts'
import { ibkrExample, lstDerivation } from './support/fixtures.ts'

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
const plain = fixture('dhparam-512.pem')
const withLength = fixture('dhparam-512-with-length.pem')
const ffdhe2048 = fixture('dhparam-ffdhe2048.pem')
const derOf = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64'))
const invalid = 'ERR_LST_INVALID_DH_PARAMS'

describe('parseDhParams', () => {
  test('reads what openssl dhparam writes', () => {
    expect(parseDhParams(plain)).toEqual({ prime: smallDhParams.prime, generator: 2n })
  })

  test('reads the optional length', () => {
    expect(parseDhParams(withLength)).toEqual({
      prime: smallDhParams.prime,
      generator: 2n,
      privateValueLength: 225,
    })
  })

  test('reads a named group written out', () => {
    const { prime, generator } = parseDhParams(ffdhe2048)
    expect(prime.toString(16)).toMatch(/^f{16}adf85458a2bb4a9a.*f{16}$/)
    expect(generator).toBe(2n)
  })

  test.each([
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['blank lines', plain.replaceAll('\n', '\n\n')],
    ['indented', plain.replaceAll(/^/gm, '   ')],
    [
      'with -text output around it',
      `    DH Parameters: (512 bit)\n        P:\n            00:bb\n${plain}\nbye\n`,
    ],
    ['a byte order mark', `\ufeff${plain}`],
    ['line breaks written out', plain.replaceAll('\n', '\\n')],
    ['all on one line', plain.replaceAll('\n', ' ')],
    ['DER', derOf(plain)],
    ['a Buffer', Buffer.from(derOf(plain))],
    ['a bigint', { prime: smallDhParams.prime }],
    ['hex', { prime: smallDhParams.prime.toString(16), generator: '2' }],
    [
      'hex as openssl -text prints it',
      { prime: `00:${smallDhParams.prime.toString(16).match(/../g)!.join(':\n    ')}`, generator: 2 },
    ],
    [
      'line breaks as an environment variable has them',
      { prime: smallDhParams.prime.toString(16).replace(/(.{4})/g, '$1\\n'), generator: '2\\r\\n' },
    ],
    [
      '0x and upper case',
      { prime: `0x${smallDhParams.prime.toString(16).toUpperCase()}`, generator: '0x02' },
    ],
    [
      'bytes',
      { prime: Buffer.from(`00${smallDhParams.prime.toString(16)}`, 'hex'), generator: Uint8Array.of(2) },
    ],
    ['what it gave before', parseDhParams(plain)],
  ])('reads %s', (_, input) => {
    expect(parseDhParams(input)).toEqual({ prime: smallDhParams.prime, generator: 2n })
  })

  test.each<[string, unknown]>([
    ['another PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['bare hex text', smallDhParams.prime.toString(16)],
    ['no text', ''],
    ['a truncated file', plain.slice(0, 90)],
    ['DER with bytes after it', Uint8Array.of(...derOf(plain), 0)],
    ['DER cut short', derOf(plain).subarray(0, 40)],
    ['a length that lies', Uint8Array.of(0x30, 0x84, 255, 255, 255, 255, 2, 1, 5)],
    ['an indefinite length', Uint8Array.of(0x30, 0x80, 2, 1, 5, 2, 1, 2, 0, 0)],
    ['a length that is no INTEGER', Uint8Array.of(0x30, 9, 2, 1, 23, 2, 1, 2, 4, 1, 9)],
    ['a fourth INTEGER', Uint8Array.of(0x30, 12, 2, 1, 23, 2, 1, 2, 2, 1, 9, 2, 1, 9)],
    ['an empty INTEGER', Uint8Array.of(0x30, 5, 2, 0, 2, 1, 2)],
    ['no bytes', new Uint8Array()],
    ['not hex', { prime: 'xyz' }],
    ['empty hex', { prime: '' }],
    ['a fraction', { prime: 23.5 }],
    ['endless white space', { prime: `${' '.repeat(16_384)}17` }],
    ['no prime', {}],
    ['zero', { prime: 0 }],
    ['a negative bigint', { prime: -23n }],
    ['a generator of zero', { prime: 23n, generator: 0n }],
    ['an endless prime', { prime: 1n << 8192n }],
    ['an endless generator', { prime: 23n, generator: 1n << 8192n }],
    ['a length of -1', { prime: 23n, privateValueLength: -1 }],
    ['a length of half a bit', { prime: 23n, privateValueLength: 0.5 }],
    ['nothing', undefined],
    ['null', null],
    ['a number', 23],
  ])('refuses %s', (_, input) => {
    expect(codeOf(() => parseDhParams(input as string))).toBe(invalid)
  })

  test('names the missing sign byte of another generator as what it is', () => {
    const body = Buffer.from(smallDhParams.prime.toString(16), 'hex')
    const negative = Uint8Array.of(0x30, 64 + 5, 2, 64, ...body, 2, 1, 2)
    expect(() => parseDhParams(negative)).toThrow(/prime must be a positive.*sign byte.*openssl dhparam/)
  })
})

describe('formatDhParams', () => {
  test.each([
    ['without a length', plain],
    ['with one', withLength],
    ['with a top bit that is set', ffdhe2048],
  ])('gives back the file of OpenSSL, %s', (_, pem) => {
    expect(formatDhParams(parseDhParams(pem))).toBe(pem)
  })

  test('writes a sign byte where the top bit is set', () => {
    const der = derOf(formatDhParams(dhParams))
    expect([...der.subarray(0, 9)]).toEqual([0x30, 0x82, 1, 8, 2, 0x82, 1, 1, 0])
  })

  test('whatever the integers, they come back positive and equal', () => {
    const positive = fc.bigInt({ min: 1n, max: (1n << 2100n) - 1n })
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined }),
        (prime, generator, privateValueLength) => {
          const params: DhParams = { prime, generator, ...(privateValueLength && { privateValueLength }) }
          expect(parseDhParams(formatDhParams(params))).toEqual(params)
        },
      ),
    )
  })

  test('checks what it writes', () => {
    expect(codeOf(() => formatDhParams({ prime: -5n, generator: 2n }))).toBe(invalid)
  })
})

describe('checkDhParams', () => {
  test('finds nothing wrong with a safe prime of 2048 bits', () => {
    expect(checkDhParams(dhParams)).toEqual({ ok: true, problems: [], primeBits: 2048 })
  })

  test("reports IBKR's published example, which derives all the same", () => {
    const { pHex, gHex } = ibkrExample.diffieHellman
    const params = parseDhParams({ prime: pHex, generator: gHex })
    expect(checkDhParams(params)).toEqual({
      ok: false,
      problems: ['prime-size', 'prime-not-prime', 'generator-out-of-range'],
      primeBits: 2045,
    })
    expect(
      beginExchange({ dhParams: params, accessTokenSecret: new Uint8Array(32) }).diffieHellmanChallenge,
    ).toMatch(/^[1-9a-f]/)
  })

  test.each<[string, DhParams, string[]]>([
    ['too short', smallDhParams, ['prime-size']],
    ['even', { prime: dhParams.prime - 1n, generator: 2n }, ['prime-even', 'prime-not-prime']],
    ['composite', { prime: dhParams.prime - 2n, generator: 2n }, ['prime-not-prime']],
    ['prime but not safe', { prime: (1n << 521n) - 1n, generator: 3n }, ['prime-size', 'prime-not-safe']],
    ['a generator of 1', { ...smallDhParams, generator: 1n }, ['prime-size', 'generator-out-of-range']],
    [
      'a generator of p-1',
      { ...smallDhParams, generator: smallDhParams.prime - 1n },
      ['prime-size', 'generator-out-of-range'],
    ],
    ['a generator of p-2', { ...smallDhParams, generator: smallDhParams.prime - 2n }, ['prime-size']],
  ])('reports: %s', (_, params, problems) => {
    expect(checkDhParams(params).problems).toEqual(problems)
  })

  test('throws only for what is no parameters at all', () => {
    expect(codeOf(() => checkDhParams({ prime: 0n, generator: 2n }))).toBe(invalid)
    expect(checkDhParams({ prime: 1n, generator: 1n }).ok).toBe(false)
  })
})

test.each<[string, DhParams]>([
  ['an even modulus', { prime: dhParams.prime - 1n, generator: 2n }],
  ['fewer than 512 bits', { prime: (1n << 127n) - 1n, generator: 3n }],
  ['a generator of 1', { prime: dhParams.prime, generator: 1n }],
  ['a generator of p-1', { prime: dhParams.prime, generator: dhParams.prime - 1n }],
  ['a generator of p+1', { prime: dhParams.prime, generator: dhParams.prime + 1n }],
  ['a generator of p', { prime: dhParams.prime, generator: dhParams.prime }],
])('derivation refuses %s', (_, params) => {
  const randomBytes = (): never => expect.unreachable('nothing is drawn for them')
  expect(
    codeOf(() => beginExchange({ dhParams: params, accessTokenSecret: new Uint8Array(32) }, { randomBytes })),
  ).toBe(invalid)
})

test('the challenge comes without leading zeros, in lower case', () => {
  // g^2 mod p = 4: shorter than p by far.
  const exchange = beginExchange(
    { dhParams, accessTokenSecret: new Uint8Array(32) },
    { randomBytes: (length) => new Uint8Array(length).fill(2, length - 1) },
  )
  expect(exchange.diffieHellmanChallenge).toBe('4')
  expect(lstDerivation.diffieHellman.challengeHex).toMatch(/^[0-9a-f]+$/)
})
