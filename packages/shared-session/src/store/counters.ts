import { isObject, isTime } from '../record/values.ts'
import { type Counter, placeId, type TakeAnswer, type TakeRequest, type Wish } from './take.ts'

/** What is remembered of the counters under one key. Plain data. */
export interface CounterState {
  readonly holders: Readonly<Record<string, number>>
  readonly conversation: ConversationMemory | undefined
  readonly counters: Readonly<Record<string, CounterMemory>>
}

interface ConversationMemory {
  readonly id: string
  /** When its own wishes may have places. */
  readonly fromMs: number
  readonly untilMs: number
}

interface CounterMemory {
  /** Longest window, after which a grant is forgotten. */
  readonly intervalMs: number
  /** Latest moment of use and id of each place taken, the oldest first. */
  readonly grants: readonly Mark[]
  /** End and id of each place that runs. */
  readonly running: readonly Mark[]
}

/** Milliseconds since 1970, and an id. */
type Mark = readonly [number, string]

/** Nothing is granted further ahead than this; a grant that seems to be was made before the clock was set back. */
const furthestMs = 60_000

export const noCounters: CounterState = { holders: {}, conversation: undefined, counters: {} }

/** One step of the counters: what a request changes, and what it gets. Pure. */
export function takePlaces(
  before: CounterState,
  request: TakeRequest,
  nowMs: number,
): { readonly state: CounterState; readonly answer: TakeAnswer } {
  const table = new CounterTable(before, request, nowMs)
  const holders = presentHolders(before.holders, request, nowMs)
  const conversation = conversationOf(before.conversation, request, nowMs, table.lastUseMs())
  const granted: number[] = []
  const waitMs: number[] = []
  for (const wish of request.wishes) {
    const heldMs = wish.passes ? 0 : heldBackMs(conversation, wish, nowMs)
    const count = heldMs === 0 ? Math.min(wish.count, table.room(wish).places) : 0
    table.take(wish, count)
    granted.push(count)
    waitMs.push(count === wish.count ? 0 : heldMs === 0 ? table.room(wish).waitMs : heldMs)
  }
  const answer = {
    granted,
    waitMs,
    holders: Object.keys(holders).length,
    conversation: conversation?.id,
    nowMs,
  }
  return { state: { holders, conversation, counters: table.memories() }, answer }
}

/** How long the state is worth keeping, in milliseconds. */
export function memoryMs(state: CounterState, nowMs: number): number {
  let untilMs = Math.max(nowMs, state.conversation?.untilMs ?? 0, ...Object.values(state.holders))
  for (const { intervalMs, grants, running } of Object.values(state.counters)) {
    for (const [atMs] of grants) untilMs = Math.max(untilMs, atMs + intervalMs)
    for (const [endMs] of running) untilMs = Math.max(untilMs, endMs)
  }
  return untilMs - nowMs + 1
}

/** Whether it is what {@link takePlaces} leaves. */
export function isCounterState(value: unknown): value is CounterState {
  if (!isObject(value)) return false
  const { holders, conversation, counters } = value
  return (
    isObject(holders) &&
    Object.values(holders).every(Number.isFinite) &&
    (conversation === undefined || isConversation(conversation)) &&
    isObject(counters) &&
    Object.values(counters).every(isMemory)
  )
}

function isConversation(value: unknown): boolean {
  return isObject(value) && typeof value.id === 'string' && [value.fromMs, value.untilMs].every(isTime)
}

function isMemory(value: unknown): boolean {
  if (!isObject(value)) return false
  const { intervalMs, grants, running } = value
  const areMarks = (marks: unknown): boolean =>
    Array.isArray(marks) &&
    marks.every((mark) => Array.isArray(mark) && isTime(mark[0]) && typeof mark[1] === 'string')
  return isTime(intervalMs) && areMarks(grants) && areMarks(running)
}

function presentHolders(
  before: CounterState['holders'],
  { holder, presentForMs }: TakeRequest,
  nowMs: number,
): Record<string, number> {
  const present = Object.entries(before).filter(([name, untilMs]) => untilMs > nowMs && name !== holder)
  if (presentForMs > 0) present.push([holder, nowMs + presentForMs])
  return Object.fromEntries(present)
}

function conversationOf(
  before: CounterState['conversation'],
  { converse, conversed = [] }: TakeRequest,
  nowMs: number,
  lastUseMs: number,
): CounterState['conversation'] {
  const isOver = before === undefined || before.untilMs <= nowMs || conversed.includes(before.id)
  if (!isOver) return before
  if (converse === undefined || conversed.includes(converse.id)) return undefined
  const { id, forMs, quietMs = 0 } = converse
  return { id, fromMs: Math.min(lastUseMs + quietMs, nowMs + forMs / 2), untilMs: nowMs + forMs }
}

