import { baseStringUri } from '@ibkr-auth/oauth1-signing'
import type { SignatureEvidence, StrictForm } from './evidence.ts'
import type { Proof } from './proof.ts'
import { type Pair, rfc5849Encoding, type SigningPlan } from './signing-plan.ts'

/** The correct ways to sign a request: one for each treatment of the query and each key in force. */
export function strictPlans(evidence: SignatureEvidence): readonly SigningPlan[] {
  return proofs(evidence).flatMap((proof) =>
    evidence.strictForms.map((form) => ({
      ...rfc5849Encoding,
      method: evidence.method.toUpperCase(),
      uri: baseStringUri(evidence.url),
      parameters: strictParameters(evidence, form),
      prefix: prefixOf(evidence),
      proof,
    })),
  )
}

function strictParameters(evidence: SignatureEvidence, form: StrictForm): readonly Pair[] {
  const signedQuery = form === 'rfc5849' ? evidence.queryParameters : []
  return [...evidence.protocolParameters, ...signedQuery, ...(evidence.formParameters ?? [])]
}

function proofs({ knowledge }: SignatureEvidence): readonly Proof[] {
  if (knowledge.kind === 'rsa-sha256') return [{ kind: 'rsa-sha256', publicKey: knowledge.signingKey }]
  return knowledge.keys.map((key) => ({ kind: 'hmac-sha256', key }))
}

function prefixOf({ knowledge }: SignatureEvidence): string {
  if (knowledge.kind !== 'rsa-sha256' || knowledge.accessTokenSecret === undefined) return ''
  return Buffer.from(knowledge.accessTokenSecret).toString('hex')
}
