import { belongsTo } from '@ibkr-auth/internal/conversations'
import { inBackground, monotonic } from '../clock.ts'
import type { StoreAccess } from '../store/store-access.ts'
import { type Conversation, type PlaceReference, placeId, type TakeAnswer } from '../store/take.ts'
import { type Ask, askFor, takeRequest } from './ask.ts'
import type { Lane } from './limits.ts'
import type { Waiting } from './line.ts'
import type { PacingSettings } from './options.ts'
import { OwnPlaces } from './own-places.ts'
import type { PacingPermit } from './request.ts'
import { Settlement } from './settlement.ts'
import type { Talk } from './talks.ts'

const presentForMs = 30_000
const runningForMs = 30_000
const heartbeatMs = 10_000
const tryStoreEveryMs = 1_000
const leastSlackMs = 20
const mostSlackMs = 5_000

/** Whoever has the line of those who wait. */
export interface PlacesHost {
  nextId(): string
  /** Takes one out of the line; false if it does not wait any more. */
  leave(waiting: Waiting): boolean
  /** A lane has no place for so long; -1 if that is not known. */
  block(lane: Lane, waitMs: number): void
  isBlocked(lane: Lane): boolean
  /** Something came free, or there is something to tell the store. */
  changed(): void
}

/** The places of one username: had from the store, or, while that is away, from this process's share. */
export class StorePlaces {
  readonly #settings: PacingSettings
  readonly #access: StoreAccess
  readonly #key: string
  readonly #holder: string
  readonly #host: PlacesHost
  readonly #own = new OwnPlaces()
  readonly settlement: Settlement = new Settlement()
  #isAway = false
  /** Undefined until the store has said. */
  #processes: number | undefined
  #slackMs = leastSlackMs
  #heartbeat: unknown
  #isClosed = false

  constructor(settings: PacingSettings, access: StoreAccess, key: string, holder: string, host: PlacesHost) {
    this.#settings = settings
    this.#access = access
    this.#key = key
    this.#holder = holder
    this.#host = host
    this.#beat(heartbeatMs)
  }

  /** Processes of the username when the store last said. */
  get processes(): number {
    return this.#processes ?? 1
  }

