import { isOAuth1Error } from '../errors.ts'
import {
  type LengthLimits,
  type ReadRequest,
  type ReceivedRequest,
  readRequest,
  TooLarge,
} from './received-request.ts'
import { absent, type Refusal, refusal, rejected } from './refusal.ts'

/** What a request claims before it is verified. */
export interface Claims {
  readonly consumerKey: string
  /** `oauth_token`; undefined where the request carries none. */
  readonly token: string | undefined
  /** All protocol parameters, decoded. The method they name is a claim too: never choose a key by it. */
  readonly protocolParameters: ReadonlyMap<string, string>
}

/** Claims with what is needed to check them. */
export interface Claim extends Claims {
  readonly ok: true
  readonly signatureMethod: string
  readonly signature: string
  readonly request: ReadRequest
}

/** Reads the claims of a request, or says why there are none to check. */
export function readClaim(
  received: ReceivedRequest,
  limits: LengthLimits,
  allowUnquotedRealm: boolean,
): Claim | Refusal {
  try {
    const request = readRequest(received, limits, allowUnquotedRealm)
    if (request === undefined) {
      return refusal('ERR_OAUTH1_NOT_SIGNED', 'The request has no OAuth parameters; sign it')
    }
    return request instanceof TooLarge ? tooLarge(request) : claimOf(request)
  } catch (error) {
    return refusalFor(error)
  }
}

function tooLarge({ what, limit }: TooLarge): Refusal {
  return refusal('ERR_OAUTH1_TOO_LARGE', `The ${what} is longer than ${limit}; send less`)
}

/** What this package throws at a caller is, on a server, the client's mistake; so is a request that throws when read. */
export function refusalFor(error: unknown): Refusal {
  if (!isOAuth1Error(error)) return refusal('ERR_OAUTH1_MALFORMED_REQUEST', 'The request cannot be read')
  const isDuplicate = error.code === 'ERR_OAUTH1_DUPLICATE_PARAMETER'
  return refusal(isDuplicate ? error.code : 'ERR_OAUTH1_MALFORMED_REQUEST', error.message)
}

/** Far beyond what services give out, and short enough to be remembered with each nonce. */
const longestIdentifier = 4096

function claimOf(request: ReadRequest): Claim | Refusal {
  const { parameters: protocolParameters } = request
  const consumerKey = protocolParameters.get('oauth_consumer_key')
  const signatureMethod = protocolParameters.get('oauth_signature_method')
  const signature = protocolParameters.get('oauth_signature')
  const token = protocolParameters.get('oauth_token')
  if (!consumerKey) return absent('oauth_consumer_key')
  if (!signatureMethod) return absent('oauth_signature_method')
  if (!signature) return absent('oauth_signature')
  if ((protocolParameters.get('oauth_version') ?? '1.0') !== '1.0') {
    return rejected('oauth_version', 'must be 1.0 or absent')
  }
  if (consumerKey.length > longestIdentifier) return tooLong('oauth_consumer_key')
  if (token !== undefined && token.length > longestIdentifier) return tooLong('oauth_token')
  return { ok: true, consumerKey, token, protocolParameters, signatureMethod, signature, request }
}

function tooLong(parameter: string): Refusal {
  return rejected(parameter, `is longer than ${longestIdentifier} characters`)
}
