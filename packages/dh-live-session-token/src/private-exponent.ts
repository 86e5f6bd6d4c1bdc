import { primitives } from '#primitives'
import { invalidInput } from './errors.ts'

/** Gives this many random bytes from a CSPRNG. */
export type RandomBytes = (length: number) => Uint8Array

/** Bytes of a private exponent: RFC 7919 A.1 wants at least 225 bits for a 2048-bit group. */
const exponentLength = 32

/** 256 random bits as a private exponent; never 0 or 1. */
export function choosePrivateExponent(randomBytes: RandomBytes = primitives.randomBytes): Uint8Array {
  const exponent = Uint8Array.from(randomBytes(exponentLength))
  if (exponent.length !== exponentLength) {
    throw invalidInput(`randomBytes must return as many bytes as it is asked for (${exponentLength}).`)
  }
  const tooSmall = exponent.every((byte, index) => (index === exponentLength - 1 ? byte < 2 : byte === 0))
  if (tooSmall) throw invalidInput('randomBytes returned an exponent of 0 or 1: it is not a random source.')
  return exponent
}
