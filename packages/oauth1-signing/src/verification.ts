import { equalText } from '#primitives'
import { type Candidate, type Claim, candidateOf, expected, readClaim } from './claim.ts'
import { parseForm } from './form-encoding.ts'
import type { NonceOutcome } from './nonce-store.ts'
import { readNonceUse } from './nonce-use.ts'
import type { ReceivedRequest } from './received-request.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { KeyRecord, VerificationResult, VerifiedRequest, VerifyOptions } from './verify-options.ts'

/** Yields whatever may be a promise and expects its value back. */
type Steps<Result> = Generator<unknown, Result, unknown>

/** The steps of a verification, written once for callers that wait and callers that do not. */
export function* verification<Found extends KeyRecord>(
  received: ReceivedRequest,
  options: VerifyOptions<Found>,
): Steps<VerificationResult<Found>> {
  const nowMs = (options.now ?? Date.now)()
  const claim = readClaim(received, options)
  if (!claim.ok) return claim
  const record = (yield options.lookupKey(claim)) as Found | undefined
  if (record === undefined) return unknownCredentials(claim)
  if (claim.protocolParameters.get('oauth_signature_method') !== record.key.method) {
    return methodRejected(claim, record)
  }
  // RFC 5849 3.2: nonce and timestamp mean nothing where the signature is the secret itself.
  const use =
    record.key.method === 'PLAINTEXT'
      ? undefined
      : readNonceUse(claim, nowMs, options.timestampWindowSeconds ?? 300)
  if (use !== undefined && 'ok' in use) return use
  const match = yield* findMatch(claim, record)
  if (match === undefined) return signatureMismatch(claim)
  if (use !== undefined) {
    const outcome = (yield options.nonceStore.record(use, nowMs)) as NonceOutcome
    if (outcome !== 'recorded') return nonceRefused(claim, outcome)
  }
  return verified(claim, record, match)
}

function* findMatch(claim: Claim, record: KeyRecord): Steps<Candidate | undefined> {
  if ((yield isRight(claim, record, claim.first)) as boolean) return claim.first
  const tried = [claim.first.signatureBaseString]
  for (const way of claim.otherWays) {
    const candidate = candidateOf(claim.request, way)
    if (tried.includes(candidate.signatureBaseString)) continue
    tried.push(candidate.signatureBaseString)
    if ((yield isRight(claim, record, candidate)) as boolean) return candidate
  }
  return undefined
}

function isRight(
  claim: Claim,
  { key, prefix = '' }: KeyRecord,
  { signatureBaseString }: Candidate,
): boolean | Promise<boolean> {
  const signature = claim.protocolParameters.get('oauth_signature') ?? ''
  const text = prefix + signatureBaseString
  if ('verify' in key) return key.verify(text, signature)
  const made = key.sign(text)
  return typeof made === 'string'
    ? equalText(made, signature)
    : made.then((late) => equalText(late, signature))
}

function verified<Found extends KeyRecord>(
  claim: Claim,
  record: Found,
  match: Candidate,
): VerifiedRequest<Found> {
  const { source, parametersIn, realm } = claim.request
  // Named one by one: spreading objects would take longer than comparing the signature.
  return {
    ok: true,
    consumerKey: claim.consumerKey,
    token: claim.token,
    realm,
    signatureMethod: record.key.method,
    parametersIn,
    querySigning: match.querySigning,
    protocolParameters: claim.protocolParameters,
    requestParameters: [...parseForm(source.query), ...parseForm(source.form)],
    signatureBaseString: match.signatureBaseString,
    record,
  }
}

function unknownCredentials(claim: Claim): Refusal {
  return refusal(
    'ERR_OAUTH1_UNKNOWN_CREDENTIALS',
    'There is no key for this oauth_consumer_key and oauth_token; check both',
    expected(claim),
  )
}

function methodRejected(claim: Claim, record: KeyRecord): Refusal {
  return refusal(
    'ERR_OAUTH1_SIGNATURE_METHOD_REJECTED',
    `oauth_signature_method must be ${record.key.method} for this key`,
    { parameter: 'oauth_signature_method', ...expected(claim) },
  )
}

function signatureMismatch(claim: Claim): Refusal {
  return refusal(
    'ERR_OAUTH1_SIGNATURE_MISMATCH',
    'oauth_signature is not right; compare the signature base string with the expected one, then the key',
    { parameter: 'oauth_signature', ...expected(claim) },
  )
}

function nonceRefused(claim: Claim, outcome: 'replayed' | 'full'): Refusal {
  return outcome === 'full'
    ? refusal('ERR_OAUTH1_NONCE_STORE_FULL', 'The server cannot remember more nonces; try again later')
    : refusal(
        'ERR_OAUTH1_NONCE_REPLAYED',
        'oauth_nonce was used before; send a fresh one with each request',
        {
          parameter: 'oauth_nonce',
          ...expected(claim),
        },
      )
}
