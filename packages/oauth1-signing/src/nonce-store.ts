import { OAuth1Error } from './oauth1-error.ts'

/** What makes a request unique (RFC 5849 3.3). */
export interface NonceUse {
  readonly consumerKey: string
  /** Empty where the request carries no token. */
  readonly token: string
  /** Seconds since 1970, as sent. */
  readonly timestampSeconds: number
  readonly nonce: string
  /** From this moment on the timestamp is refused anyway and the use may be forgotten. Ms since 1970. */
  readonly expiresAtMs: number
}

/**
 * - `recorded`: never seen before, and remembered from now on.
 * - `replayed`: seen before.
 * - `full`: no room to remember it.
 */
export type NonceOutcome = 'recorded' | 'replayed' | 'full'

/**
 * Remembers nonces. `record` looks and remembers in one step, so that of two equal requests at the same
 * time one is refused; a store that several processes share does this in one operation of its database.
 */
export interface NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome | Promise<NonceOutcome>
}

/** A nonce store in memory. */
export interface MemoryNonceStore extends NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome
  /** How many nonces it remembers. */
  readonly size: number
}

/**
 * A nonce store in the memory of this process. It forgets a nonce once its timestamp is refused anyway;
 * when it is full of others it refuses new ones rather than forget.
 *
 * @param options.capacity - Most nonces to remember. Default 100,000.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if the capacity is no positive integer.
 * @see RFC 5849 3.3, 4.11
 */
export function createNonceStore(options: { readonly capacity?: number | undefined } = {}): MemoryNonceStore {
  const { capacity = 100_000 } = options
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'capacity must be a positive integer')
  }
  return new NonceMemory(capacity)
}

class NonceMemory implements MemoryNonceStore {
  readonly #capacity: number
  /** One set per moment of expiry, so that forgetting is cheap. */
  readonly #usesByExpiry = new Map<number, Set<string>>()
  #size = 0
  #latestMs = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  record(use: NonceUse, nowMs: number): NonceOutcome {
    this.#forgetExpired(nowMs)
    // A clock set back must not bring back what was forgotten.
    if (use.expiresAtMs <= this.#latestMs) return 'replayed'
    const key = keyOf(use)
    const uses = this.#usesByExpiry.get(use.expiresAtMs)
    if (uses?.has(key)) return 'replayed'
    if (this.#size >= this.#capacity) return 'full'
    if (uses === undefined) this.#usesByExpiry.set(use.expiresAtMs, new Set([key]))
    else uses.add(key)
    this.#size++
    return 'recorded'
  }

  #forgetExpired(nowMs: number): void {
    // Uses expire at whole seconds, so there is nothing to find twice within one.
    if (Math.floor(nowMs / 1000) <= Math.floor(this.#latestMs / 1000)) return
    this.#latestMs = nowMs
    for (const [expiresAtMs, uses] of this.#usesByExpiry) {
      if (expiresAtMs > nowMs) continue
      this.#size -= uses.size
      this.#usesByExpiry.delete(expiresAtMs)
    }
  }
}

/** The lengths tell where one part ends, so that no two uses share a key. */
function keyOf({ consumerKey, token, timestampSeconds, nonce }: NonceUse): string {
  return `${consumerKey.length} ${token.length} ${timestampSeconds} ${consumerKey}${token}${nonce}`
}
