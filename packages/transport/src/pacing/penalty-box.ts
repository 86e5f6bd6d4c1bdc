/** Why an egress address is not used for a while. */
export interface Penalty {
  /** When it may be used again, in milliseconds since 1970. */
  readonly untilMs: number
  /** Refusals with status 429 since the penalty began. */
  readonly refusals: number
}

/**
 * Addresses that IBKR has put, or may have put, into its penalty box. While an address is in it, every
 * request from it counts against it: all sessions that share the address stop.
 */
export class PenaltyBox {
  readonly #penalties = new Map<unknown, Penalty>()
  readonly #durationMs: number

  constructor(durationMs: number) {
    this.#durationMs = durationMs
  }

  /** Starts a penalty, or starts it over, as IBKR does. `atLeastMs` is the server's own wish, if it had one. */
  add(egress: unknown, nowMs: number, atLeastMs = 0): Penalty {
    const before = this.get(egress, nowMs)
    const untilMs = Math.max(before?.untilMs ?? 0, nowMs + Math.max(this.#durationMs, atLeastMs))
    const penalty: Penalty = { untilMs, refusals: (before?.refusals ?? 0) + 1 }
    this.#penalties.set(egress, penalty)
    return penalty
  }

  /** The penalty that is running, undefined if none is. */
  get(egress: unknown, nowMs: number): Penalty | undefined {
    const penalty = this.#penalties.get(egress)
    if (penalty === undefined || penalty.untilMs > nowMs) return penalty
    this.#penalties.delete(egress)
    return undefined
  }
}
