import { AsyncLocalStorage } from 'node:async_hooks'
import { type Clock, monotonicOf, systemClock } from './clock.ts'

/** A callback that is due once; {@link Timers.cancel} forgets it. */
export class Timer {
  /** On the monotonic clock. */
  readonly dueAtMs: number
  readonly callback: () => void
  /** Place in the heap; -1 once it is out. */
  position = -1

  constructor(dueAtMs: number, callback: () => void) {
    this.dueAtMs = dueAtMs
    this.callback = callback
  }
}

/** What goes off by itself belongs to no caller: not to whoever happened to set the runtime's timer either. */
const inNobodysContext = AsyncLocalStorage.snapshot()

/** Looking at the clock this often bounds what is missed if it jumps: one without a monotonic reading can. */
const longestSleepMs = 60_000

/**
 * All timers of all sessions on one clock: a binary heap with one timer of the runtime under it.
 * Ten thousand sessions cost ten thousand heap entries and one runtime timer.
 */
export class Timers {
  readonly #clock: Clock
  /** Milliseconds that only go forth: what durations are measured by. */
  readonly monotonicNow: () => number
  readonly #heap: Timer[] = []
  #holding = 0
  #wakeUp: unknown
  #wakeUpAtMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.monotonicNow = monotonicOf(clock)
  }

  /** Timers that are waiting. */
  get size(): number {
    return this.#heap.length
  }

  /** The wall clock, in milliseconds since 1970. */
  now(): number {
    return this.#clock.now()
  }

  /**
   * Calls `callback` once, `delayMs` milliseconds from now or later, however the wall clock is set meanwhile. By itself it
   * keeps no process alive. A delay that is no number counts as a minute: it must stop nobody, nor be tried in a rush.
   */
  after(delayMs: number, callback: () => void): Timer {
    const delay = Number.isNaN(delayMs) ? longestSleepMs : Math.max(0, delayMs)
    const timer = new Timer(this.monotonicNow() + delay, callback)
    timer.position = this.#heap.push(timer) - 1
    this.#rise(timer)
    this.#arm()
    return timer
  }

  /** Somebody waits: the process stays alive for the timers until as many {@link letGo} as {@link hold}. */
  hold(): void {
    this.#holding += 1
    holdProcess(this.#wakeUp, true)
  }

  letGo(): void {
    this.#holding -= 1
    holdProcess(this.#wakeUp, this.#holding > 0)
  }

  /** Forgets a timer; one that fired or was cancelled already is no error. */
  cancel(timer: Timer | undefined): void {
    if (timer === undefined || timer.position === -1) return
    this.#remove(timer)
    this.#arm()
  }

  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined) {
      this.#disarm()
      return
    }
    const nowMs = this.monotonicNow()
    const delayMs = Math.min(longestSleepMs, Math.max(0, first.dueAtMs - nowMs))
    const atMs = nowMs + delayMs
    if (atMs < this.#wakeUpAtMs) {
      this.#disarm()
      this.#wakeUp = this.#clock.setTimeout(() => inNobodysContext(() => this.#fire()), delayMs)
      this.#wakeUpAtMs = atMs
    }
    holdProcess(this.#wakeUp, this.#holding > 0)
  }

  #disarm(): void {
    if (this.#wakeUp !== undefined) this.#clock.clearTimeout(this.#wakeUp)
    this.#wakeUp = undefined
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY
  }

  /** Runs what is due, then sleeps again, also if a callback throws. */
  #fire(): void {
    this.#wakeUp = undefined
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY
    const nowMs = this.monotonicNow()
    try {
      for (let first = this.#heap[0]; first !== undefined && first.dueAtMs <= nowMs; first = this.#heap[0]) {
        this.#remove(first)
        first.callback()
      }
    } finally {
      this.#arm()
    }
  }

  #remove(timer: Timer): void {
    const last = this.#heap.pop()
    const position = timer.position
    timer.position = -1
    if (last === undefined || last === timer) return
    this.#place(last, position)
    this.#rise(last)
    this.#sink(last)
  }

  #rise(timer: Timer): void {
    while (timer.position > 0) {
      const parent = this.#heap[(timer.position - 1) >> 1]
      if (parent === undefined || parent.dueAtMs <= timer.dueAtMs) return
      this.#swap(parent, timer)
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const left = this.#heap[2 * timer.position + 1]
      const right = this.#heap[2 * timer.position + 2]
      const child = right !== undefined && left !== undefined && right.dueAtMs < left.dueAtMs ? right : left
      if (child === undefined || timer.dueAtMs <= child.dueAtMs) return
      this.#swap(timer, child)
    }
  }

  /** Exchanges a parent with its child. */
  #swap(parent: Timer, child: Timer): void {
    const position = parent.position
    this.#place(parent, child.position)
    this.#place(child, position)
  }

  #place(timer: Timer, position: number): void {
    this.#heap[position] = timer
    timer.position = position
  }
}

const timersByClock = new WeakMap<Clock, Timers>()

/** The timers of a clock: one structure for everything in the process that goes by it. */
export function timersOf(clock: Clock = systemClock): Timers {
  const known = timersByClock.get(clock)
  if (known !== undefined) return known
  const timers = new Timers(clock)
  timersByClock.set(clock, timers)
  return timers
}

/** Node's timers know how to let a process go; a test's clock need not. */
function holdProcess(handle: unknown, hold: boolean): void {
  if (typeof handle !== 'object' || handle === null || !('ref' in handle) || !('unref' in handle)) return
  const { ref, unref } = handle
  if (typeof ref === 'function' && typeof unref === 'function') (hold ? ref : unref).call(handle)
}
