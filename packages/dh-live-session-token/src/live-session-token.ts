import { base64FromBytes, bytesFromBase64 } from '@ibkr-auth/internal/bytes'
import { jsonObject } from '@ibkr-auth/internal/json'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { invalidInput, isTime, membersOf } from './arguments.ts'
import { type Expiry, type ExpiryBasis, expiryBases } from './expiry.ts'
import { usingBytes } from './secret.ts'
import { SecretBytes } from './secret-bytes.ts'

/** What a live session token is made of. */
export interface LiveSessionTokenInput {
  /** The 20 bytes of the token. Copied. */
  readonly bytes: SecretBytesLike
  /** Epoch ms. */
  readonly expiresAtMs: number
  /** Default `expiration`. */
  readonly expiryBasis?: ExpiryBasis | undefined
}

const tokenLength = 20

/** Characters; several times what `serialize()` writes. */
const longestSerialized = 1024

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
  constructor(input: LiveSessionTokenInput) {
    const {
      bytes,
      expiresAtMs,
      expiryBasis = 'expiration',
    } = membersOf(input, 'input', ['bytes', 'expiresAtMs', 'expiryBasis'])
    if (!isTime(expiresAtMs) || !Number.isInteger(expiresAtMs))
      throw invalidInput('expiresAtMs must be an integer of epoch ms.')
    if (!expiryBases.includes(expiryBasis))
      throw invalidInput(`expiryBasis must be one of ${expiryBases.join(', ')}.`)
    super(bytes)
    if (usingBytes(this.reveal(), ({ length }) => length) !== tokenLength) {
      this.dispose()
      throw invalidInput(`bytes must be ${tokenLength} bytes.`)
    }
    this.expiresAtMs = expiresAtMs
    this.expiryBasis = expiryBasis
  }

  /**
   * Brings back what {@link serialize} wrote.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`.
   */
  static restore(serialized: string): LiveSessionToken {
    const isText = typeof serialized === 'string' && serialized.length <= longestSerialized
    const fields = isText ? jsonObject(serialized) : undefined
    const bytes = fields?.version === 1 ? bytesFromBase64(fields.liveSessionToken) : undefined
    if (bytes === undefined || typeof fields?.expiryBasis !== 'string') {
      throw invalidInput('serialized is not what serialize() wrote.')
    }
    return usingBytes(
      bytes,
      () => new LiveSessionToken({ ...fields, bytes } as unknown as LiveSessionTokenInput),
    )
  }

  /**
   * Milliseconds of life left, 0 once it is over.
   *
   * @param now - Epoch ms. Default: the runtime's clock.
   * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT` for what is no time.
   */
  remainingMs(now: number = Date.now()): number {
    if (!isTime(now)) throw invalidInput('now must be a number of epoch ms.')
    return Math.max(0, this.expiresAtMs - now)
  }

  /**
   * JSON text **with the secret in it**, for a store that is kept as carefully as a password. A text cannot be
   * wiped: it stays in memory until the engine frees it.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_DISPOSED` after {@link dispose}.
   */
  serialize(): string {
    const liveSessionToken = usingBytes(this.reveal(), base64FromBytes)
    return JSON.stringify({ ...this.toJSON(), version: 1, liveSessionToken })
  }

  override toJSON(): Expiry & { readonly liveSessionToken: string } {
    return { liveSessionToken: '[secret]', expiresAtMs: this.expiresAtMs, expiryBasis: this.expiryBasis }
  }
}