  /** How many may be asked for together: a share of the second, so that the first to ask does not take it all. */
  mostAtOnce(most: number): number {
    if (this.processes === 1) return most
    return Math.min(most, Math.max(1, Math.ceil(this.#settings.places / this.processes)))
  }

  get isAway(): boolean {
    return this.#isAway
  }

  /** One round trip for all of them. */
  async ask(batch: readonly Waiting[], talk: Talk | undefined): Promise<void> {
    const { clock } = this.#settings
    const askedAtMs = monotonic(clock)
    const ask = askFor(batch, talk, () => this.#host.nextId())
    const told = this.settlement.take()
    const slackMs = this.#slackMs
    const converse = talk && this.#conversation(talk, batch, askedAtMs)
    const rest = { holder: this.#holder, presentForMs, runningForMs, slackMs, converse, ...told }
    try {
      const answer = await this.#access.take(this.#key, takeRequest(ask, rest))
      this.#processes = Math.max(1, answer.holders)
      this.#carryOut(ask, answer, monotonic(clock) - askedAtMs, slackMs)
    } catch {
      // The status of the store has the reason; what to do without it is known.
      this.settlement.undo(told)
      this.#goAway()
    }
  }

  /** Begins with its first request, since that names the counters that tell who else has a place. */
  #conversation(talk: Talk, batch: readonly Waiting[], nowMs: number): Conversation | undefined {
    if (!batch.some(({ request }) => belongsTo(request, talk))) return undefined
    const { marginMs: quietMs } = this.#settings
    return { id: talk.id, forMs: Math.max(1, (talk.untilMs ?? 0) - nowMs), quietMs }
  }

  /** A share of each window; a place that is given back is not used again, since nobody else could know. */
  grantAlone(batch: readonly Waiting[]): void {
    const nowMs = monotonic(this.#settings.clock)
    const processes = this.#processes ?? this.#settings.assumedProcesses
    for (const waiting of batch) {
      const { lane } = waiting
      if (this.#host.isBlocked(lane)) continue
      const waits = lane.counters.map((counter) => this.#own.waitMs(counter, processes, nowMs))
      const waitMs = Math.max(...waits)
      if (waitMs > 0) this.#host.block(lane, Number.isFinite(waitMs) ? waitMs : -1)
      else if (this.#host.leave(waiting)) {
        for (const counter of lane.counters) this.#own.take(counter, nowMs)
        waiting.grant(this.#permit(lane, () => undefined))
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#settings.clock.clearTimeout(this.#heartbeat)
    // A holder that says nothing more is out of the count by itself.
    await this.#tell(0).catch(() => undefined)
  }

  /** A place may be used for so long after it was granted; an answer that took longer is worth nothing. */
  #carryOut({ counters, parties }: Ask, answer: TakeAnswer, tookMs: number, slackMs: number): void {
    const isLate = tookMs > slackMs
    this.#slackMs = isLate
      ? Math.min(mostSlackMs, 2 * tookMs)
      : Math.min(mostSlackMs, Math.max(leastSlackMs, 4 * tookMs, slackMs * 0.98))
    for (const [index, { wish, members }] of parties.entries()) {
      const granted = answer.granted[index] ?? 0
      for (const [place, waiting] of members.slice(0, granted).entries()) {
        const id = placeId(wish.id, place)
        const references = wish.counters.flatMap((counter) => ({
          counter: counters[counter]?.name ?? '',
          id,
        }))
        if (isLate || !this.#host.leave(waiting)) this.settlement.giveBack(references)
        else this.#grant(waiting, references)
      }
      const [first] = members
      if (granted < members.length && first !== undefined)
        this.#host.block(first.lane, answer.waitMs[index] ?? -1)
    }
  }

  #grant(waiting: Waiting, references: readonly PlaceReference[]): void {
    const { counters } = waiting.lane
    const nowMs = monotonic(this.#settings.clock)
    for (const counter of counters) this.#own.take(counter, nowMs)
    const running = references.filter((_, index) => counters[index]?.concurrent !== undefined)
    for (const place of running) this.settlement.run(place)
    const settle = (sent: boolean): void => {
      if (!sent) this.settlement.giveBack(references)
      else for (const place of running) this.settlement.finish(place)
    }
    waiting.grant(this.#permit(waiting.lane, settle))
  }

  #permit(lane: Lane, settle: (sent: boolean) => void): PacingPermit {
    let isReleased = false
    return {
      release: (sent) => {
        if (isReleased) return
        isReleased = true
        for (const counter of lane.counters) this.#own.end(counter)
        settle(sent)
        if (!this.settlement.isEmpty) this.#host.changed()
      },
    }
  }

  #goAway(): void {
    if (this.#isAway) return
    this.#isAway = true
    this.#settings.clock.clearTimeout(this.#heartbeat)
    this.#beat(tryStoreEveryMs)
  }

  /** Says that this process is there, and which of its places still run; finds out whether the store is back. */
  #beat(everyMs: number): void {
    if (this.#isClosed) return
    this.#heartbeat = inBackground(this.#settings.clock, everyMs, () => {
      this.#tell(presentForMs).then(
        () => {
          this.#isAway = false
          this.#beat(heartbeatMs)
          this.#host.changed()
        },
        () => {
          this.#isAway = true
          this.#beat(tryStoreEveryMs)
        },
      )
    })
  }

  async #tell(forMs: number): Promise<void> {
    const told = this.settlement.take()
    const rest = { holder: this.#holder, presentForMs: forMs, runningForMs, slackMs: 0, ...told }
    try {
      const answer = await this.#access.take(this.#key, takeRequest({ counters: [], parties: [] }, rest))
      this.#processes = Math.max(1, answer.holders)
    } catch (error) {
      this.settlement.undo(told)
      throw error
    }
  }
}
