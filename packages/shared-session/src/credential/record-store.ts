import { SharedSessionError } from '../errors.ts'
import { type Sealer, unreadable } from '../sealing/sealer.ts'
import type { StoreAccess } from '../store/store-access.ts'
import { type CredentialRecord, emptyRecord, formatRecord, parseRecord } from './record.ts'

/** A record and where it stands. */
export interface StandingRecord {
  readonly record: CredentialRecord
  readonly revision: number
  /** The store's time, in milliseconds since 1970. */
  readonly nowMs: number
}

/** A change of a record; undefined leaves it as it is. */
export type RecordChange = (record: CredentialRecord, nowMs: number) => CredentialRecord | undefined

const attempts = 50
/** A record outlives its credential by this, for what is said in it, in milliseconds. */
const afterlifeMs = 60_000

/** The record of one login in the store, sealed. */
export class RecordStore {
  readonly #store: StoreAccess
  readonly #sealer: Sealer
  readonly #key: string

  constructor(store: StoreAccess, sealer: Sealer, key: string) {
    this.#store = store
    this.#sealer = sealer
    this.#key = key
  }

  /** @throws {SharedSessionError} `ERR_SHARED_SESSION_UNREADABLE`, and those of the store. */
  async read(): Promise<StandingRecord> {
    const { value, revision, nowMs } = await this.#store.read(this.#key)
    if (value === undefined) return { record: emptyRecord, revision, nowMs }
    const text = await this.#sealer.open(value, { key: this.#key, revision })
    const record = parseRecord(text)
    if (record === undefined) throw unreadable({ key: this.#key }, 'it is no record of this version')
    return { record, revision, nowMs }
  }

  /** Writes over exactly what was read; false if it is not that any more. */
  async write({ revision, nowMs }: StandingRecord, record: CredentialRecord): Promise<boolean> {
    const value = await this.#sealer.seal(formatRecord(record), { key: this.#key, revision: revision + 1 })
    const lastMs = Math.max(nowMs, record.credential?.expiresAtMs ?? 0, record.failure?.retryAtMs ?? 0)
    const outcome = await this.#store.compareAndSet(this.#key, revision, value, lastMs - nowMs + afterlifeMs)
    return outcome.written
  }

  /** Changes what stands there, whoever else does so too. @returns whether it was changed. */
  async update(change: RecordChange): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const standing = await this.read()
      const changed = change(standing.record, standing.nowMs)
      if (changed === undefined) return false
      if (await this.write(standing, changed)) return true
    }
    throw new SharedSessionError(
      'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
      `The record under "${this.#key}" changed ${attempts} times while it was written`,
    )
  }
}
