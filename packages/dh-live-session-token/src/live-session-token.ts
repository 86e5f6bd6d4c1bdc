import { base64FromBytes, bytesFromBase64 } from './base64.ts'
import { invalidInput } from './errors.ts'
import type { ExpiryBasis } from './expiry.ts'
import { jsonObject } from './reply.ts'
import { SecretBytes } from './secret-bytes.ts'
import type { SecretInput } from './secret-input.ts'

export interface LiveSessionTokenInput {
  /** The 20 bytes of the token. Copied. */
  readonly bytes: SecretInput
  /** Epoch ms. */
  readonly expiresAtMs: number
  /** Default `expiration`. */
  readonly expiryBasis?: ExpiryBasis | undefined
}

const tokenLength = 20

/**
 * A live session token: the 20-byte key of HMAC-SHA256 request signatures, with its expiry. The bytes come out
 * by `reveal()` and `serialize()` only; printing, JSON and `structuredClone` show none of them.
 *
 * @see "OAuth at Interactive Brokers" 5.3
 */
export class LiveSessionToken extends SecretBytes {
  /** When the token ends, epoch ms. */
  readonly expiresAtMs: number
  /** Where `expiresAtMs` comes from. */
  readonly expiryBasis: ExpiryBasis

  /** @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`. */
  constructor({ bytes, expiresAtMs, expiryBasis = 'expiration' }: LiveSessionTokenInput) {
    super(bytes)
    if (super.reveal().length !== tokenLength) throw invalidInput(`bytes must be ${tokenLength} bytes.`)
    if (!Number.isSafeInteger(expiresAtMs)) throw invalidInput('expiresAtMs must be an integer of epoch ms.')
    this.expiresAtMs = expiresAtMs
    this.expiryBasis = expiryBasis
  }

  /**
   * Brings back what {@link serialize} wrote.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`.
   */
  static restore(serialized: string): LiveSessionToken {
    const fields = jsonObject(serialized)
    const bytes = fields?.version === 1 && bytesFromBase64(fields.liveSessionToken)
    if (!bytes || typeof fields.expiryBasis !== 'string') {
      throw invalidInput('serialized is not what serialize() wrote.')
    }
    return new LiveSessionToken({ ...fields, bytes } as unknown as LiveSessionTokenInput)
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
    return JSON.stringify({ ...this.toJSON(), version: 1, liveSessionToken: base64FromBytes(this.reveal()) })
  }

  override toJSON(): {
    readonly liveSessionToken: string
    readonly expiresAtMs: number
    readonly expiryBasis: ExpiryBasis
  } {
    return { liveSessionToken: '[secret]', expiresAtMs: this.expiresAtMs, expiryBasis: this.expiryBasis }
  }
}
