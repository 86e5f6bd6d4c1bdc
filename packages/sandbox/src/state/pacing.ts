import {
  createLimitMatcher,
  globalPacingWindow,
  ibkrPacingLimits,
  type PacingWindow,
} from '@ibkr-auth/internal/pacing-limits'

/** How the sandbox paces. */
export interface PacingOptions {
  /** How long a caller stays in the penalty box, in ms, from its last request on. Default 10 min, as IBKR says. */
  readonly penaltyMs?: number | undefined
}

/** Why a request is not let through. */
export type PacingRefusal = 'limit' | 'penalty'

/** 10 minutes, as IBKR's documentation says; its older pages say 15. */
const documentedPenaltyMs = 600_000

const matchLimit = createLimitMatcher(ibkrPacingLimits)

/** More requests than any window counts. */
const mostRemembered = 64

/** IBKR's limits and its penalty box: who asks too often is refused, and whatever is asked then prolongs it. */
export class PacingBox {
  readonly #penaltyMs: number
  /** When requests were let through, newest last, by username and window. */
  readonly #seen = new Map<string, number[]>()
  readonly #penaltyUntilMs = new Map<string, number>()

  constructor(penaltyMs: number = documentedPenaltyMs) {
    this.#penaltyMs = penaltyMs
  }

  /** Counts a request of a username; `path` is below the API base. */
  refusal(username: string, method: string, path: string, nowMs: number): PacingRefusal | undefined {
    const refused = this.#refusal(username, method, path, nowMs)
    if (refused !== undefined) this.#penaltyUntilMs.set(username, nowMs + this.#penaltyMs)
    return refused
  }

  /** Until when a username is in the penalty box, epoch ms; undefined if it is not. */
  penaltyUntilMs(username: string, nowMs: number): number | undefined {
    const untilMs = this.#penaltyUntilMs.get(username)
    return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined
  }

  /** Lets everybody out, and counts anew. */
  pardon(): void {
    this.#seen.clear()
    this.#penaltyUntilMs.clear()
  }

  #refusal(username: string, method: string, path: string, nowMs: number): PacingRefusal | undefined {
    if (this.penaltyUntilMs(username, nowMs) !== undefined) return 'penalty'
    const limit = matchLimit(method, path)
    const counts: [string, PacingWindow][] = [[`${username} `, globalPacingWindow]]
    for (const window of limit?.windows ?? []) {
      counts.push([`${username} ${limit?.name} ${window.intervalMs}`, window])
    }
    if (counts.some(([key, window]) => this.#isFull(key, window, nowMs))) return 'limit'
    for (const [key] of counts) this.#count(key, nowMs)
    return undefined
  }

  #isFull(key: string, { requests, intervalMs }: PacingWindow, nowMs: number): boolean {
    const since = (this.#seen.get(key) ?? []).filter((atMs) => atMs > nowMs - intervalMs)
    return since.length >= requests
  }

  #count(key: string, nowMs: number): void {
    const seen = this.#seen.get(key) ?? []
    seen.push(nowMs)
    if (seen.length > mostRemembered) seen.shift()
    this.#seen.set(key, seen)
  }
}
