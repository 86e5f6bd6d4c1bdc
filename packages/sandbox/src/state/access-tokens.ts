import type { LiveSession } from './live-sessions.ts'

/** An access token with what belongs to it ("OAuth at Interactive Brokers" 4.3). */
export interface AccessToken {
  readonly value: string
  readonly consumerKey: string
  readonly username: string
  /** The access token secret, decrypted. */
  readonly secret: Uint8Array
  /** Base64 of the ciphertext that the consumer was given. */
  readonly encryptedSecret: string
  /** Newest first, those that have expired among them. */
  liveSessions: readonly LiveSession[]
  /** Those that newer ones pushed out, newest first; a few, to tell a client that still uses one. */
  replaced: readonly LiveSession[]
}

/** Access tokens: they do not expire, and there is room for a fixed number. */
export class AccessTokens {
  readonly #tokens = new Map<string, AccessToken>()
  readonly #capacity: number

  constructor(capacity = 10_000) {
    this.#capacity = capacity
  }

  /** False if there is no room for another one. */
  add(token: AccessToken): boolean {
    if (this.#tokens.size >= this.#capacity) return false
    this.#tokens.set(token.value, token)
    return true
  }

  find(value: string): AccessToken | undefined {
    return this.#tokens.get(value)
  }

  ofConsumer(consumerKey: string): readonly AccessToken[] {
    return [...this.#tokens.values()].filter((token) => token.consumerKey === consumerKey)
  }

  all(): readonly AccessToken[] {
    return [...this.#tokens.values()]
  }
}
