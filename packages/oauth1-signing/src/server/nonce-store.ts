import { invalidInput, reading, requireObject } from '../checks.ts'

/** What makes a request unique (RFC 5849 3.3), and how long that matters. */
export interface NonceUse {
  readonly consumerKey: string
  /** Empty where the request carries no token. */
  readonly token: string
  /** Seconds since 1970, as sent. */
  readonly timestampSeconds: number
  readonly nonce: string
  /**
   * From this moment on the verifier that asks refuses the timestamp anyway. Ms since 1970. No part of what is unique:
   * verifiers of other tolerances that share the store give other moments, and the latest counts.
   */
  readonly expiresAtMs: number
}

/**
 * - `new`: never seen before, and remembered from now on.
 * - `seen`: seen before, or so old that it may have been.
 * - `full`: no room to remember it.
 */
export type NonceOutcome = 'new' | 'seen' | 'full'

/**
 * Remembers nonces. `record` looks and remembers in one step, so that of two equal requests at the same
 * time one is refused; a store that several processes share does this in one operation of its database (Redis:
 * `SET key 1 NX PX life`, the key made of the four parts that are unique).
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

/** Bounds of a nonce store in memory. */
export interface NonceStoreOptions {
  /** Most nonces to remember. Default 100,000. */
  readonly capacity?: number | undefined
  /** Most nonces of one consumer key, so that none fills the place of the others. Default a quarter of `capacity`. */
  readonly capacityPerClient?: number | undefined
  /** Most bytes to remember, of one consumer key the same share as of `capacity`. Default 32 MiB. */
  readonly maximumBytes?: number | undefined
}

/**
 * A nonce store in the memory of this process. It forgets nothing before it needs the room, and then only what its
 * clock says has expired, the oldest timestamps first; a timestamp no later than one it has forgotten is `seen`. So a
 * clock that jumps, forth or back, brings no used nonce back. When it is full of others it refuses new ones.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if an option is no positive integer; from `record`, if a member of
 *   the use is missing.
 * @see RFC 5849 3.3, 4.11
 */
export function createNonceStore(options: NonceStoreOptions = {}): MemoryNonceStore {
  requireObject('options', options)
  const given = reading('options', () => ({
    capacity: options.capacity,
    capacityPerClient: options.capacityPerClient,
    maximumBytes: options.maximumBytes,
  }))
  const { capacity = 100_000, maximumBytes = 32 * 1024 * 1024 } = given
  requirePositive('capacity', capacity)
  const { capacityPerClient = Math.ceil(capacity / 4) } = given
  requirePositive('capacityPerClient', capacityPerClient)
  requirePositive('maximumBytes', maximumBytes)
  const share = Math.min(1, capacityPerClient / capacity)
  return new NonceMemory(
    { uses: capacity, bytes: maximumBytes },
    { uses: capacityPerClient, bytes: Math.floor(maximumBytes * share) },
  )
}

function requirePositive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw invalidInput(`${name} must be a positive integer`)
}

interface Room {
  uses: number
  bytes: number
}

/** The uses of one second, each with the client in whose share it counts. */
interface Second {
  expiresAtMs: number
  readonly clients: Map<string, Room>
}

/** What an entry takes in memory besides its text, whose characters may take two bytes each. */
const entryBytes = 128

class NonceMemory implements MemoryNonceStore {
  readonly #most: Room
  readonly #mostPerClient: Room
  readonly #taken: Room = { uses: 0, bytes: 0 }
  readonly #takenByClient = new Map<string, Room>()
  readonly #seconds = new Map<number, Second>()
  /** Uses of this second and of all before may have been forgotten. */
  #forgottenSeconds = Number.NEGATIVE_INFINITY
  /** Before this moment there is nothing to forget. */
  #nextExpiryMs = Number.NEGATIVE_INFINITY

  constructor(most: Room, mostPerClient: Room) {
    this.#most = most
    this.#mostPerClient = mostPerClient
  }

  get size(): number {
    return this.#taken.uses
  }

