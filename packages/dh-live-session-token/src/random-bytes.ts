import { isBytes } from '@ibkr-auth/internal/bytes'
import * as primitives from '#primitives'
import { optionalFunction } from './arguments.ts'
import { invalidInput } from './errors.ts'

/** Gives this many random bytes from a CSPRNG. */
export type RandomBytes = (length: number) => Uint8Array

/** Bytes of the caller's own source of randomness, which stay as they are, or of the runtime's. */
export function drawBytes(randomBytes: RandomBytes | undefined, length: number): Uint8Array {
  if (optionalFunction(randomBytes, 'randomBytes') === undefined) return primitives.randomBytes(length)
  const drawn = callRandomBytes(randomBytes as RandomBytes, length)
  if (!isBytes(drawn) || drawn.length !== length) {
    throw invalidInput(`randomBytes must return a Uint8Array of as many bytes as asked for, ${length} here.`)
  }
  return Uint8Array.from(drawn)
}

function callRandomBytes(randomBytes: RandomBytes, length: number): unknown {
  try {
    return randomBytes(length)
  } catch (cause) {
    throw invalidInput('randomBytes threw; it must return random bytes.', cause)
  }
}
