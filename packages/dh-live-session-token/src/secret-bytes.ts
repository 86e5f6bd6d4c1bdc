import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { ask, bytesOf } from './arguments.ts'
import { LiveSessionTokenError } from './errors.ts'

/** Bytes that come out by `reveal()` only: printing, JSON and `structuredClone` show none of them. */
export class SecretBytes {
  #bytes: Uint8Array | undefined

  /**
   * @param bytes - Copied.
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT` for no bytes.
   */
  constructor(bytes: SecretBytesLike) {
    const given = ask('bytes', () => bytesOf(bytes, 'bytes'))
    this.#bytes = new Uint8Array(given)
    if (#bytes in bytes) given.fill(0) // It is a copy already, and nobody else's.
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
