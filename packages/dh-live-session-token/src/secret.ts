import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { ask, bytesOf } from './arguments.ts'
import { SecretBytes } from './secret-bytes.ts'

/**
 * A private copy of the secret's bytes, which the caller of this function wipes.
 *
 * @param field - Name of the argument, for the error.
 */
export function copySecret(secret: SecretBytesLike, field: string): Uint8Array {
  return ask(field, () => {
    const bytes = bytesOf(secret, field)
    // Our own class has made the copy already.
    return secret instanceof SecretBytes ? bytes : new Uint8Array(bytes)
  })
}

/** Runs work on bytes that are wiped whatever comes of it. */
export function usingBytes<Result>(bytes: Uint8Array, work: (bytes: Uint8Array) => Result): Result {
  try {
    return work(bytes)
  } finally {
    bytes.fill(0)
  }
}
