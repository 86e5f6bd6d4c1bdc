import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFormValueTwice } from '../src/encode-form-value-twice.ts'
import { recodeFormComponent } from '../src/form-encoding.ts'
import { OAuth1Error } from '../src/oauth1-error.ts'

const reference = (value: string): string => encodeURIComponent(recodeFormComponent(value))

const padding = 'x'.repeat(300)
const sourceLength = 4096

describe.each([
  ['a short value', ''],
  ['a long value', padding],
])('%s', (_, start) => {
  test('every escape, in upper and lower case', () => {
    for (let octet = 0; octet < 256; octet++) {
      const written = `%${octet.toString(16).padStart(2, '0')}`
      for (const value of [written.toUpperCase(), written]) {
        expect(encodeFormValueTwice(start + value)).toBe(reference(start + value))
      }
    }
  })

  test('every character of ASCII and some beyond', () => {
    const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
    for (const character of [...characters, 'é', 'Ł', '日', '😀', '\u{10FFFF}']) {
      if (character === '%') continue
      expect(encodeFormValueTwice(start + character)).toBe(reference(start + character))
    }
  })

  test.each(['%', '%4', '%2', '%2%', '%%20', '%zz', '%2c', '%C3%A9', '%C3', 'a%2Cb%', '%20%2B+ ,%7E'])(
    '%j, before and behind other text',
    (piece) => {
      for (const value of [start + piece, `${piece}${start}`, `${start}${piece}%2C`]) {
        expect(encodeFormValueTwice(value)).toBe(reference(value))
      }
    },
  )

  test('half a surrogate pair is refused', () => {
    for (const half of ['\uD83D', '\uDE00']) {
      expect(() => encodeFormValueTwice(start + half)).toThrow(OAuth1Error)
    }
  })
})

test.each(['%2C', ',', '+', '%2c', 'é', '😀', '%', '%4'])(
  '%j where one piece of a long value ends',
  (mark) => {
    for (let before = sourceLength - 4; before <= sourceLength + 2; before++) {
      for (const end of ['', 'x', ',y', 'z'.repeat(2 * sourceLength)]) {
        const value = 'x'.repeat(before) + mark + end
        expect(encodeFormValueTwice(value)).toBe(reference(value))
      }
    }
  },
)

test.each(['%', '%2'])('%j at the end is not completed by what stood there before', (cut) => {
  const value = `${'C'.repeat(sourceLength)}${cut}`
  expect(encodeFormValueTwice(value)).toBe(reference(value))
})

test('values of all kinds and lengths', () => {
  const piece = fc.constantFrom('a', 'Z', '~', '_', '%2C', '%3A', '%20', '+', ',', ' ', '/', 'note')
  const odd = fc.constantFrom('%7E', '%2c', '%C3%A9', 'é', '%', '%FF', '😀')
  const value = fc
    .tuple(
      fc.array(piece, { maxLength: 60 }),
      fc.array(odd, { maxLength: 1 }),
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 90 }),
    )
    .map(([start, middle, end, times]) =>
      [start.join('').repeat(times), ...middle, end.join('').repeat(times)].join(''),
    )
  fc.assert(
    fc.property(value, (text) => {
      expect(encodeFormValueTwice(text)).toBe(reference(text))
    }),
    { numRuns: 300 },
  )
})
