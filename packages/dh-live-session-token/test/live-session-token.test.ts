import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { LiveSessionToken, SecretBytes } from '../src/index.ts'
import { codeOf } from './support/exchanges.ts'

const bytes = Uint8Array.from({ length: 20 }, (_, index) => 0xa0 + index)
const base64 = Buffer.from(bytes).toString('base64')
const spellings = [base64, Buffer.from(bytes).toString('hex'), String(bytes), '160, 161']
const create = (): LiveSessionToken =>
  new LiveSessionToken({ bytes, expiresAtMs: 1_700_000_000_000, expiryBasis: 'date-header' })

describe('LiveSessionToken', () => {
  test('hands out copies of its bytes, and keeps one of its own', () => {
    const source = bytes.slice()
    const token = new LiveSessionToken({ bytes: source, expiresAtMs: 1 })
    source.fill(0)
    token.reveal().fill(0)
    expect(token.reveal()).toEqual(bytes)
    expect(token.expiryBasis).toBe('expiration')
  })

  test('does not share memory with a Buffer either', () => {
    const source = Buffer.from(bytes)
    const token = new LiveSessionToken({ bytes: source, expiresAtMs: 1 })
    source.fill(0)
    expect(token.reveal()).toEqual(bytes)
  })

  test('takes what another holder of secrets reveals', () => {
    expect(new LiveSessionToken({ bytes: { reveal: () => bytes }, expiresAtMs: 1 }).reveal()).toEqual(bytes)
  })

  test('counts the milliseconds that are left', () => {
    const token = create()
    expect(token.remainingMs(1_699_999_999_000)).toBe(1000)
    expect(token.remainingMs(1_700_000_000_000)).toBe(0)
    expect(token.remainingMs(1_800_000_000_000)).toBe(0)
    expect(new LiveSessionToken({ bytes, expiresAtMs: Date.now() + 60_000 }).remainingMs()).toBeGreaterThan(0)
  })

  test('goes through a store and comes back', () => {
    const restored = LiveSessionToken.restore(create().serialize())
    expect(restored.reveal()).toEqual(bytes)
    expect(restored).toMatchObject({ expiresAtMs: 1_700_000_000_000, expiryBasis: 'date-header' })
    expect(restored.serialize()).toBe(create().serialize())
  })

  test.each([
    ['', undefined],
    ['not JSON', undefined],
    ['null', undefined],
    ['[]', undefined],
    ['another version', { version: 2 }],
    ['no token', { liveSessionToken: undefined }],
    ['another length', { liveSessionToken: 'AAAA' }],
    ['no base64', { liveSessionToken: '*' }],
    ['no expiry', { expiresAtMs: undefined }],
    ['an expiry as text', { expiresAtMs: '1700000000000' }],
    ['no basis', { expiryBasis: undefined }],
    ['a basis that is none', { expiryBasis: 'soon' }],
    ['an endless text', { more: 'x'.repeat(1024) }],
  ])('does not restore %s', (text, change) => {
    const serialized = change ? JSON.stringify({ ...JSON.parse(create().serialize()), ...change }) : text
    expect(codeOf(() => LiveSessionToken.restore(serialized))).toBe('ERR_LST_INVALID_INPUT')
  })

  test.each([
    ['19 bytes', { bytes: bytes.subarray(1), expiresAtMs: 1 }],
    ['21 bytes', { bytes: Uint8Array.of(...bytes, 0), expiresAtMs: 1 }],
    ['no bytes', { bytes: new Uint8Array(), expiresAtMs: 1 }],
    ['text', { bytes: base64 as unknown as Uint8Array, expiresAtMs: 1 }],
    ['half a millisecond', { bytes, expiresAtMs: 0.5 }],
    ['a basis that is none', { bytes, expiresAtMs: 1, expiryBasis: 'soon' as 'expiration' }],
    ['no expiry', { bytes, expiresAtMs: Number.NaN }],
  ])('is not made of %s', (_, input) => {
    expect(codeOf(() => new LiveSessionToken(input))).toBe('ERR_LST_INVALID_INPUT')
  })
})

describe.each<[string, () => LiveSessionToken | SecretBytes]>([
  ['LiveSessionToken', create],
  ['SecretBytes', () => new SecretBytes(bytes)],
])('%s', (_, make) => {
  test('shows its bytes to nobody who does not ask for them', () => {
    const secret = make()
    const views = [
      inspect(secret, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify({ secret }),
      String(secret),
      `${secret}`,
      inspect({ ...secret }),
      inspect(structuredClone({ ...secret })),
      Object.getOwnPropertyNames(secret).join(),
    ]
    for (const view of views) for (const spelling of spellings) expect(view).not.toContain(spelling)
  })

  test('is gone once disposed of, explicitly or by using', () => {
    const secret = make()
    secret.dispose()
    secret.dispose()
    expect(codeOf(() => secret.reveal())).toBe('ERR_LST_DISPOSED')
    const other = make()
    other[Symbol.dispose]()
    expect(codeOf(() => other.reveal())).toBe('ERR_LST_DISPOSED')
  })
})
