import type { TakeAnswer, TakeRequest } from './take.ts'

/** What stands under a key. */
export interface StoredEntry {
  /** Undefined if nothing was ever written, or it was deleted, or its time is over. */
  readonly value: string | undefined
  /** To be given to {@link Store.compareAndSet}; a whole number of at least 0. */
  readonly revision: number
  /** The store's own time, in milliseconds since 1970. */
  readonly nowMs: number
}

/** What came of a write. */
export interface WriteOutcome {
  /** False if the revision was not the expected one. A write whose answer was lost may have happened all the same. */
  readonly written: boolean
  /** The store's own time, in milliseconds since 1970. */
  readonly nowMs: number
}

/** Ends a watch. */
export type StopWatching = () => void

/**
 * Where processes meet. Three operations are needed; each is atomic, and each rejects if the store cannot be reached.
 * `@ibkr-auth/shared-session/conformance` tests a store of your own.
 */
export interface Store {
  /** What stands under a key, as of now: never from a replica that may lag behind. */
  read(key: string): Promise<StoredEntry>
  /**
   * Writes if the revision is still the expected one; the entry then has revision `expectedRevision + 1`. Revisions of a key never
   * restart, neither after its time is over nor after it was deleted: of two writes the later one has the greater revision.
   *
   * @param value - Undefined deletes.
   * @param ttlMs - Time after which the value is gone, in milliseconds.
   */
  compareAndSet(
    key: string,
    expectedRevision: number,
    value: string | undefined,
    ttlMs: number,
  ): Promise<WriteOutcome>
  /**
   * Calls `listener` after a change, soon; also when a change may have been missed. It may be called too often, and it tells
   * nothing but that a read is worth while.
   */
  watch(key: string, listener: () => void): Promise<StopWatching>
  /**
   * Takes places of counters in one round trip; see {@link TakeRequest}. A store without it gets one made of
   * {@link compareAndSet}.
   */
  readonly take?: ((key: string, request: TakeRequest) => Promise<TakeAnswer>) | undefined
}
