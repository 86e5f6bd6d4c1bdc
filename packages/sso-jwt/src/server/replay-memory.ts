import { monotonicNow } from '@ibkr-auth/internal/globals'
import { callForeign, checkCount, checkFunction, checkText, isTimeMs, readMembers } from '../checks.ts'
import { invalidInput } from '../errors.ts'
import type { JtiUse, MemoryReplayStore, ReplayOutcome } from './replay-store.ts'

/** Choices of `createReplayStore`. */
export interface ReplayStoreOptions {
  /** Uses held at most. @defaultValue 100000 */
  readonly capacity?: number | undefined
  /** Estimated bytes of memory used at most. @defaultValue 33554432 (32 MiB) */
  readonly maximumBytes?: number | undefined
  /** Part of both that one client may take, above 0 and at most 1. @defaultValue 0.25 */
  readonly clientShare?: number | undefined
  /** A clock in ms that is never set. @defaultValue `performance.now` */
  readonly monotonicNow?: (() => number) | undefined
}

/**
 * Creates a bounded memory of token ids. When a client's share, or the whole, is full of live ids it refuses new ones:
 * forgetting one would let a token through twice.
 *
 * Lives are measured on a clock that is never set: a system clock that jumps ahead makes it forget nothing, and one that
 * is set back does not keep it full.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see RFC 7519 4.1.7, RFC 7523 3 item 7
 */
export function createReplayStore(options: ReplayStoreOptions = {}): MemoryReplayStore {
  const chosen = readMembers(options, 'options', ['capacity', 'maximumBytes', 'clientShare', 'monotonicNow'])
  const { clientShare = 0.25 } = chosen
  if (typeof clientShare !== 'number' || !(clientShare > 0 && clientShare <= 1))
    throw invalidInput('clientShare must be a number above 0 and at most 1')
  const capacity = checkCount(chosen.capacity ?? 100_000, 'capacity')
  const maximumBytes = checkCount(chosen.maximumBytes ?? 33_554_432, 'maximumBytes')
  const ticks = checkFunction(chosen.monotonicNow, 'monotonicNow') ?? monotonicNow
  return new ReplayMemory({ uses: capacity, bytes: maximumBytes, clientShare }, ticks)
}

/** How much may be held, and how much of it for one client. */
interface Bounds {
  readonly uses: number
  readonly bytes: number
  readonly clientShare: number
}

/** How long a use is held: on the clock that is never set, and on the verifier's. */
interface Held {
  readonly untilTicks: number
  readonly untilMs: number
  readonly bytes: number
}

/** What a use takes beside its text of two bytes a character: its place in the map, and its times. */
const overheadBytes = 160

/** The uses of one client. */
interface ClientUses {
  readonly byJti: Map<string, Held>
  bytes: number
}

class ReplayMemory implements MemoryReplayStore {
  readonly #bounds: Bounds
  readonly #ticks: () => number
  readonly #clients = new Map<string, ClientUses>()
  #uses = 0
  #bytes = 0
  /** Before this nothing has run out, so a sweep would be for nothing. */
  #earliestTicks = Number.POSITIVE_INFINITY

  constructor(bounds: Bounds, ticks: () => number) {
    this.#bounds = bounds
    this.#ticks = ticks
  }

  get size(): number {
    return this.#uses
  }

  get sizeBytes(): number {
    return this.#bytes
  }

  record(use: JtiUse, nowMs: number): ReplayOutcome {
    const { clientId, jti, expiresAtMs } = checkUse(use)
    if (!isTimeMs(nowMs)) throw invalidInput('nowMs must be milliseconds since 1970')
    const ticks = callForeign('monotonicNow', this.#ticks)
    // By no number everything has run out: a full store would forget what is live.
    if (!Number.isFinite(ticks)) throw invalidInput('monotonicNow must return milliseconds')
    const known = this.#clients.get(clientId)?.byJti.get(jti)
    if (known !== undefined && isLive(known, ticks, nowMs)) return 'seen'
    if (known !== undefined) this.#forget(clientId, jti, known)
    const bytes = 2 * (clientId.length + jti.length) + overheadBytes
    if (!this.#makeRoom(clientId, bytes, ticks, nowMs)) return 'full'
    // Whole seconds, so that a full store is swept at most once in each.
    const untilTicks = Math.ceil((ticks + Math.max(0, expiresAtMs - nowMs)) / 1000) * 1000
    this.#remember(clientId, jti, { untilTicks, untilMs: expiresAtMs, bytes })
    return 'new'
  }

  /** What has run out on both clocks goes first; then what only a clock that was set back keeps alive. */
  #makeRoom(clientId: string, bytes: number, ticks: number, nowMs: number): boolean {
    if (this.#hasRoom(clientId, bytes)) return true
    if (ticks < this.#earliestTicks) return false
    this.#sweep((held) => isLive(held, ticks, nowMs))
    if (this.#hasRoom(clientId, bytes)) return true
    this.#sweep((held) => held.untilTicks > ticks)
    return this.#hasRoom(clientId, bytes)
  }

  #hasRoom(clientId: string, bytes: number): boolean {
    const { uses: mostUses, bytes: mostBytes, clientShare } = this.#bounds
    const own = this.#clients.get(clientId)
    const ownUses = own?.byJti.size ?? 0
    const ownBytes = own?.bytes ?? 0
    return (
      this.#uses < mostUses &&
      this.#bytes + bytes <= mostBytes &&
      ownUses < Math.max(1, mostUses * clientShare) &&
      ownBytes + bytes <= mostBytes * clientShare
    )
  }

  #sweep(keep: (held: Held) => boolean): void {
    this.#earliestTicks = Number.POSITIVE_INFINITY
    for (const [clientId, { byJti }] of this.#clients) {
      for (const [jti, held] of byJti) {
        if (keep(held)) this.#earliestTicks = Math.min(this.#earliestTicks, held.untilTicks)
        else this.#forget(clientId, jti, held)
      }
    }
  }

  #remember(clientId: string, jti: string, held: Held): void {
    const client = this.#clients.get(clientId) ?? { byJti: new Map(), bytes: 0 }
    this.#clients.set(clientId, client)
    client.byJti.set(jti, held)
    client.bytes += held.bytes
    this.#uses += 1
    this.#bytes += held.bytes
    this.#earliestTicks = Math.min(this.#earliestTicks, held.untilTicks)
  }

  #forget(clientId: string, jti: string, held: Held): void {
    const client = this.#clients.get(clientId)
    if (client === undefined || !client.byJti.delete(jti)) return
    client.bytes -= held.bytes
    this.#uses -= 1
    this.#bytes -= held.bytes
    if (client.byJti.size === 0) this.#clients.delete(clientId)
  }
}

/** Live as long as one of the clocks says so: a token comes back to life when the system clock is set back. */
function isLive(held: Held, ticks: number, nowMs: number): boolean {
  return held.untilTicks > ticks || held.untilMs > nowMs
}

function checkUse(use: JtiUse): JtiUse {
  const { clientId, jti, expiresAtMs } = readMembers(use, 'use', ['clientId', 'jti', 'expiresAtMs'])
  if (!isTimeMs(expiresAtMs)) throw invalidInput('use.expiresAtMs must be milliseconds since 1970')
  return { clientId: checkText(clientId, 'use.clientId'), jti: checkText(jti, 'use.jti'), expiresAtMs }
}
