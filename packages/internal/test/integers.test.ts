import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitLength, bytesFromInteger, evenHex, integerFromBytes } from '../src/integers.ts'

describe('integers', () => {
  it('are read from bytes of any length, wherever they lie in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 9 }), (bytes, offset) => {
        const memory = new Uint8Array(offset + bytes.length)
        memory.set(bytes, offset)
        const digits = `0${Buffer.from(bytes).toString('hex')}`
        expect(integerFromBytes(memory.subarray(offset))).toBe(BigInt(`0x${digits}`))
      }),
    )
  })

  it('are written in the fewest bytes, or padded', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 320n }), fc.nat({ max: 50 }), (value, length) => {
        const fewest = Math.max(1, Math.ceil(bitLength(value) / 8))
        expect(bytesFromInteger(value)).toHaveLength(fewest)
        expect(bytesFromInteger(value, length)).toHaveLength(Math.max(fewest, length))
        expect(integerFromBytes(bytesFromInteger(value, length))).toBe(value)
        expect(BigInt(`0x${evenHex(value)}`)).toBe(value)
      }),
    )
  })
})
