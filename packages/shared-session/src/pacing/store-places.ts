import { belongsTo } from '@ibkr-auth/internal/conversations'
import { inBackground, monotonic } from '../clock.ts'
import type { StoreAccess } from '../store/store-access.ts'
import type { Conversation, TakeAnswer, TakeRequest } from '../store/take.ts'
import type { Lane } from './limits.ts'
import type { PacingSettings } from './options.ts'
import { OwnPlaces } from './own-places.ts'
import { OwnPermit, type PermitHost, referencesOf, StorePermit } from './permits.ts'
import { UnreportedPlaces } from './unreported-places.ts'
import type { Waiting } from './waiting.ts'
import { groupsOf, type UsernameConversation, type WishGroup, wishesOf } from './wish-groups.ts'

const presentForMs = 30_000
const runningForMs = 30_000
const heartbeatMs = 10_000
const tryStoreEveryMs = 1_000
const leastSlackMs = 20
const mostSlackMs = 5_000

/** Whoever has the queue. */
export interface PlacesHost {
  nextId(): string
  /** Takes one out of the queue; false if it does not wait any more. */
  leave(waiting: Waiting): boolean
  /** A lane has no place for so long; -1 if that is not known. */
  block(lane: Lane, waitMs: number): void
  isBlocked(lane: Lane): boolean
  /** Something came free, or there is something to tell the store. */
  changed(): void
}

/** The places of one username: had from the store, or, while that is away, from this process's share. */
export class StorePlaces implements PermitHost {
  readonly own: OwnPlaces = new OwnPlaces()
  readonly unreported: UnreportedPlaces = new UnreportedPlaces()
  readonly #settings: PacingSettings
  readonly #access: StoreAccess
  readonly #key: string
  readonly #holder: string
  readonly #host: PlacesHost
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

  now(): number {
    return monotonic(this.#settings.clock)
  }

  changed(): void {
    this.#host.changed()
  }

  /** One round trip for all of them. */
  async ask(batch: readonly Waiting[], held: UsernameConversation | undefined): Promise<void> {
    const askedAtMs = this.now()
    const slackMs = this.#slackMs
    const groups = groupsOf(batch, held, () => this.#host.nextId())
    const converse = held && this.#conversation(held, batch, askedAtMs)
    const asked = this.#take({ ...wishesOf(groups), slackMs, converse, presentForMs })
    // The status of the store has the reason of a failure; what to do without an answer is known.
    const answer = await asked.catch(() => undefined)
    if (answer === undefined) this.#goAway()
    else this.#carryOut(groups, answer, askedAtMs, slackMs)
  }

  /** Begins with its first request, since that names the counters that tell who else has a place. */
  #conversation(
    held: UsernameConversation,
    batch: readonly Waiting[],
    nowMs: number,
  ): Conversation | undefined {
    if (!batch.some(({ request }) => belongsTo(request, held))) return undefined
    const { marginMs: quietMs } = this.#settings
    return { id: held.id, forMs: Math.max(1, (held.untilMs ?? 0) - nowMs), quietMs }
  }

  /** A share of each window. */
  grantAlone(batch: readonly Waiting[]): void {
    const nowMs = this.now()
    const processes = this.#processes ?? this.#settings.assumedProcesses
    for (const waiting of batch) {
      const { lane } = waiting
      if (this.#host.isBlocked(lane)) continue
      const waits = lane.counters.map((counter) => this.own.waitMs(counter, processes, nowMs))
      const waitMs = Math.max(...waits)
      if (waitMs > 0) this.#host.block(lane, Number.isFinite(waitMs) ? waitMs : -1)
      else if (this.#host.leave(waiting)) waiting.grant(new OwnPermit(this, lane))
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#settings.clock.clearTimeout(this.#heartbeat)
    // A holder that says nothing more is out of the count by itself.
    await this.#say(0).catch(() => undefined)
  }

  /** A place may be used for so long after it was asked for; an answer that took longer is worth nothing. */
  #carryOut(groups: readonly WishGroup[], answer: TakeAnswer, askedAtMs: number, slackMs: number): void {
    const tookMs = this.now() - askedAtMs
    const isLate = tookMs > slackMs
    this.#slackMs = nextSlackMs(slackMs, tookMs)
    const usableUntilMs = askedAtMs + slackMs
    for (const [number, { id: groupId, lane, members }] of groups.entries()) {
      const granted = answer.granted[number] ?? 0
      for (const [index, waiting] of members.slice(0, granted).entries()) {
        const place = { lane, groupId, index, usableUntilMs }
        if (isLate || !this.#host.leave(waiting)) this.unreported.giveBack(referencesOf(place))
        else waiting.grant(new StorePermit(this, place))
      }
      if (granted < members.length) this.#host.block(lane, answer.waitMs[number] ?? -1)
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
      this.#say(presentForMs).then(
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

  async #say(forMs: number): Promise<void> {
    await this.#take({ counters: [], wishes: [], slackMs: 0, presentForMs: forMs })
  }

  /** Tells with it whatever there is to tell. */
  async #take(request: Omit<TakeRequest, 'holder' | 'runningForMs'>): Promise<TakeAnswer> {
    const told = this.unreported.take()
    try {
      const rest = { holder: this.#holder, runningForMs, ...told }
      const answer = await this.#access.take(this.#key, { ...request, ...rest })
      this.#processes = Math.max(1, answer.holders)
      return answer
    } catch (error) {
      this.unreported.undo(told)
      throw error
    }
  }
}

/** Four times what the way takes, as it is now or was not long ago. */
function nextSlackMs(slackMs: number, tookMs: number): number {
  if (tookMs > slackMs) return Math.min(mostSlackMs, 2 * tookMs)
  return Math.min(mostSlackMs, Math.max(leastSlackMs, 4 * tookMs, slackMs * 0.98))
}
