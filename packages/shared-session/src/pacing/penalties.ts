import { nameOf } from '../errors.ts'
import { Changes } from '../record/changes.ts'
import { type RecordKind, SealedRecord } from '../record/sealed-record.ts'
import { isTime } from '../record/values.ts'
import { createSealer } from '../sealing/sealer.ts'
import type { StoreAccess } from '../store/store-access.ts'
import type { PacingSettings } from './options.ts'

/** No address is barred for longer, in milliseconds: what says so was not meant, or not written by this package. */
const longestMs = 86_400_000

/** In place of a time: somebody ended the penalty. */
const pardoned = 0

interface PenaltyRecord {
  /** Undefined where nothing is stored: it is over, or the store lost it. */
  readonly untilMs: number | undefined
}

const penaltyRecord: RecordKind<PenaltyRecord> = {
  name: 'penalty',
  empty: { untilMs: undefined },
  isSound: { untilMs: isTime },
  // A pardon is kept for as long as somebody may know of a penalty from before it.
  keepUntilMs: ({ untilMs = pardoned }, nowMs) =>
    untilMs === pardoned ? nowMs + longestMs : Math.max(untilMs, nowMs),
}

/** The penalty box of one address, for all processes. */
export class SharedPenalty {
  readonly #settings: PacingSettings
  readonly #access: StoreAccess
  readonly #record: SealedRecord<PenaltyRecord>
  readonly #changes: Changes
  readonly #onChange: (untilMs: number | undefined) => void
  /** By the store's clock. */
  #untilMs = 0
  #isReading = false
  #isToReadAgain = false
  /** What the store has not been told yet, since it was away. */
  #untold: number | undefined
  lastError: string | undefined

  constructor(
    settings: PacingSettings,
    access: StoreAccess,
    egress: string,
    onChange: (untilMs: number | undefined) => void,
  ) {
    const key = `${settings.key} penalty ${egress}`
    this.#settings = settings
    this.#access = access
    // Nothing in it is secret, and whoever can write to the store can stop the pacing anyway.
    this.#record = new SealedRecord(access, createSealer({ sealed: false }), key, penaltyRecord)
    this.#changes = new Changes(access, key, settings.clock, settings.pollMs)
    this.#onChange = onChange
    this.#changes.listen(() => this.#look())
    this.#look()
  }

  /** In milliseconds since 1970 by this machine's clock; undefined if the address is free. */
  get untilMs(): number | undefined {
    const leftMs = Math.min(longestMs, this.#untilMs - this.#access.now())
    return leftMs > 0 ? this.#settings.clock.now() + leftMs : undefined
  }

  /** Here at once, elsewhere as soon as the store has told. */
  penalize(retryAfterMs: number): number {
    const untilMs = Math.max(
      this.#untilMs,
      this.#access.now() + Math.min(longestMs, Math.max(this.#settings.penaltyMs, retryAfterMs)),
    )
    this.#learn(untilMs)
    this.#tell(untilMs)
    return this.untilMs ?? this.#settings.clock.now()
  }

  pardon(): void {
    this.#learn(pardoned)
    this.#tell(pardoned)
  }

  close(): void {
    this.#changes.close()
  }

  #tell(untilMs: number): void {
    this.#untold = untilMs
    const change = (stored: PenaltyRecord): PenaltyRecord | undefined =>
      untilMs === pardoned || untilMs > (stored.untilMs ?? pardoned) ? { untilMs } : undefined
    this.#record.update(change).then(
      () => {
        if (this.#untold === untilMs) this.#untold = undefined
      },
      (error: unknown) => this.#note(error),
    )
  }

  #look(): void {
    this.#isToReadAgain = this.#isReading
    if (this.#isReading) return
    if (this.#untold !== undefined) {
      this.#tell(this.#untold)
      return
    }
    this.#isReading = true
    const ended = (): void => {
      this.#isReading = false
      // What was written while it was being read.
      if (this.#isToReadAgain) this.#look()
    }
    this.#record.read().then(
      ({ record }) => {
        if (this.#untold === undefined) this.#compare(record.untilMs)
        ended()
      },
      (error: unknown) => {
        this.#note(error)
        ended()
      },
    )
  }

  /** A store that holds nothing of a penalty that goes on has lost it. */
  #compare(storedMs: number | undefined): void {
    if (storedMs !== undefined) this.#learn(storedMs)
    else if (this.untilMs !== undefined) this.#tell(this.#untilMs)
  }

  #learn(untilMs: number): void {
    const before = this.#untilMs
    this.#untilMs = untilMs
    const isOver = this.untilMs === undefined
    if (untilMs > before && !isOver) this.#onChange(this.untilMs)
    if (isOver && before > this.#access.now()) this.#onChange(undefined)
  }

  #note(error: unknown): void {
    this.lastError = nameOf(error)
  }
}
