import type { Lane } from './limits.ts'
import type { PacingRequest } from './request.ts'

/**
 * All processes know the moment at which a lane may have a place again. Requests that are not urgent ask so many milliseconds later, up to
 * twice that at random: a login or a cancellation must not lose the race.
 */
const laterMs = { high: 0, normal: 6, low: 18 } as const
/** How soon is asked again where nothing says when a place will be free. */
const askAgainMs = 100
/** No timer runs longer. */
const longestMs = 2_147_483_647

/** Lanes without a place, as the last answer was, and until when: in monotonic time. */
export class FullLanes {
  readonly #random: () => number
  readonly #untilMs = new Map<Lane, number>()
  /** Between 1 and 2, drawn for each wait. */
  #spread = 1

  /** @param random - Numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random
  }

  /** @param waitMs - Negative if it is not known. */
  add(lane: Lane, waitMs: number, nowMs: number): void {
    this.#spread = 1 + this.#random()
    const forMs = waitMs < 0 ? askAgainMs : Math.min(longestMs, Math.max(1, waitMs))
    this.#untilMs.set(lane, nowMs + forMs)
  }

  /** 0 if it may have one. */
  waitMs(lane: Lane, nowMs: number): number {
    return Math.max(0, (this.#untilMs.get(lane) ?? 0) - nowMs)
  }

  /** When somebody may ask for a place of it, in milliseconds from now; negative or 0 if now. */
  untilAskMs(lane: Lane, { priority = 'normal' }: PacingRequest, processes: number, nowMs: number): number {
    const freeAtMs = this.#untilMs.get(lane)
    if (freeAtMs === undefined) return 0
    const delayMs = processes > 1 ? laterMs[priority] * this.#spread : 0
    return freeAtMs + delayMs - nowMs
  }
}
