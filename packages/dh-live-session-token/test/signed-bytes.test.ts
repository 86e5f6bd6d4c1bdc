import { bitLength, bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signedBytes } from '../src/signed-bytes.ts'
import { bigintBytes, bytes, hex } from './support/fixtures.ts'

describe('signedBytes is BigInteger.toByteArray()', () => {
  test.each(bigintBytes.cases)('$integerHex: $note', ({ integerHex, bytesHex, bitLength: bits }) => {
    const magnitude = bytes(integerHex.padStart(integerHex.length + (integerHex.length % 2), '0'))
    expect(hex(signedBytes(magnitude))).toBe(bytesHex)
    expect(bitLength(BigInt(`0x${integerHex}`))).toBe(bits)
  })

  test('whatever zeros lead, the bytes are the fewest that keep a clear sign bit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), fc.nat(4), (value, zeros) => {
        const padded = bytesFromInteger(value, bytesFromInteger(value).length + zeros)
        const signed = signedBytes(padded)
        expect(signed.length).toBe(Math.floor(bitLength(value) / 8) + 1)
        expect(BigInt.asIntN(signed.length * 8, integerFromBytes(signed))).toBe(value)
      }),
    )
  })
})

test('integers and bytes go to and fro', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
      expect(bytesFromInteger(integerFromBytes(value), value.length || undefined)).toEqual(
        value.length ? value : new Uint8Array(1),
      )
    }),
  )
})