/** How long a conversation keeps a wish waiting, in milliseconds: 0 if it does not, -1 if that depends on somebody else. */
function heldBackMs(conversation: CounterState['conversation'], wish: Wish, nowMs: number): number {
  if (conversation === undefined) return 0
  return wish.conversation === conversation.id ? Math.max(0, conversation.fromMs - nowMs) : -1
}

interface Room {
  readonly places: number
  /** Until there is one more; -1 if that hangs on a place that runs. */
  readonly waitMs: number
}

/** The counters of one key while a request is carried out. */
class CounterTable {
  readonly #request: TakeRequest
  readonly #nowMs: number
  readonly #grants = new Map<string, Mark[]>()
  readonly #running = new Map<string, Mark[]>()
  readonly #intervals = new Map<string, number>()

  constructor({ counters }: CounterState, request: TakeRequest, nowMs: number) {
    this.#request = request
    this.#nowMs = nowMs
    for (const [name, { intervalMs, grants, running }] of Object.entries(counters)) {
      const timely = grants.map(([atMs, id]): Mark => [atMs > nowMs + furthestMs ? nowMs : atMs, id])
      this.#intervals.set(name, intervalMs)
      this.#grants.set(name, timely)
      this.#running.set(name, [...running])
    }
    for (const counter of request.counters) this.#intervals.set(counter.name, longestMs(counter))
    this.#settle()
  }

  /** The last moment at which a place that is had may be used; 0 if none is. */
  lastUseMs(): number {
    return Math.max(0, ...this.#request.counters.map(({ name }) => this.#grants.get(name)?.at(-1)?.[0] ?? 0))
  }

  /** What the windows and the running places leave for a wish. */
  room(wish: Wish): Room {
    let places = Number.POSITIVE_INFINITY
    let waitMs = 0
    for (const counter of this.#countersOf(wish)) {
      const grants = this.#grants.get(counter.name) ?? []
      for (const window of counter.windows) {
        const used = grants.filter(([atMs]) => atMs > this.#nowMs - window.intervalMs)
        places = Math.min(places, window.places - used.length)
        const leaving = used[used.length - window.places]
        if (leaving !== undefined && waitMs >= 0)
          waitMs = Math.max(waitMs, leaving[0] + window.intervalMs - this.#nowMs)
      }
      const free = (counter.concurrent ?? Number.POSITIVE_INFINITY) - this.#runningOf(counter.name).length
      places = Math.min(places, free)
      if (free <= 0) waitMs = -1
    }
    return { places: Math.max(0, places), waitMs }
  }

  take(wish: Wish, count: number): void {
    for (const counter of this.#countersOf(wish)) {
      const grants = this.#grants.get(counter.name) ?? []
      for (let index = 0; index < count; index += 1) {
        const id = placeId(wish.id, index)
        grants.push([this.#nowMs + this.#request.slackMs, id])
        if (counter.concurrent === undefined) continue
        this.#setRunning(counter.name, id, this.#nowMs + this.#request.runningForMs)
      }
      grants.sort(([one], [other]) => one - other)
      this.#grants.set(counter.name, grants)
    }
  }

  /** Only what still counts. */
  memories(): Record<string, CounterMemory> {
    const memories: [string, CounterMemory][] = []
    for (const [name, intervalMs] of this.#intervals) {
      const grants = (this.#grants.get(name) ?? []).filter(([atMs]) => atMs > this.#nowMs - intervalMs)
      const running = this.#runningOf(name)
      if (grants.length > 0 || running.length > 0) memories.push([name, { intervalMs, grants, running }])
    }
    return Object.fromEntries(memories)
  }

  #settle(): void {
    const { returned = [], finished = [], running = [], runningForMs } = this.#request
    for (const { counter, id } of returned) {
      const grants = this.#grants.get(counter) ?? []
      this.#grants.set(
        counter,
        grants.filter(([, known]) => known !== id),
      )
    }
    for (const { counter, id } of [...returned, ...finished]) this.#setRunning(counter, id, 0)
    for (const { counter, id } of running) this.#setRunning(counter, id, this.#nowMs + runningForMs)
  }

  #setRunning(name: string, id: string, untilMs: number): void {
    const others = (this.#running.get(name) ?? []).filter(([, known]) => known !== id)
    this.#running.set(name, untilMs > this.#nowMs ? [...others, [untilMs, id]] : others)
  }

  #runningOf(name: string): Mark[] {
    return (this.#running.get(name) ?? []).filter(([untilMs]) => untilMs > this.#nowMs)
  }

  #countersOf(wish: Wish): Counter[] {
    return wish.counters.flatMap((index) => this.#request.counters[index] ?? [])
  }
}

function longestMs({ windows }: Counter): number {
  return Math.max(0, ...windows.map(({ intervalMs }) => intervalMs))
}
