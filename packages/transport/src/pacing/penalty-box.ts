import { longestRetryAfterMs } from '../call/retry-rules.ts'

/**
 * Addresses that IBKR has put, or may have put, into its penalty box. While an address is in it, every request from it
 * counts against it: all sessions that share the address stop. All times are monotonic.
 */
export class PenaltyBox {
  readonly #untilMs = new Map<unknown, number>()
  readonly #durationMs: number

  constructor(durationMs: number) {
    this.#durationMs = durationMs
  }

  /** Starts a penalty, or starts it over, as IBKR does. `askedMs` is the server's own wish, believed up to 15 minutes. */
  add(egress: unknown, nowMs: number, askedMs = 0): number {
    const believedMs = askedMs > 0 ? Math.min(askedMs, longestRetryAfterMs) : 0
    const untilMs = Math.max(this.get(egress, nowMs) ?? 0, nowMs + Math.max(this.#durationMs, believedMs))
    this.#untilMs.set(egress, untilMs)
    return untilMs
  }

  /** End of the penalty that is running, undefined if none is. */
  get(egress: unknown, nowMs: number): number | undefined {
    const untilMs = this.#untilMs.get(egress)
    if (untilMs === undefined || untilMs > nowMs) return untilMs
    this.#untilMs.delete(egress)
    return undefined
  }

  /** @returns Whether there was a penalty to end. */
  pardon(egress: unknown, nowMs: number): boolean {
    return this.get(egress, nowMs) !== undefined && this.#untilMs.delete(egress)
  }
}
