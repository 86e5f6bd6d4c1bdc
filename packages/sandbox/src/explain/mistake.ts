import type { SignatureEvidence } from './evidence.ts'
import type { MistakeName } from './mistake-names.ts'
import type { SigningPlan } from './signing-plan.ts'

/** One way in which a mistake may have been made. */
export interface Variant {
  readonly plan: SigningPlan
  readonly detail?: string
}

/** A known mistake in what is signed or in what it is signed with: how a correct plan turns into the wrong one. */
export interface Mistake {
  readonly name: MistakeName
  readonly summary: string
  readonly remedy: string
  variants(correct: SigningPlan, evidence: SignatureEvidence): readonly Variant[]
}
