import { type Clock, monotonic } from '../clock.ts'
import type { Changes } from '../record/changes.ts'
import type { StoreAccess } from '../store/store-access.ts'
import { isNewer } from './decide.ts'
import { isAway } from './errors.ts'
import {
  activeLease,
  type CredentialRecord,
  emptyRecord,
  isInDoubt,
  type StoredCredential,
} from './record.ts'

/** How long a session is given to ask for a later login, in milliseconds; one that does not goes on with what it has. */
const takeOverMs = 2_000

/** What the gate goes by. */
export interface GateHost {
  readonly access: StoreAccess
  readonly changes: Changes
  readonly settings: { readonly pollMs: number; readonly clock: Clock }
  readonly isClosed: boolean
  /** Whether a session here waits for a credential. */
  readonly isAsked: boolean
  wasRefused(id: string): boolean
  /** Reading tells the gate what is stored: see {@link Gate.see}. */
  readonly records: { read(): Promise<unknown> }
}

/**
 * Holds a credential back that may have been replaced: while nobody knows what came of a login, and while a later one is being taken
 * over. Whoever asks meanwhile waits. If the store is away until the owner's lease is over as it was known last: from then on IBKR's
 * refusals are all there is to go by.
 */
export class Gate {
  readonly #host: GateHost
  readonly #retired = new WeakSet<StoredCredential>()
  #record = emptyRecord
  /** Since when the credential of the record is known: monotonic, since a store's clock may be set. */
  #knownSinceMs = 0
  readonly #waiting = new Set<() => void>()
  #isLooking = false

  constructor(host: GateHost) {
    this.#host = host
  }

  /** What is stored, as it was read or written just now. */
  see(record: CredentialRecord): void {
    if (record.credential?.id !== this.#record.credential?.id) this.#knownSinceMs = this.#nowMs
    this.#record = record
  }

  /** Whether whoever asks for a credential now is to wait. */
  isShut(lent: StoredCredential): boolean {
    const { credential } = this.#record
    const { access, isClosed, isAsked } = this.#host
    if (credential === undefined || isClosed) return false
    const isLater = isNewer(credential, lent)
    if (!isLater && credential.id !== lent.id) return false
    const nowMs = access.now()
    if (isInDoubt(this.#record, nowMs))
      return access.available || activeLease(this.#record, nowMs) !== undefined
    const isBeingTakenOver = isAsked || this.#nowMs - this.#knownSinceMs < takeOverMs
    return isLater && isBeingTakenOver && access.available && !this.#host.wasRefused(credential.id)
  }

  /** Waits until a credential may be used, or is not in use any more; undefined if there is nothing to wait for. */
  opened(lent: StoredCredential): Promise<void> | undefined {
    return this.isShut(lent) ? this.#wait(lent) : undefined
  }

  /** The session has done with a credential: whoever waits to use it need not. */
  retire(lent: StoredCredential): void {
    this.#retired.add(lent)
    this.#wake()
  }

  get #nowMs(): number {
    return monotonic(this.#host.settings.clock)
  }

  async #wait(lent: StoredCredential): Promise<void> {
    while (!this.#retired.has(lent) && this.isShut(lent)) await this.#next()
  }

  #next(): Promise<void> {
    if (!this.#isLooking) void this.#look()
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
    })
  }

  #wake(): void {
    for (const goOn of this.#waiting) goOn()
    this.#waiting.clear()
  }

  /** One look at the store for all who wait. */
  async #look(): Promise<void> {
    const { changes, settings, records } = this.#host
    this.#isLooking = true
    try {
      await changes.next(settings.pollMs, new AbortController().signal)
      await records.read()
    } catch (error) {
      // The store's status has it. What cannot be read any more is not believed either.
      if (!isAway(error)) this.#record = emptyRecord
    }
    this.#isLooking = false
    this.#wake()
  }
}
