import { primitives } from '#primitives'
import { invalidInput } from './errors.ts'

/** Gives this many random bytes from a CSPRNG. */
export type RandomBytes = (length: number) => Uint8Array

/** RFC 7919 A.1 wants at least 225 bits for a 2048-bit group; IBKR's samples draw 256. */
const exponentLength = 32

/** 256 random bits as a private exponent; never 0 or 1. */
export function choosePrivateExponent(randomBytes: RandomBytes = primitives.randomBytes): Uint8Array {
  const exponent = Uint8Array.from(randomBytes(exponentLength))
  if (exponent.length !== exponentLength || isTrivial(exponent)) {
    throw invalidInput(`randomBytes must return ${exponentLength} random bytes.`)
  }
  return exponent
}

/** Whether it is 0 or 1; told from the bytes, since a text or bigint of them could not be wiped. */
function isTrivial(exponent: Uint8Array): boolean {
  return exponent.every((byte, index) => byte < (index < exponentLength - 1 ? 1 : 2))
}
