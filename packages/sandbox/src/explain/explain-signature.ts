import type { SignatureEvidence } from './evidence.ts'
import type { Explanation } from './explanation.ts'
import type { Finding } from './finding.ts'
import { maskSecrets } from './mask.ts'
import { signedDigest } from './proof.ts'
import { decodedSignature } from './signature-encodings.ts'
import { signatureMistake } from './signature-mistakes.ts'
import { baseStringOf, type SigningPlan } from './signing-plan.ts'
import { strictPlans } from './strict-plans.ts'
import { timeMistakes } from './time-mistakes.ts'

const unknown: Finding = {
  mistake: 'unknown',
  summary: 'No single known mistake accounts for this request.',
  remedy: 'Compare your signature base string with the expected one, character by character.',
}

/** Above this a search through all variants would take too long to be worth it. */
const longestText = 64 * 1024

/**
 * Explains the refusal of a signed request: a pure function of the evidence. Exactly one mistake is named;
 * two at once, or none that is known, give `unknown`.
 */
export function explainSignature(evidence: SignatureEvidence): Explanation {
  if (evidence.url.length + evidence.otherBody.length + formLength(evidence) > longestText) {
    return { ...unknown, detail: 'The request is too long to look for the mistake.' }
  }
  const correct = strictPlans(evidence)
  const signature = signatureMistake(evidence, correct)
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
    (prefix === '' ? '' : '[access token secret]') + maskSecrets(text, evidence.secrets)
  const plan = correct[0]
  const expected = plan === undefined ? undefined : show(baseStringOf(plan), plan.prefix)
  const { receivedBaseString: received, ...rest } = finding
  return {
    ...rest,
    ...(expected === undefined ? {} : { expectedBaseString: expected }),
    ...(received === undefined ? {} : { receivedBaseString: show(received, receivedPrefix(finding, plan)) }),
  }
}

function receivedPrefix({ mistake }: Finding, plan: SigningPlan | undefined): string {
  if (mistake === 'prefix-missing') return ''
  if (mistake === 'prefix-unexpected') return 'shown'
  return plan?.prefix ?? ''
}

function formLength({ formParameters = [] }: SignatureEvidence): number {
  return formParameters.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}
