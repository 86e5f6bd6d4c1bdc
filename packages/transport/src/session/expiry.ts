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

  /** A life was reckoned. */
  begin(now: Moment, serverNowMs: number): void {
    this.#reckonedByMs = serverNowMs - now.monotonicMs
    this.#times = 0
  }

  /** A reply has come; the life as it is reckoned now, if that has changed. */
  correct(
    expiresAtMs: number,
    now: Moment,
    serverNowMs: number,
    aheadMs: number,
    chance: number,
  ): Life | undefined {
    const differenceMs = serverNowMs - now.monotonicMs
    if (Math.abs(differenceMs - this.#reckonedByMs) < grainMs) {
      this.#times = 0
      return undefined
    }
    this.#times = Math.abs(differenceMs - this.#seenMs) < grainMs ? this.#times + 1 : 1
    this.#seenMs = differenceMs
    if (this.#times < repliesThatAgree) return undefined
    this.begin(now, serverNowMs)
    // A credential that was accepted just now has not ended, whatever a clock says.
    return expiresAtMs > serverNowMs ? lifeOf(expiresAtMs, now, serverNowMs, aheadMs, chance) : undefined
  }
}
