import { maskSecrets } from './mask.ts'
import { signatureMistakes } from './mistakes/table.ts'
import {
  decodedSignature,
  mistakenReadings,
  type SignatureTest,
  signatureTest,
  signedDigest,
} from './signature-test.ts'
import { baseStringOf, strictPlans } from './signing-plan.ts'
import { timeMistakes } from './time-mistakes.ts'
import type { Explanation, Finding, Mistake, SignatureEvidence, SigningPlan, Variant } from './types.ts'

const unknown: Finding = {
  mistake: 'unknown',
  summary: 'No single known mistake accounts for this request.',
  remedy: 'Compare your signature base string with the expected one, character by character.',
}

/** Above these a search through all variants would take too long to be worth it. */
const longestText = 32_768
const mostParameters = 200
const longestSearch = 4_000_000

/** Longer base strings are cut where they are shown: the log keeps many of them. */
const longestShown = 8_192

/** True if a search for the mistake, or for the dialect, would cost more than an explanation is worth. */
export function isTooLong(evidence: SignatureEvidence): boolean {
  const { url, otherBody, protocolParameters, queryParameters, formParameters = [] } = evidence
  const count = protocolParameters.length + queryParameters.length + formParameters.length
  return count > mostParameters || url.length + otherBody.length + formLength(evidence) > longestText
}

const tooLong: Finding = { ...unknown, detail: 'The request is too long to look for the mistake.' }

/**
 * Explains the refusal of a signed request: a pure function of the evidence. Exactly one mistake is named;
 * two at once, or none that is known, give `unknown`.
 */
export function explainSignature(evidence: SignatureEvidence): Explanation {
  if (isTooLong(evidence)) return tooLong
  const correct = strictPlans(evidence)
  const signature = signatureMistake(evidence, correct)
  if (signature === 'too-long') return present(evidence, tooLong, correct)
  const findings = [...timeMistakes(evidence)]
  if (typeof signature === 'object') findings.unshift(signature)
  const only = signature === 'unknown' || findings.length !== 1 ? undefined : findings[0]
  const finding = only ?? { ...unknown, ...hint(evidence, signature === 'unknown') }
  return present(evidence, finding, correct)
}

/** An RSA signature that opens under a key tells which key made it, even where the text stays unknown. */
function hint(evidence: SignatureEvidence, textUnknown: boolean): Pick<Finding, 'detail'> {
  const { knowledge } = evidence
  const bytes = decodedSignature(evidence.signature)
  if (!textUnknown || knowledge.kind !== 'rsa-sha256' || bytes === undefined) return {}
  const madeWith = (key: typeof knowledge.signingKey): boolean => signedDigest(bytes, key) !== undefined
  if (madeWith(knowledge.signingKey)) {
    return { detail: 'The signing key made this signature, of a text that the sandbox does not recognise.' }
  }
  if (madeWith(knowledge.encryptionKey)) {
    return {
      detail: 'The encryption key made this signature, of a text that the sandbox does not recognise.',
    }
  }
  return { detail: 'Neither of the registered keys made this signature.' }
}

function present(
  evidence: SignatureEvidence,
  finding: Finding,
  correct: readonly SigningPlan[],
): Explanation {
  const show = (text: string, prefix: string): string =>
    (prefix === '' ? '' : '[access token secret]') + cut(maskSecrets(text, evidence.secrets))
  const plan = correct[0]
  const expected = plan === undefined ? undefined : show(baseStringOf(plan), plan.prefix)
  const { receivedBaseString: received, ...rest } = finding
  return {
    ...rest,
    expectedBaseString: expected,
    receivedBaseString: received === undefined ? undefined : show(received, receivedPrefix(finding, plan)),
  }
}

function cut(text: string): string {
  const rest = text.length - longestShown
  return rest > 0 ? `${text.slice(0, longestShown)}... (${rest} more characters)` : text
}

function receivedPrefix({ mistake }: Finding, plan: SigningPlan | undefined): string {
  if (mistake === 'prefix-missing') return ''
  if (mistake === 'prefix-unexpected') return 'shown'
  return plan?.prefix ?? ''
}

function formLength({ formParameters = [] }: SignatureEvidence): number {
  return formParameters.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

/** The outcome of the search: nothing wrong, one mistake, none that is known, or a search given up. */
export type SignatureVerdict = 'correct' | 'unknown' | 'too-long' | Finding

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
  if (matches === 'too-long') return matches
  if (matches.length === 0) return encodingMistake(evidence, correct) ?? 'unknown'
  const first = matches[0] as Tried
  const others = new Set(matches.map(({ mistake }) => mistake.name))
  others.delete(first.mistake.name)
  const { name, summary, remedy } = first.mistake
  return {
    mistake: name,
    summary,
    remedy,
    detail: first.variant.detail,
    receivedBaseString: first.baseString,
    indistinguishableFrom: others.size === 0 ? undefined : [...others],
  }
}

/** All variants of all mistakes that verify: more than one only where they produce the same bytes. */
function matching(
  evidence: SignatureEvidence,
  correct: readonly SigningPlan[],
  test: SignatureTest,
): readonly Tried[] | 'too-long' {
  const matches: Tried[] = []
  let searched = 0
  for (const mistake of signatureMistakes) {
    for (const variant of correct.flatMap((plan) => mistake.variants(plan, evidence))) {
      if (searched > longestSearch) return matches.length > 0 ? matches : 'too-long'
      const baseString = baseStringOf(variant.plan)
      searched += baseString.length
      if (!test(variant.plan.proof, variant.plan.prefix + baseString)) continue
      matches.push({ mistake, variant, baseString })
      break
    }
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
