import type { MistakeName } from './mistake-names.ts'

/** A mistake that the evidence shows. */
export interface Finding {
  readonly mistake: MistakeName
  readonly summary: string
  readonly remedy: string
  readonly detail?: string
  /** The base string under which the signature verifies, where one is known. */
  readonly receivedBaseString?: string
  readonly indistinguishableFrom?: readonly MistakeName[]
}
