import { baseStringUri } from '@ibkr-auth/oauth1-signing'
import { rfc3986 } from './encoders.ts'
import type { Proof } from './signature-test.ts'
import type { Pair, SignatureEvidence, SigningPlan, StrictForm } from './types.ts'

/** The parts of a plan that RFC 5849 fixes. */
export const rfc5849Encoding: Pick<SigningPlan, 'order' | 'encodePart' | 'encodeUri' | 'encodeParameters'> = {
  order: 'encoded',
  encodePart: rfc3986,
  encodeUri: rfc3986,
  encodeParameters: rfc3986,
}

/** The signature base string of a plan, without its prefix. */
export function baseStringOf(plan: SigningPlan): string {
  const parameters = plan.encodeParameters(joined(plan))
  return `${plan.method}&${plan.encodeUri(plan.uri)}&${parameters}`
}

function joined(plan: SigningPlan): string {
  const encoded = plan.parameters.map(
    ([name, value]): Pair => [plan.encodePart(name), plan.encodePart(value)],
  )
  if (plan.order === 'encoded') encoded.sort(byNameThenValue)
  const parts = encoded.map(([name, value]) => `${name}=${value}`)
  if (plan.order === 'joined') parts.sort()
  return parts.join('&')
}

/** Code units order encoded text as bytes do: it is ASCII. */
function byNameThenValue(a: Pair, b: Pair): number {
  return compare(a[0], b[0]) || compare(a[1], b[1])
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

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
