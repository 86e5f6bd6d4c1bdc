import { LiveSessionTokenError } from './errors.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

/**
 * Bytes that come out by `reveal()` only: printing, JSON and `structuredClone` show none of them.
 */
export class SecretBytes {
  #bytes: Uint8Array | undefined

  /** @param bytes - Copied. */
  constructor(bytes: SecretInput) {
    this.#bytes = copySecret(bytes, 'bytes')
  }

  /**
   * A copy of the bytes.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_DISPOSED` after {@link dispose}.
   */
  reveal(): Uint8Array {
    if (this.#bytes === undefined)
      throw new LiveSessionTokenError('ERR_LST_DISPOSED', 'This secret was disposed of.')
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
