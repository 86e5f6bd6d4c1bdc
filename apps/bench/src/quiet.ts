import { createHmac, createSecretKey } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/** Runs a piece of measured work; may run it again if something else took the machine's time meanwhile. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Runs the work once, whatever the machine does. */
export const openGate: Gate = (work) => work()

/** How a run went: what it had to do again, and what it took although the machine was disturbed. */
export interface Disturbance {
  readonly measured: number
  readonly repeated: number
  readonly takenDisturbed: number
}

export function sumOf(all: readonly Disturbance[]): Disturbance {
  const sum = (field: keyof Disturbance): number => all.reduce((total, one) => total + one[field], 0)
  return { measured: sum('measured'), repeated: sum('repeated'), takenDisturbed: sum('takenDisturbed') }
}

/** A probe this much slower than the fastest one says that somebody else is at work; a busy neighbour costs half as much again. */
const tolerance = 1.15
const mostAttempts = 8
/** Short, since a process that wakes may be put on another core, which is how quiet is found soonest. */
const pauseMs = 1
const longestPauseMs = 600
/** Pauses before anything is measured, with two probes after each: enough to meet the machine at its best. */
const calibrations = 300

/**
 * A virtual machine shares its cores, and what its neighbours do makes the same work take up to twice the time, for some
 * milliseconds or for minutes. A fixed piece of work beside each slice tells: a slice counts if it ran at full speed before
 * and after it, else it is done again. That says nothing of the candidate, and treats all of them alike.
 */
export class QuietGate {
  readonly #probe: () => number
  readonly #budgetMs: number
  #fastestMs = Number.POSITIVE_INFINITY
  #spentMs = 0
  #measured = 0
  #repeated = 0
  #takenDisturbed = 0

  /**
   * @param budgetMs - What waiting and repeating may cost in all; slices are taken as they come after that.
   * @param probe - A fixed piece of work; returns how long it took, in ms.
   */
  constructor(budgetMs: number, probe: () => number = timeFixedWork) {
    this.#budgetMs = budgetMs
    this.#probe = probe
  }

  get disturbance(): Disturbance {
    return { measured: this.#measured, repeated: this.#repeated, takenDisturbed: this.#takenDisturbed }
  }

  readonly pass: Gate = async (work) => {
    if (this.#measured === 0) await this.#calibrate()
    this.#measured++
    for (let attempt = 1; ; attempt++) {
      await this.#waitForQuiet()
      const start = performance.now()
      const result = await work()
      if (this.#isQuiet()) return result
      if (attempt === mostAttempts || this.#spentMs >= this.#budgetMs) {
        this.#takenDisturbed++
        return result
      }
      this.#repeated++
      this.#spentMs += performance.now() - start
    }
  }

  /** The second probe after a pause finds the caches warm. */
  async #calibrate(): Promise<void> {
    for (let done = 0; done < calibrations; done++) {
      await sleep(pauseMs)
      this.#time()
      this.#time()
    }
  }

  #time(): number {
    const took = this.#probe()
    this.#fastestMs = Math.min(this.#fastestMs, took)
    return took
  }

  async #waitForQuiet(): Promise<void> {
    const start = performance.now()
    let waitedMs = 0
    while (!this.#isQuiet() && this.#spentMs + waitedMs < this.#budgetMs && waitedMs < longestPauseMs) {
      await sleep(pauseMs)
      waitedMs = performance.now() - start
    }
    this.#spentMs += waitedMs
  }

  /** Up to three probes, since one of them may have met a garbage collection. */
  #isQuiet(): boolean {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (this.#time() <= this.#fastestMs * tolerance) return true
    }
    return false
  }
}

const key = createSecretKey(Buffer.alloc(20, 7))
const names = Array.from({ length: 12 }, (_, index) => `name ${(index * 7) % 12}`)

/** Some 0.3 ms of hashing, and of the objects and texts that signing is made of, which feel a neighbour more. */
function timeFixedWork(): number {
  const start = performance.now()
  for (let done = 0; done < 50; done++) {
    const pairs = names.map((name) => ({ name: encodeURIComponent(name), value: `${done}` }))
    pairs.sort((one, other) => (one.name < other.name ? -1 : 1))
    const text = pairs.map(({ name, value }) => `${name}=${value}`).join('&')
    createHmac('sha256', key).update(text).digest('base64')
  }
  return performance.now() - start
}
