import { LiveSessionTokenError } from './errors.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

/**
 * A decrypted access token secret. Its bytes come out by `reveal()` only; printing, JSON and
 * `structuredClone` show none of them.
 *
 * @see "OAuth at Interactive Brokers" 4.3
 */
export class AccessTokenSecret {
  #bytes: Uint8Array | undefined

  /** @param bytes - The decrypted secret (32 bytes in IBKR's example; other lengths are fine). Copied. */
  constructor(bytes: SecretInput) {
    this.#bytes = copySecret(bytes, 'bytes')
  }

  /**
   * A copy of the bytes.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_DISPOSED` after {@link dispose}.
   */
  reveal(): Uint8Array {
    if (this.#bytes === undefined) {
      throw new LiveSessionTokenError(
        'ERR_LST_DISPOSED',
        'This access token secret was disposed of; decrypt it again.',
      )
    }
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
    return '[AccessTokenSecret]'
  }

  toJSON(): string {
    return this.toString()
  }
}
