import type { MistakeName } from './mistake-names.ts'

/** Why a request was refused, told from the evidence. Holds no secret: tokens, keys and prefixes are masked. */
export interface Explanation {
  /** The one mistake that accounts for everything seen, or `unknown`. */
  readonly mistake: MistakeName
  /** One sentence: what the client did. */
  readonly summary: string
  /** One sentence: what to change. */
  readonly remedy: string
  /** What only this request shows, such as the number of seconds a clock is off. */
  readonly detail?: string
  /** The signature base string that the sandbox expected, secrets masked. */
  readonly expectedBaseString?: string
  /**
   * The base string under which the received signature verifies, secrets masked. It does not travel with the
   * request, so it is known only where the mistake is.
   */
  readonly receivedBaseString?: string
  /** Other mistakes that would have produced the very same bytes. */
  readonly indistinguishableFrom?: readonly MistakeName[]
}
