import type { Clock } from '../clock.ts'
import type { ResponseHeaders } from '../http/response.ts'

const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** Learns from `Date` headers how far the server's clock is ahead, and tells the time as the server does. */
export class ClockSkew {
  readonly #clock: Clock
  #ms = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds to add to this machine's time. */
  get ms(): number {
    return this.#ms
  }

  /** The server's time in milliseconds since 1970, as far as it is known. */
  now(): number {
    return this.#clock.now() + this.#ms
  }

  /**
   * Takes in what a reply said, see {@link sampleSkew}. A difference within the grain of the
   * header (one second, and the round trip) is noise, and following it would make timestamps jump back and forth.
   */
  learn(sampleMs: number, roundTripMs: number): void {
    if (Math.abs(sampleMs - this.#ms) > 1_000 + roundTripMs / 2) this.#ms = sampleMs
  }
}

/** How far a reply says that its clock is ahead, in milliseconds; undefined if it does not say, or comes from a cache (`Age`). */
export function sampleSkew(
  headers: ResponseHeaders,
  sentAtMs: number,
  receivedAtMs: number,
): number | undefined {
  const date = headers.get('date')
  if (date === null || headers.has('age') || !imfFixdate.test(date)) return undefined
  const dateMs = Date.parse(date)
  if (Number.isNaN(dateMs)) return undefined
  // The header is cut to whole seconds: on average half a second is missing.
  return Math.round(dateMs + 500 - (sentAtMs + receivedAtMs) / 2)
}
