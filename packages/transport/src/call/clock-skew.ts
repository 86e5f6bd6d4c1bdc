import type { Clock } from '../clock.ts'
import type { ResponseHeaders } from '../http/response.ts'

const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** Beyond a day it is no clock that is off, but a page from an archive or a machine gone wrong. */
const mostMs = 24 * 3_600_000

/**
 * How far the server's clock is ahead, by the `Date` headers of its replies. They are evidence, not truth: caches and
 * error pages of proxies have dates, too. A difference counts once two replies in a row agree on it, whatever their status.
 */
export class ClockSkew {
  readonly #clock: Clock
  #ms = 0
  #claimedMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds to add to this machine's time. */
  get ms(): number {
    return this.#ms
  }

  /** What the last reply said in contradiction to {@link ms}, which no other has borne out; undefined if it did not. */
  get claimedMs(): number | undefined {
    return this.#claimedMs
  }

  /** The server's time in milliseconds since 1970, as far as it is known. */
  now(): number {
    return this.#clock.now() + this.#ms
  }

  /**
   * Takes in what a reply said, see {@link sampleSkew}. A difference within the grain of the header (one second, and
   * the round trip) is noise, and following it would make timestamps jump back and forth.
   */
  learn(sampleMs: number, roundTripMs: number): void {
    const grainMs = 1_000 + roundTripMs / 2
    const claimedMs = this.#claimedMs
    this.#claimedMs = undefined
    if (Math.abs(sampleMs) > mostMs || Math.abs(sampleMs - this.#ms) <= grainMs) return
    if (claimedMs !== undefined && Math.abs(sampleMs - claimedMs) <= grainMs) this.#ms = sampleMs
    else this.#claimedMs = sampleMs
  }

  /** Forgets what was learnt. */
  reset(): void {
    this.#ms = 0
    this.#claimedMs = undefined
  }
}

/**
 * How far a reply says that its clock is ahead, in milliseconds; undefined if it does not say, or comes from a cache
 * (`Age`). `receivedAtMs` is this machine's time, the round trip is measured on the monotonic clock.
 */
export function sampleSkew(
  headers: ResponseHeaders,
  receivedAtMs: number,
  roundTripMs: number,
): number | undefined {
  const dateMs = headers.has('age') ? undefined : dateOf(headers)
  if (dateMs === undefined) return undefined
  // The header is cut to whole seconds: on average half a second is missing.
  return Math.round(dateMs + 500 - (receivedAtMs - roundTripMs / 2))
}

/** The `Date` of a reply in milliseconds since 1970; undefined if it has none in the form that RFC 9110 5.6.7 prescribes. */
export function dateOf(headers: ResponseHeaders): number | undefined {
  return parseHttpDate(headers.get('date') ?? '')
}

/** The date that was read last: all replies of one second have the same. */
let lastRead: { readonly text: string; readonly ms: number | undefined } = { text: '', ms: undefined }

/** Reads a date as HTTP has it, in milliseconds since 1970. */
export function parseHttpDate(text: string): number | undefined {
  if (lastRead.text !== text) lastRead = { text, ms: readHttpDate(text) }
  return lastRead.ms
}

function readHttpDate(text: string): number | undefined {
  if (!imfFixdate.test(text)) return undefined
  const dateMs = Date.parse(text)
  return Number.isNaN(dateMs) ? undefined : dateMs
}
