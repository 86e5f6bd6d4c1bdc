import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64FromBytes, bytesFromBase64 } from '../src/base64.ts'

test('agrees with Node, in every spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (value) => {
      const standard = Buffer.from(value).toString('base64')
      expect(base64FromBytes(value)).toBe(standard)
      const urlSafe = Buffer.from(value).toString('base64url')
      const wrapped = (standard.match(/.{1,7}/g) ?? []).join(' \r\n\t')
      for (const spelling of [standard, urlSafe, wrapped, standard.replace(/=+$/, '')]) {
        expect(bytesFromBase64(spelling)).toEqual(value)
      }
    }),
  )
})

test('drops the bits that fill no byte, so that a lost character shows as a wrong length', () => {
  expect(bytesFromBase64('AAAAA')).toHaveLength(3)
})

test('takes no longer for a row of = than for as many letters', { timeout: 2000 }, () => {
  expect(bytesFromBase64(`AAAA${'='.repeat(200_000)}`)).toHaveLength(3)
  expect(bytesFromBase64(`AAAA${'='.repeat(200_000)}*`)).toBeUndefined()
})

test.each(['AA*A', 'AA=AA', '"AAAA"', 'ÄAAA', 42, undefined, null])('%j is not base64', (text) => {
  expect(bytesFromBase64(text)).toBeUndefined()
})
