import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formPairs, parseForm, recodeFormComponent } from '../src/base-string/form.ts'
import { percentEncode } from '../src/index.ts'
import { parameters, wellFormedText } from './support/arbitraries.ts'

test('reads what the platform writes', () => {
  fc.assert(
    fc.property(parameters, (pairs) => {
      expect(parseForm(new URLSearchParams(pairs).toString())).toEqual(pairs)
    }),
  )
})

test('reads texts as the platform does', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab=&+%41c3é'.split('')) }), (text) => {
      const expected = [...new URLSearchParams(text)]
      // The platform puts U+FFFD where bytes are no UTF-8; those are kept apart here.
      fc.pre(expected.every((pair) => !pair.join('').includes('\ufffd')) && !text.startsWith('?'))
      expect(parseForm(text)).toEqual(expected)
    }),
  )
})

const pieces = [
  'a',
  'Z',
  '=',
  '&',
  '+',
  '%',
  '%2',
  '%4',
  '%41',
  '%2c',
  '%2C',
  '%26',
  '%3D',
  '%ff',
  '%C3%A9',
  "!'()*",
  ',',
  'é',
]

test('a pair is read alike in a short text and in a long one, wherever it stands', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((list) => list.join(''))
  const padding = fc.oneof(fc.constant(257), fc.integer({ min: 8150, max: 8200 }))
  fc.assert(
    fc.property(text, padding, (short, length) => {
      const before = 'z'.repeat(length)
      const expected = [...formPairs(`${before}&`), ...formPairs(short)]
      expect(formPairs(`${before}&${short}`)).toEqual(expected)
    }),
    { seed: 18, numRuns: 500 },
  )
})

test.each([
  [
    'a&b=&=c&&d=e=f',
    [
      ['a', ''],
      ['b', ''],
      ['', 'c'],
      ['d', 'e=f'],
    ],
  ],
  ['=', [['', '']]],
  ['&&', []],
  ['', []],
  ['a+b=c%20d%2B', [['a b', 'c d+']]],
])('%s', (text, expected) => {
  expect(parseForm(text)).toEqual(expected)
})

test.each([
  ['%FF', '%FF'],
  ['%ff+%fe', '%FF%20%FE'],
  ['%', '%25'],
  ['%4', '%254'],
  ['%zz', '%25zz'],
  ['%41%7e%2d', 'A~-'],
  ['%FF%41%2c,', '%FFA%2C%2C'],
  ['%ED%A0%80', '%ED%A0%80'],
  ['%00', '%00'],
])('%s is recoded byte by byte', (component, expected) => {
  expect(recodeFormComponent(component)).toBe(expected)
})

test('every two bytes stay different, UTF-8 or not', () => {
  const seen = new Set<string>()
  for (let byte = 0; byte < 256; byte++)
    seen.add(recodeFormComponent(`%${byte.toString(16).padStart(2, '0')}`))
  expect(seen.size).toBe(256)
})

test('recoding what was encoded changes nothing', () => {
  fc.assert(
    fc.property(wellFormedText, (text) => {
      expect(recodeFormComponent(percentEncode(text))).toBe(percentEncode(text))
      expect(recodeFormComponent(percentEncode(text).toLowerCase())).toBe(
        percentEncode(decodeURIComponent(percentEncode(text).toLowerCase())),
      )
    }),
  )
})
