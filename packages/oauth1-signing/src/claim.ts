import { encodeParameters } from './encoded-parameter.ts'
import { isOAuth1Error } from './oauth1-error.ts'
import { plainReceivedBaseString } from './plain-received-base-string.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'
import { lengthOf, type ReadRequest, type ReceivedRequest, readRequest } from './received-request.ts'
import { buildRecognizedBaseString, requireRecognized } from './recognized-base-string.ts'
import { type Refusal, refusal } from './refusal.ts'
import { signedParameters } from './signature-base-string.ts'

/** What a request claims before it is verified. */
export interface Claims {
  readonly consumerKey: string
  /** `oauth_token`; undefined where the request carries none. */
  readonly token: string | undefined
  /** All protocol parameters, decoded. The method they name is a claim too: never choose a key by it. */
  readonly protocolParameters: ReadonlyMap<string, string>
}

/** One way in which the signature could have been made. */
export interface Candidate {
  readonly querySigning: RecognizedQuerySigning
  readonly signatureBaseString: string
}

/** Claims with what is needed to check them. */
export interface Claim extends Claims {
  readonly ok: true
  readonly request: ReadRequest
  readonly first: Candidate
  /** Made into candidates only where the first is not right. */
  readonly otherWays: readonly RecognizedQuerySigning[]
}

interface ReadOptions {
  readonly querySigning?: readonly RecognizedQuerySigning[] | undefined
  readonly allowUnquotedRealm?: boolean | undefined
  readonly maximumLength?: number | undefined
}

/** Reads the claims of a request, or says why there are none to check. */
export function readClaim(received: ReceivedRequest, options: ReadOptions): Claim | Refusal {
  const { maximumLength = 1_048_576 } = options
  if (!(lengthOf(received) <= maximumLength)) {
    return refusal('ERR_OAUTH1_TOO_LARGE', `The request is longer than ${maximumLength}; send less`)
  }
  try {
    const request = readRequest(received, options)
    return request === undefined
      ? refusal('ERR_OAUTH1_NOT_SIGNED', 'The request has no OAuth parameters; sign it')
      : claimOf(request, options.querySigning)
  } catch (error) {
    // What this package throws at a caller is, on a server, the client's mistake.
    if (!isOAuth1Error(error)) throw error
    const isDuplicate = error.code === 'ERR_OAUTH1_DUPLICATE_PARAMETER'
    return refusal(isDuplicate ? error.code : 'ERR_OAUTH1_MALFORMED_REQUEST', error.message)
  }
}

const requiredParameters = ['oauth_consumer_key', 'oauth_signature_method', 'oauth_signature'] as const

function claimOf(
  request: ReadRequest,
  querySigning: readonly RecognizedQuerySigning[] = [],
): Claim | Refusal {
  const { protocolParameters } = request
  const [firstWay = 'rfc5849', ...otherWays] = querySigning
  for (const way of otherWays) requireRecognized(way)
  const claim = { first: candidateOf(request, firstWay) }
  for (const parameter of requiredParameters) {
    if (!protocolParameters.get(parameter)) return absent(parameter, claim)
  }
  if ((protocolParameters.get('oauth_version') ?? '1.0') !== '1.0') {
    return refusal('ERR_OAUTH1_PARAMETER_REJECTED', 'oauth_version must be 1.0 or absent', {
      parameter: 'oauth_version',
      ...expected(claim),
    })
  }
  const consumerKey = protocolParameters.get('oauth_consumer_key') ?? ''
  const token = protocolParameters.get('oauth_token')
  return { ok: true, consumerKey, token, protocolParameters, request, first: claim.first, otherWays }
}

export function absent(parameter: string, claim: Pick<Claim, 'first'>): Refusal {
  return refusal('ERR_OAUTH1_PARAMETER_ABSENT', `${parameter} is missing or empty; send it`, {
    parameter,
    ...expected(claim),
  })
}

/** What a refusal tells of the signature base string. */
export function expected({ first }: Pick<Claim, 'first'>): {
  readonly expectedSignatureBaseString: string
} {
  return { expectedSignatureBaseString: first.signatureBaseString }
}

/** The signature base string for one way of signing. */
export function candidateOf(request: ReadRequest, querySigning: RecognizedQuerySigning): Candidate {
  const signatureBaseString =
    plainReceivedBaseString(request, querySigning) ?? generalBaseString(request, querySigning)
  return { querySigning, signatureBaseString }
}

function generalBaseString(
  { source, protocolParameters, encodedParameters }: ReadRequest,
  querySigning: RecognizedQuerySigning,
): string {
  const signed = signedParameters(encodedParameters ?? encodeParameters(protocolParameters))
  return buildRecognizedBaseString(source, signed, querySigning)
}
