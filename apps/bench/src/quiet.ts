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

/** A probe this much slower than the fastest one says that somebody else is at work; a busy neighbour costs half as much again. */
const tolerance = 1.2
const mostAttempts = 5
const pauseMs = 15
const longestPauseMs = 600

/**
 * A virtual machine shares its cores, and what its neighbours do makes the same work take up to twice the time, for half a
 * second or for minutes. A fixed piece of work beside each slice tells: a slice counts if it ran at full speed before and
 * after it, else it is done again. That says nothing of the candidate, and treats all of them alike.
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
    // Until it is compiled, and has met a quiet moment.
    for (let done = 0; done < 400; done++) this.#fastestMs = Math.min(this.#fastestMs, probe())
  }

  get disturbance(): Disturbance {
    return { measured: this.#measured, repeated: this.#repeated, takenDisturbed: this.#takenDisturbed }
  }

  readonly pass: Gate = async (work) => {
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

  async #waitForQuiet(): Promise<void> {
    const start = performance.now()
    while (!this.#isQuiet() && this.#spentMs < this.#budgetMs && performance.now() - start < longestPauseMs) {
      await sleep(pauseMs)
      this.#spentMs += pauseMs
    }
  }

  /** Three probes, since one of them may have met a garbage collection. */
  #isQuiet(): boolean {
    for (let attempt = 0; attempt < 3; attempt++) {
      const took = this.#probe()
      this.#fastestMs = Math.min(this.#fastestMs, took)
      if (took <= this.#fastestMs * tolerance) return true
    }
    return false
  }
}

const key = createSecretKey(Buffer.alloc(20, 7))
const text = 'x'.repeat(300)

/** Some 0.2 ms of hashing, which feels a neighbour more than plain arithmetic does. */
function timeFixedWork(): number {
  const start = performance.now()
  for (let done = 0; done < 100; done++) createHmac('sha256', key).update(text).digest('base64')
  return performance.now() - start
}
