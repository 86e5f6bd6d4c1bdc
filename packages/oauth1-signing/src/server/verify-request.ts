import { settle, thenOf } from '@ibkr-auth/internal/settle'
import { decodePair } from '../base-string/form.ts'
import { type QuerySigning, treatmentNamed } from '../base-string/query-signing.ts'
import type { ParametersIn } from '../message.ts'
import { findMatch, type Match, readRecord, type Steps } from './check-signature.ts'
import { type Claim, type Claims, readClaim } from './claims.ts'
import { readNonceUse } from './nonce.ts'
import type { ReceivedRequest } from './received-request.ts'
import { type Refusal, refusal, serverFault } from './refusal.ts'
import { type KeyRecord, readOptions, type VerifyOptions } from './verify-options.ts'

/** A name with its value, decoded. */
export type RequestParameter = readonly [name: string, value: string]

/** A request whose signature is right and whose nonce was not used before. */
export interface VerifiedRequest<Found extends KeyRecord = KeyRecord> {
  readonly ok: true
  readonly consumerKey: string
  readonly token: string | undefined
  readonly realm: string | undefined
  readonly signatureMethod: string
  /** Where the protocol parameters travelled. */
  readonly parametersIn: ParametersIn
  /** The first of the accepted ways in which the signature is right. Without a query all are the same. */
  readonly querySigning: QuerySigning
  /** Decoded, the signature among them. */
  readonly protocolParameters: ReadonlyMap<string, string>
  /** Query parameters and form fields that the signature covers, decoded; protocol parameters not among them. */
  readonly requestParameters: readonly RequestParameter[]
  /**
   * Those that it leaves out, by the way of signing in `querySigning`: anyone between client and server could have
   * changed them. A body that is no form in type and encoding is never covered and stands in neither list.
   */
  readonly unsignedParameters: readonly RequestParameter[]
  /** Without the prefix. */
  readonly signatureBaseString: string
  /** What `findKey` returned. */
  readonly record: Found
}

/** Tell the two apart by `ok`. */
export type VerificationResult<Found extends KeyRecord = KeyRecord> = VerifiedRequest<Found> | Refusal

/**
 * Verifies a signed request: form, key, method, timestamp, signature, and at last the nonce. The signature
 * method is the key's, never the request's; a nonce is recorded only after a good signature; nothing is put together
 * for a signature before there is a key.
 *
 * No request, no option and no answer of a callback makes it throw: the server's own mistakes are refusals with the
 * code `ERR_OAUTH1_SERVER_FAULT`. It rejects only with what `findKey`, the nonce store, the clock or a key throw by
 * themselves.
 *
 * A stranger who knows a consumer key, which is no secret, makes it put a base string together and take its MAC: some
 * milliseconds for the longest form that is read. Bound that by `maximumFormLength` and a limit on refusals by address.
 *
 * @see RFC 5849 3.2, 3.3
 */
export async function verifyRequest<Found extends KeyRecord>(
  request: ReceivedRequest,
  options: VerifyOptions<Found>,
): Promise<VerificationResult<Found>> {
  const steps = verification(request, options)
  let step = steps.next()
  while (step.done !== true) {
    const { of, answer } = step.value
    const settled = await settle(answer)
    if (!settled.ok) return serverFault(`${of} answered with something that cannot be read`)
    step = steps.next(settled.value)
  }
  return step.value
}

/**
 * `verifyRequest` where nothing has to be waited for: `findKey`, the nonce store and the key all answer at once. One
 * that answers with a promise, or anything else that has a `then`, is refused with `ERR_OAUTH1_SERVER_FAULT`.
 *
 * @see RFC 5849 3.2, 3.3
 */
export function verifyRequestSync<Found extends KeyRecord>(
  request: ReceivedRequest,
  options: VerifyOptions<Found>,
): VerificationResult<Found> {
  const steps = verification(request, options)
  let step = steps.next()
  while (step.done !== true) {
    const { of, answer } = step.value
    const promise = thenOf(answer)
    if (!promise.ok || promise.subscribe !== undefined) {
      // Nobody waits for it, so its failure must not count as one that nobody handles.
      settle(answer).catch(() => undefined)
      return serverFault(`${of} answered with a promise; use verifyRequest`)
    }
    step = steps.next(answer)
  }
  return step.value
}

/** The steps of a verification, written once for callers that wait and callers that do not. */
function* verification<Found extends KeyRecord>(
  received: ReceivedRequest,
  options: VerifyOptions<Found>,
): Steps<VerificationResult<Found>> {
  const settings = readOptions(options)
  if ('ok' in settings) return settings
  const { nowMs, toleranceSeconds, maximumParameters } = settings
  const claim = readClaim(received, settings.limits, settings.allowUnquotedRealm)
  if (!claim.ok) return claim
  const answer = yield { of: 'findKey', answer: settings.findKey(claimsOf(claim)) }
  const found = readRecord(answer)
  if ('ok' in found) return found
  const { method } = found
  if (claim.signatureMethod !== method) return methodRejected(method)
  // RFC 5849 3.2: nonce and timestamp mean nothing where the signature is the secret itself.
  const use = method === 'PLAINTEXT' ? undefined : readNonceUse(claim, nowMs, toleranceSeconds)
  if (use !== undefined && 'ok' in use) return use
  const match = yield* findMatch(claim, found, settings.querySigning, maximumParameters)
  if ('ok' in match) return match
  if (use !== undefined) {
    const outcome = yield { of: 'nonceStore.record', answer: settings.record(use, nowMs) }
    if (outcome !== 'new') return nonceRefused(outcome)
  }
  return verified(claim, answer as Found, method, match)
}

function claimsOf({ consumerKey, token, protocolParameters }: Claim): Claims {
  return { consumerKey, token, protocolParameters }
}

function verified<Found extends KeyRecord>(
  claim: Claim,
  record: Found,
  signatureMethod: string,
  { querySigning, parameters, signatureBaseString }: Match,
): VerifiedRequest<Found> {
  const { consumerKey, token, protocolParameters } = claim
  const { parametersIn, realm } = claim.request
  const treatment = treatmentNamed(querySigning)
  const places = [
    { place: treatment.query, pairs: parameters.query },
    { place: treatment.form, pairs: parameters.form },
  ]
  const parametersThat = (place: string): RequestParameter[] =>
    places.flatMap((one) => (one.place === place ? one.pairs.map(decodePair) : []))
  return {
    ok: true,
    consumerKey,
    token,
    realm,
    signatureMethod,
    parametersIn,
    querySigning,
    protocolParameters,
    requestParameters: parametersThat('signed'),
    unsignedParameters: parametersThat('left out'),
    signatureBaseString,
    record,
  }
}

function methodRejected(method: string): Refusal {
  const parameter = 'oauth_signature_method'
  const message = `${parameter} must be ${method} for this key`
  return refusal('ERR_OAUTH1_SIGNATURE_METHOD_REJECTED', message, { parameter })
}

function nonceRefused(outcome: unknown): Refusal {
  if (outcome === 'full') {
    return refusal('ERR_OAUTH1_NONCE_STORE_FULL', 'The server cannot remember more nonces; try again later')
  }
  if (outcome !== 'seen') return serverFault('nonceStore.record must answer "new", "seen" or "full"')
  return refusal(
    'ERR_OAUTH1_NONCE_REPLAYED',
    'oauth_nonce was used before; send a fresh one with each request',
    { parameter: 'oauth_nonce' },
  )
}
