import type { Moment } from './proof.ts'

/** When a credential is to be replaced, and when it ends, in monotonic milliseconds. */
export interface Life {
  readonly renewAtMs: number
  readonly expiresAtMs: number
}

/**
 * Reckons how long a credential lives, by the server's clock if that makes sense, else by this machine's: neither is believed alone
 * that it has ended. From then on it is counted on the monotonic clock, which nobody sets.
 *
 * @returns undefined if it has ended by both.
 */
export function lifeOf(
  expiresAtMs: number,
  now: Moment,
  serverNowMs: number,
  aheadMs: number,
  chance: number,
): Life | undefined {
  const byServerMs = expiresAtMs - serverNowMs
  const leftMs = byServerMs > 0 ? byServerMs : expiresAtMs - now.wallMs
  if (leftMs <= 0) return undefined
  const endMs = now.monotonicMs + leftMs
  return { expiresAtMs: endMs, renewAtMs: endMs - Math.min(aheadMs, leftMs / 10) * (1 + chance) }
}

/** What a life is reckoned by. */
export interface ExpiryClocks {
  readonly timers: { readonly monotonicNow: () => number }
  readonly renewal: { readonly aheadMs: number }
  now(): Moment
  random(): number
  /** The server's time as far as it is known, in milliseconds since 1970. */
  serverNow(): number
}

/** The server's clock counts as known once so many replies in a row tell the same. */
const repliesThatAgree = 3
/** What it may wander meanwhile, in milliseconds. */
const grainMs = 5_000

/** Notices that the end of a credential was reckoned by a clock that has turned out wrong: at its login, by a sleep, or by being set. */
export class ExpiryWatch {
  /** The server's time less the monotonic one, by which the end was reckoned. */
  #reckonedByMs = 0
  #seenMs = 0
  #times = 0

  /** Reckons a life; undefined if it has ended by both clocks. */
  begin(expiresAtMs: number, clocks: ExpiryClocks): Life | undefined {
    const now = clocks.now()
    const serverNowMs = clocks.serverNow()
    this.#reckonedByMs = serverNowMs - now.monotonicMs
    this.#times = 0
    return lifeOf(expiresAtMs, now, serverNowMs, clocks.renewal.aheadMs, clocks.random())
  }

  /** A reply has come that took the credential: its life as it is reckoned now, if that has changed. */
  correct(expiresAtMs: number, clocks: ExpiryClocks): Life | undefined {
    const serverNowMs = clocks.serverNow()
    const differenceMs = serverNowMs - clocks.timers.monotonicNow()
    if (Math.abs(differenceMs - this.#reckonedByMs) < grainMs) {
      this.#times = 0
      return undefined
    }
    this.#times = Math.abs(differenceMs - this.#seenMs) < grainMs ? this.#times + 1 : 1
    this.#seenMs = differenceMs
    if (this.#times < repliesThatAgree) return undefined
    const life = this.begin(expiresAtMs, clocks)
    // A credential that was accepted just now has not ended, whatever a clock says.
    return expiresAtMs > serverNowMs ? life : undefined
  }
}
