import { base64FromBytes, bytesFromBase64 } from './base64.ts'
import { invalidInput, LiveSessionTokenError } from './errors.ts'
import type { ExpiryBasis } from './expiry.ts'
import { jsonObject } from './reply.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

export interface LiveSessionTokenInput {
  /** The 20 bytes of the token. Copied. */
  readonly bytes: SecretInput
  /** Epoch ms. */
  readonly expiresAtMs: number
  /** Default `expiration`. */
  readonly expiryBasis?: ExpiryBasis | undefined
}

const tokenLength = 20
const bases: readonly string[] = [
  'expiration',
  'time-of-computation',
  'request-time',
  'date-header',
] satisfies ExpiryBasis[]

/**
 * A live session token: the 20-byte key of HMAC-SHA256 request signatures, with its expiry. The bytes come
 * out by `reveal()` and `serialize()` only; printing, JSON and `structuredClone` show none of them.
 *
 * @see "OAuth at Interactive Brokers" 5.3
 */
export class LiveSessionToken {
  #bytes: Uint8Array | undefined
  /** When the token ends, epoch ms. */
  readonly expiresAtMs: number
  /** Where `expiresAtMs` comes from. */
  readonly expiryBasis: ExpiryBasis

  constructor({ bytes, expiresAtMs, expiryBasis = 'expiration' }: LiveSessionTokenInput) {
    const copy = copySecret(bytes, 'bytes')
    if (copy.length !== tokenLength)
      throw invalidInput(`bytes must have ${tokenLength} bytes; it has ${copy.length}.`)
    if (!Number.isSafeInteger(expiresAtMs))
      throw invalidInput('expiresAtMs must be an integer of epoch milliseconds.')
    if (!bases.includes(expiryBasis)) throw invalidInput(`expiryBasis must be one of ${bases.join(', ')}.`)
    this.#bytes = copy
    this.expiresAtMs = expiresAtMs
    this.expiryBasis = expiryBasis
  }

  /**
   * Brings back what {@link serialize} wrote.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`.
   */
  static restore(serialized: string): LiveSessionToken {
    const { version, liveSessionToken, expiresAtMs, expiryBasis } = jsonObject(serialized) ?? {}
    const bytes = typeof liveSessionToken === 'string' ? bytesFromBase64(liveSessionToken) : undefined
    if (
      version !== 1 ||
      bytes === undefined ||
      typeof expiresAtMs !== 'number' ||
      typeof expiryBasis !== 'string'
    ) {
      throw invalidInput('serialized is not what LiveSessionToken.serialize() writes (version 1).')
    }
    return new LiveSessionToken({ bytes, expiresAtMs, expiryBasis: expiryBasis as ExpiryBasis })
  }

  /**
   * A copy of the 20 bytes.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_DISPOSED` after {@link dispose}.
   */
  reveal(): Uint8Array {
    if (this.#bytes === undefined) {
      throw new LiveSessionTokenError(
        'ERR_LST_DISPOSED',
        'This live session token was disposed of; begin a new exchange.',
      )
    }
    return this.#bytes.slice()
  }

  /**
   * Milliseconds of life left, 0 once it is over.
   *
   * @param now - Epoch ms. Default: the runtime's clock.
   */
  remainingMs(now: number = Date.now()): number {
    return Math.max(0, this.expiresAtMs - now)
  }

  /** JSON text **with the secret in it**, for a store that is kept as carefully as a password. */
  serialize(): string {
    return JSON.stringify({
      version: 1,
      liveSessionToken: base64FromBytes(this.reveal()),
      expiresAtMs: this.expiresAtMs,
      expiryBasis: this.expiryBasis,
    })
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
    return '[LiveSessionToken]'
  }

  toJSON(): {
    readonly liveSessionToken: string
    readonly expiresAtMs: number
    readonly expiryBasis: ExpiryBasis
  } {
    return { liveSessionToken: '[secret]', expiresAtMs: this.expiresAtMs, expiryBasis: this.expiryBasis }
  }
}
