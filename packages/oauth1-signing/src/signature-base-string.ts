import { splitSentUrl, type UrlLike } from './base-string-uri.ts'
import { type EncodedParameter, encodeParameters, sortParameters } from './encoded-parameter.ts'
import { appendFormPairs } from './form-encoding.ts'
import { type HeadersLike, isFormContent } from './headers.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { parameterString } from './parameter-string.ts'
import { percentEncode } from './percent-encode.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'

/** A request to be signed. The body counts only if its Content-Type is `application/x-www-form-urlencoded`. */
export interface RequestToSign {
  /** HTTP method; upper-cased in the signature base string. */
  readonly method: string
  /** Absolute http or https URL, as given to the client that sends it. */
  readonly url: UrlLike
  readonly headers?: HeadersLike | undefined
  /** The body as text. */
  readonly body?: string | undefined
}

/** The parts of a request that the signature base string is made of, still as on the wire. */
export interface BaseStringSource {
  /** Upper-cased and percent-encoded. */
  readonly encodedMethod: string
  /** The base string URI, percent-encoded. */
  readonly encodedUri: string
  readonly query: string
  readonly form: string
}

/**
 * The signature base string of a request.
 *
 * @param request - The request as it will be sent.
 * @param protocolParameters - Decoded `oauth_*` (and service-specific) parameters; `realm` and
 *   `oauth_signature` are left out of the string.
 * @param options.querySigning - Default `"rfc5849"`.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_URL`, `ERR_OAUTH1_INVALID_INPUT` (method),
 *   `ERR_OAUTH1_LONE_SURROGATE`, `ERR_OAUTH1_DUPLICATE_PARAMETER`.
 * @see RFC 5849 3.4.1.1
 */
export function signatureBaseString(
  request: RequestToSign,
  protocolParameters: Readonly<Record<string, string>>,
  options: { readonly querySigning?: RecognizedQuerySigning | undefined } = {},
): string {
  const parameters = encodeParameters(Object.entries(protocolParameters))
  return buildBaseString(baseStringSource(request), signedParameters(parameters), options.querySigning)
}

/** What of the protocol parameters enters the signature base string, sorted (RFC 5849 3.4.1.3.1). */
export function signedParameters(parameters: readonly EncodedParameter[]): EncodedParameter[] {
  return sortParameters(parameters.filter(({ name }) => name !== 'realm' && name !== 'oauth_signature'))
}

export function baseStringSource(request: RequestToSign): BaseStringSource {
  const { encodedUri, query } = splitSentUrl(request.url)
  const { body } = request
  const form = body !== undefined && isFormContent(request.headers) ? body : ''
  return { encodedMethod: encodeMethod(request.method), encodedUri, query, form }
}

const methodToken = /^[\w!#$%&'*+\-.^`|~]+$/

export function encodeMethod(method: string): string {
  if (method === 'GET' || method === 'POST') return method
  if (!methodToken.test(method)) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'method must be an HTTP method such as GET')
  }
  return percentEncode(method.toUpperCase())
}

/** Protocol parameters as `signedParameters` gives them. */
export function buildBaseString(
  source: BaseStringSource,
  protocolParameters: readonly EncodedParameter[],
  querySigning: RecognizedQuerySigning = 'rfc5849',
): string {
  const requestParameters = readRequestParameters(source, protocolParameters, querySigning)
  const { encodedMethod, encodedUri, query } = source
  const uri = querySigning === 'url' && query !== '' ? `${encodedUri}%3F${percentEncode(query)}` : encodedUri
  const parameters = parameterString(protocolParameters, requestParameters, querySigning)
  // This encoder is used for the parameters alone; the others rewrite the finished text.
  if (querySigning === 'raw-slash') return `${encodedMethod}&${uri}&${parameters.replaceAll('%2F', '/')}`
  return respell(`${encodedMethod}&${uri}&${parameters}`, querySigning)
}

function respell(baseString: string, querySigning: RecognizedQuerySigning): string {
  switch (querySigning) {
    case 'guide':
      return baseString.replace(/%25(7C|2C|3A)/g, '%$1')
    case 'raw-plus':
      return baseString.replace(/%2[01789A]/g, (escaped) => respelled[escaped] ?? escaped)
    default:
      return baseString
  }
}

const respelled: Readonly<Record<string, string>> = {
  '%20': '+',
  '%21': '!',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
}

/** The request's own parameters that are to be signed; duplicates of protocol parameters are refused. */
function readRequestParameters(
  { query, form }: BaseStringSource,
  protocolParameters: readonly EncodedParameter[],
  querySigning: RecognizedQuerySigning,
): EncodedParameter[] {
  if (query === '' && form === '') return []
  const parameters: EncodedParameter[] = []
  appendFormPairs(query, parameters)
  const fromQuery = parameters.length
  appendFormPairs(form, parameters)
  refuseDuplicates(parameters, protocolParameters)
  if (querySigning === 'omit' || querySigning === 'url') return []
  if (querySigning.startsWith('raw')) parameters.length = fromQuery
  return parameters
}

/** Each protocol parameter, and each other `oauth_` name, at most once in the whole request (RFC 5849 3.1). */
function refuseDuplicates(
  requestParameters: readonly EncodedParameter[],
  protocolParameters: readonly EncodedParameter[],
): void {
  const seen = new Set(protocolParameters.map(({ name }) => name))
  seen.add('oauth_signature')
  for (const { name } of requestParameters) {
    if (seen.has(name)) throw duplicate(name)
    if (name.startsWith('oauth_')) seen.add(name)
  }
}

function duplicate(name: string): OAuth1Error {
  return new OAuth1Error(
    'ERR_OAUTH1_DUPLICATE_PARAMETER',
    `${name.slice(0, 64)} must appear once in a request, in one of header, query and body`,
  )
}
