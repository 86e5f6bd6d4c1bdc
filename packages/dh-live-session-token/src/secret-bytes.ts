import { isBytes } from '@ibkr-auth/internal/bytes'
import { revealed, type SecretBytesLike } from '@ibkr-auth/internal/secret'
import { ask, invalidInput } from './arguments.ts'
import { LiveSessionTokenError } from './errors.ts'

/** Bytes that come out by `reveal()` only: printing, JSON and `structuredClone` show none of them. */
export class SecretBytes {
  #bytes: Uint8Array | undefined

  /**
   * @param bytes - Copied.
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT` for no bytes.
   */
  constructor(bytes: SecretBytesLike) {
    this.#bytes = copySecret(bytes, 'bytes')
  }

  /**
   * A copy of the bytes, which whoever asked for it wipes (`fill(0)`).
   *
   * @throws {LiveSessionTokenError} `ERR_LST_DISPOSED` after {@link dispose}.
   */
  reveal(): Uint8Array {
    if (this.#bytes === undefined)
      throw new LiveSessionTokenError('ERR_LST_DISPOSED', 'This secret was disposed of; obtain it anew.')
    return this.#bytes.slice()
  }

  /** Zeroes the bytes kept here (copies handed out before are their owners' business). */
  dispose(): void {
    this.#bytes?.fill(0)
    this.#bytes = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): unknown {
    return '[secret]'
  }
}

/**
 * A private copy of the secret's bytes, which the caller of this function wipes.
 *
 * @param field - Name of the argument, for the error.
 */
export function copySecret(secret: SecretBytesLike, field: string): Uint8Array {
  const copy = ask(field, () => {
    const bytes = revealed(secret)
    if (!isBytes(bytes)) return undefined
    return secret instanceof SecretBytes ? bytes : new Uint8Array(bytes) // What our own class reveals is a copy.
  })
  if (copy?.length) return copy
  throw invalidInput(`${field} must be a non-empty Uint8Array or { reveal() } of one.`)
}

/** Runs work on bytes that are wiped whatever comes of it. */
export function usingBytes<Result>(bytes: Uint8Array, work: (bytes: Uint8Array) => Result): Result {
  try {
    return work(bytes)
  } finally {
    bytes.fill(0)
  }
}
