import { isBytes } from '@ibkr-auth/internal/bytes'
import * as primitives from '#primitives'
import { ask, invalidInput, requireFunction } from './arguments.ts'

/** Gives this many random bytes from a CSPRNG. */
export type RandomBytes = (length: number) => Uint8Array

/** Bytes of the caller's own source of randomness, which stay as they are, or of the runtime's. */
export function drawBytes(randomBytes: RandomBytes | undefined, length: number): Uint8Array {
  requireFunction(randomBytes, 'randomBytes')
  if (randomBytes === undefined) return primitives.randomBytes(length)
  const copy = ask('randomBytes', () => {
    const drawn: unknown = randomBytes(length)
    return isBytes(drawn) ? new Uint8Array(drawn) : undefined
  })
  if (copy?.length === length) return copy
  throw invalidInput(`randomBytes must return a Uint8Array of as many bytes as asked for, ${length} here.`)
}
