import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOAuth1Error, percentEncode } from '../src/index.ts'
import { wellFormedText } from './support/arbitraries.ts'

test('decodes to what was encoded, through unreserved characters and upper-case escapes only', () => {
  fc.assert(
    fc.property(wellFormedText, (text) => {
      const encoded = percentEncode(text)
      expect(encoded).toMatch(/^(?:[\w.~-]|%[\dA-F]{2})*$/)
      expect(decodeURIComponent(encoded)).toBe(text)
      expect(encoded).toBe(Buffer.from(text).reduce((sum, byte) => sum + referenceByte(byte), ''))
    }),
  )
})

function referenceByte(byte: number): string {
  const character = String.fromCharCode(byte)
  const isUnreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'.includes(
    character,
  )
  return isUnreserved ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

test('every ASCII character, in a short text and in a long one', () => {
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code)
    expect(percentEncode(`${character}x`)).toBe(`${referenceByte(code)}x`)
    expect(percentEncode(character.repeat(600))).toBe(referenceByte(code).repeat(600))
  }
})

describe.each([
  ['high', '\ud83d'],
  ['low', '\ude00'],
  ['high before text', 'a\ud83db'],
  ['reversed pair', '\ude00\ud83d'],
  ['in a long text', `${'a'.repeat(700)}\ud83d`],
])('lone surrogate, %s', (_, text) => {
  test('is refused with a code and without the text', () => {
    try {
      percentEncode(text)
      expect.unreachable()
    } catch (error) {
      expect(isOAuth1Error(error) && error.code).toBe('ERR_OAUTH1_LONE_SURROGATE')
    }
  })
})
