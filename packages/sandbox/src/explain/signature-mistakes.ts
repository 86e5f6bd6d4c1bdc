import type { SignatureEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Mistake, Variant } from './mistake.ts'
import { signatureMistakes } from './mistakes/table.ts'
import { type SignatureTest, signatureTest } from './proof.ts'
import { decodedSignature, mistakenReadings } from './signature-encodings.ts'
import { baseStringOf, type SigningPlan } from './signing-plan.ts'

/** The outcome of the search: nothing wrong, one mistake, or none that is known. */
export type SignatureVerdict = 'correct' | 'unknown' | Finding

interface Tried {
  readonly mistake: Mistake
  readonly variant: Variant
  readonly baseString: string
}

/** Looks for the one known mistake under which the received signature verifies. */
export function signatureMistake(
  evidence: SignatureEvidence,
  correct: readonly SigningPlan[],
): SignatureVerdict {
  const method = methodMistake(evidence)
  if (method !== undefined) return method
  const bytes = decodedSignature(evidence.signature)
  const test = signatureTest(bytes ?? new Uint8Array())
  if (correct.some((plan) => test(plan.proof, textOf(plan)))) return 'correct'
  const matches = bytes === undefined ? [] : matching(evidence, correct, test)
  if (matches.length === 0) return encodingMistake(evidence, correct) ?? 'unknown'
  const first = matches[0] as Tried
  const others = new Set(matches.map(({ mistake }) => mistake.name))
  others.delete(first.mistake.name)
  const { name, summary, remedy } = first.mistake
  return {
    mistake: name,
    summary,
    remedy,
    ...(first.variant.detail === undefined ? {} : { detail: first.variant.detail }),
    receivedBaseString: first.baseString,
    ...(others.size === 0 ? {} : { indistinguishableFrom: [...others] }),
  }
}

/** All variants of all mistakes that verify: more than one only where they produce the same bytes. */
function matching(
  evidence: SignatureEvidence,
  correct: readonly SigningPlan[],
  test: SignatureTest,
): readonly Tried[] {
  const matches: Tried[] = []
  for (const mistake of signatureMistakes) {
    const variants = correct.flatMap((plan) => mistake.variants(plan, evidence))
    const variant = variants.find(({ plan }) => test(plan.proof, textOf(plan)))
    if (variant !== undefined) matches.push({ mistake, variant, baseString: baseStringOf(variant.plan) })
  }
  return matches
}

function methodMistake({ signatureMethod, knowledge }: SignatureEvidence): Finding | undefined {
  const expected = knowledge.kind === 'rsa-sha256' ? 'RSA-SHA256' : 'HMAC-SHA256'
  if (signatureMethod === expected) return undefined
  return {
    mistake: 'wrong-signature-method',
    summary: `The request is signed with another method than ${expected}.`,
    remedy: `Sign with ${expected}: the three OAuth endpoints take RSA-SHA256, all others HMAC-SHA256.`,
  }
}

function encodingMistake(evidence: SignatureEvidence, correct: readonly SigningPlan[]): Finding | undefined {
  const reading = mistakenReadings(evidence.signature).find(({ bytes }) => {
    const test = signatureTest(bytes)
    return correct.some((plan) => test(plan.proof, textOf(plan)))
  })
  if (reading === undefined) return undefined
  return {
    mistake: 'signature-encoding',
    summary: 'The signature itself is right, but it was not written into the header as it should be.',
    remedy: 'Write the signature as standard base64, percent-encoded once.',
    detail: reading.detail,
  }
}

function textOf(plan: SigningPlan): string {
  return plan.prefix + baseStringOf(plan)
}