  record(given: NonceUse, nowMs: number): NonceOutcome {
    const use = reading('use', () => readUse(given, nowMs))
    const { consumerKey, timestampSeconds, expiresAtMs } = use
    const key = keyOf(use)
    const known = this.#seconds.get(timestampSeconds)
    if (known?.clients.has(key)) {
      known.expiresAtMs = Math.max(known.expiresAtMs, expiresAtMs)
      return 'seen'
    }
    const bytes = bytesOf(key)
    if (!this.#hasRoom(consumerKey, bytes)) this.#forgetExpired(nowMs)
    if (timestampSeconds <= this.#forgottenSeconds) return 'seen'
    if (!this.#hasRoom(consumerKey, bytes)) return 'full'
    this.#remember(use, key, bytes)
    return 'new'
  }

  #hasRoom(consumerKey: string, bytes: number): boolean {
    const client = this.#takenByClient.get(consumerKey)
    return (
      fits(this.#taken, bytes, this.#most) &&
      fits(client ?? { uses: 0, bytes: 0 }, bytes, this.#mostPerClient)
    )
  }

  #remember({ consumerKey, timestampSeconds, expiresAtMs }: NonceUse, key: string, bytes: number): void {
    const client = this.#takenByClient.get(consumerKey) ?? { uses: 0, bytes: 0 }
    this.#takenByClient.set(consumerKey, client)
    const second = this.#seconds.get(timestampSeconds) ?? { expiresAtMs, clients: new Map() }
    this.#seconds.set(timestampSeconds, second)
    second.clients.set(key, client)
    second.expiresAtMs = Math.max(second.expiresAtMs, expiresAtMs)
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, second.expiresAtMs)
    for (const room of [this.#taken, client]) {
      room.uses += 1
      room.bytes += bytes
    }
  }

  /** The oldest first, no more of them than an eighth of all, so that the next ones find room for a while. */
  #forgetExpired(nowMs: number): void {
    if (nowMs < this.#nextExpiryMs) return
    const expired = [...this.#seconds].filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs)
    const enough = this.#taken.uses - Math.ceil(this.#most.uses / 8)
    for (const [timestampSeconds, second] of expired.sort(([one], [other]) => one - other)) {
      this.#forget(timestampSeconds, second)
      if (this.#taken.uses <= enough) break
    }
    const expiries = [...this.#seconds.values()].map(({ expiresAtMs }) => expiresAtMs)
    this.#nextExpiryMs = expiries.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)
  }

  #forget(timestampSeconds: number, { clients }: Second): void {
    for (const [key, client] of clients) {
      for (const room of [this.#taken, client]) {
        room.uses -= 1
        room.bytes -= bytesOf(key)
      }
      if (client.uses === 0) this.#takenByClient.delete(consumerKeyIn(key))
    }
    this.#seconds.delete(timestampSeconds)
    this.#forgottenSeconds = Math.max(this.#forgottenSeconds, timestampSeconds)
  }
}

function fits(taken: Room, bytes: number, most: Room): boolean {
  return taken.uses < most.uses && taken.bytes + bytes <= most.bytes
}

function bytesOf(key: string): number {
  return entryBytes + 2 * key.length
}

/** The lengths tell where one part ends, so that no two uses share a key. */
function keyOf({ consumerKey, token, nonce }: NonceUse): string {
  return `${consumerKey.length} ${token.length} ${consumerKey}${token}${nonce}`
}

function consumerKeyIn(key: string): string {
  const [length = ''] = key.split(' ', 1)
  const start = key.indexOf(' ', length.length + 1) + 1
  return key.slice(start, start + Number(length))
}

/** A copy, each member read once. */
function readUse(given: NonceUse, nowMs: number): NonceUse {
  requireObject('use', given)
  const { consumerKey, token, timestampSeconds, nonce, expiresAtMs } = given
  const use = { consumerKey, token, timestampSeconds, nonce, expiresAtMs }
  for (const name of ['consumerKey', 'token', 'nonce'] as const) {
    if (typeof use[name] !== 'string') throw invalidInput(`use.${name} must be a string`)
  }
  if (!Number.isFinite(use.timestampSeconds)) throw invalidInput('use.timestampSeconds must be a number')
  if (!Number.isFinite(use.expiresAtMs)) throw invalidInput('use.expiresAtMs must be a number')
  if (!Number.isFinite(nowMs)) throw invalidInput('nowMs must be a number')
  return use
}
