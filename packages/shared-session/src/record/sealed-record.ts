import { jsonObject } from '@ibkr-auth/internal/json'
import { SharedSessionError } from '../errors.ts'
import { type Sealer, unreadable } from '../sealing/sealer.ts'
import type { StoreAccess } from '../store/store-access.ts'

/** A record and where it stands. */
export interface Standing<R> {
  readonly record: R
  readonly revision: number
  /** The store's time, in milliseconds since 1970. */
  readonly nowMs: number
}

/** A kind of record. Each of its members may be undefined. */
export interface RecordKind<R extends object> {
  /** Stands in what is stored, so that no record is read as one of another kind. */
  readonly name: string
  /** What stands where nothing was written. */
  readonly empty: R
  /** Whether a member that is there is what it must be. */
  readonly isSound: { readonly [Name in keyof R]: (value: unknown) => boolean }
  /** Until when it is worth keeping, in milliseconds since 1970 by the store's clock. */
  keepUntilMs(record: R, nowMs: number): number
}

/** A change of a record; undefined leaves it as it is. */
type RecordChange<R> = (record: R, nowMs: number) => R | undefined

const attempts = 50
/** Nothing is kept for longer, in milliseconds: a year. A credential may say that it never ends, and no store takes such a time. */
const longestMs = 31_536_000_000

/** A record in the store, sealed, that several processes change. */
export class SealedRecord<R extends object> {
  readonly #store: StoreAccess
  readonly #sealer: Sealer
  readonly #key: string
  readonly #kind: RecordKind<R>
  readonly #onSeen: (record: R) => void

  /** @param onSeen - Told of each record that was read or written. */
  constructor(
    store: StoreAccess,
    sealer: Sealer,
    key: string,
    kind: RecordKind<R>,
    onSeen: (record: R) => void = () => undefined,
  ) {
    this.#store = store
    this.#sealer = sealer
    this.#key = key
    this.#kind = kind
    this.#onSeen = onSeen
  }

  /** @throws {SharedSessionError} `ERR_SHARED_SESSION_UNREADABLE`, and those of the store. */
  async read(): Promise<Standing<R>> {
    const standing = await this.#read()
    this.#onSeen(standing.record)
    return standing
  }

  async #read(): Promise<Standing<R>> {
    const { value, revision, nowMs } = await this.#store.read(this.#key)
    if (value === undefined) return { record: this.#kind.empty, revision, nowMs }
    const text = await this.#sealer.open(value, { key: this.#key, revision })
    const record = parseRecord(this.#kind, text)
    if (record === undefined) throw unreadable({ key: this.#key }, 'it is no record of this version')
    return { record, revision, nowMs }
  }

  /** Writes over exactly what was read; false if it is not that any more. */
  async write({ revision, nowMs }: Standing<R>, record: R): Promise<boolean> {
    const place = { key: this.#key, revision: revision + 1 }
    const value = await this.#sealer.seal(formatRecord(this.#kind, record), place)
    const ttlMs = Math.min(longestMs, Math.max(1, this.#kind.keepUntilMs(record, nowMs) - nowMs))
    const { written } = await this.#store.compareAndSet(this.#key, revision, value, ttlMs)
    if (written) this.#onSeen(record)
    return written
  }

  /** Changes what stands there, whoever else does so too. @returns whether it was changed. */
  async update(change: RecordChange<R>): Promise<boolean> {
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

const version = 1

function formatRecord<R extends object>({ name }: RecordKind<R>, record: R): string {
  return JSON.stringify({ version, kind: name, ...record })
}

function parseRecord<R extends object>({ name, isSound }: RecordKind<R>, text: string): R | undefined {
  const stored = jsonObject(text)
  if (stored?.version !== version || stored.kind !== name) return undefined
  const members = Object.entries<(value: unknown) => boolean>(isSound)
  const areSound = members.every(([member, isOne]) => stored[member] === undefined || isOne(stored[member]))
  return areSound ? (Object.fromEntries(members.map(([member]) => [member, stored[member]])) as R) : undefined
}
