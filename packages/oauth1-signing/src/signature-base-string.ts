import { splitSentUrl, type UrlLike } from './base-string-uri.ts'
import { type EncodedParameter, sortParameters } from './encoded-parameter.ts'
import { appendFormPairs } from './form-encoding.ts'
import { type HeadersLike, isFormContent } from './headers.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { parameterString } from './parameter-string.ts'
import { percentEncode } from './percent-encode.ts'
import type { QuerySigning } from './query-signing.ts'

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
  querySigning: QuerySigning = 'rfc5849',
): string {
  const requestParameters = readRequestParameters(source, protocolParameters, querySigning)
  const parameters = parameterString([...protocolParameters, ...requestParameters], querySigning)
  const baseString = `${source.encodedMethod}&${source.encodedUri}&${parameters}`
  // The guide rewrites these marks in the finished text, wherever they stand.
  return querySigning === 'guide' ? baseString.replace(/%25(7C|2C|3A)/g, '%$1') : baseString
}

/** The request's own parameters that are to be signed; duplicates of protocol parameters are refused. */
function readRequestParameters(
  { query, form }: BaseStringSource,
  protocolParameters: readonly EncodedParameter[],
  querySigning: QuerySigning,
): EncodedParameter[] {
  const parameters: EncodedParameter[] = []
  appendFormPairs(query, parameters)
  const fromQuery = parameters.length
  appendFormPairs(form, parameters)
  refuseDuplicates(parameters, protocolParameters)
  if (querySigning === 'omit') return []
  if (querySigning === 'raw') parameters.length = fromQuery
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
