import { type HeadersLike, header, isFormContent } from '@ibkr-auth/internal/message'
import { invalidInput, OAuth1Error, requireObject } from '../errors.ts'
import type { RequestToSign, SearchParamsLike } from '../message.ts'
import { appendFormPairs, isFormEncoded } from './form.ts'
import { type EncodedParameter, encodeParameters, sortParameters } from './parameters.ts'
import { percentEncode } from './percent-encode.ts'
import { finishBaseString, type QuerySigning, treatmentNamed } from './query-signing.ts'
import { splitSentUrl } from './uri.ts'

/** The parts of a request that the signature base string is made of. */
export interface BaseStringSource {
  /** Upper-cased and percent-encoded. */
  readonly encodedMethod: string
  /** The base string URI, percent-encoded. */
  readonly encodedUri: string
  /** As on the wire. */
  readonly query: string
  /** As on the wire; empty where the body is none that is signed. */
  readonly form: string
}

/**
 * The signature base string of a request.
 *
 * @param request - The request as it will be sent, without its protocol parameters.
 * @param protocolParameters - Decoded `oauth_*` (and service-specific) parameters; `realm` and
 *   `oauth_signature` are left out of the string.
 * @param options.querySigning - Default `"rfc5849"`.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_URL`, `ERR_OAUTH1_INVALID_INPUT`, `ERR_OAUTH1_LONE_SURROGATE`;
 *   `ERR_OAUTH1_DUPLICATE_PARAMETER` if the query or form has an `oauth_` parameter.
 * @see RFC 5849 3.4.1.1
 */
export function signatureBaseString(
  request: RequestToSign,
  protocolParameters: Readonly<Record<string, string>>,
  options: { readonly querySigning?: QuerySigning | undefined } = {},
): string {
  requireObject('options', options)
  const parameters = encodeParameters(
    'protocolParameters',
    entriesOf('protocolParameters', protocolParameters),
  )
  return buildBaseString(baseStringSource(request), signedParameters(parameters), options.querySigning)
}

/** Members of a plain record; a `Map` or list has none, and would be lost without a word. */
export function entriesOf(name: string, record: Readonly<Record<string, string>>): [string, string][] {
  requireObject(name, record)
  if (Symbol.iterator in record) throw invalidInput(`${name} must be a plain record, not a list or Map`)
  return Object.entries(record)
}

/** What of the protocol parameters enters the signature base string, sorted (RFC 5849 3.4.1.3.1). */
export function signedParameters(parameters: readonly EncodedParameter[]): EncodedParameter[] {
  return sortParameters(parameters.filter(({ name }) => name !== 'realm' && name !== 'oauth_signature'))
}

export function baseStringSource(request: RequestToSign): BaseStringSource {
  requireObject('request', request)
  const { method, url, headers, body } = request
  const { encodedUri, query } = splitSentUrl(url)
  const form = body === undefined ? '' : signedForm(headers, body)
  return { encodedMethod: encodeMethod(method), encodedUri, query, form }
}

/** The body as far as it is signed (RFC 5849 3.4.1.3.1): empty unless it is a form in type and in fact. */
function signedForm(headers: HeadersLike | undefined, body: unknown): string {
  if (Array.isArray(headers)) throw invalidInput('request.headers must be a record or Headers, not a list')
  const isParams = typeof body !== 'string' && isSearchParams(body)
  // Clients such as fetch add the type to URLSearchParams that go without one.
  const isForm = isFormContent(headers) || (isParams && header(headers, 'content-type') === undefined)
  if (!isForm) return ''
  const text = isParams ? body.toString() : body
  if (typeof text !== 'string') {
    throw invalidInput(
      'request.body of a form must be a string or URLSearchParams; leave it out where there is none',
    )
  }
  return isFormEncoded(text) ? text : ''
}

export function isSearchParams(body: unknown): body is SearchParamsLike {
  return Object.prototype.toString.call(body) === '[object URLSearchParams]'
}

const methodToken = /^[\w!#$%&'*+\-.^`|~]+$/

export function encodeMethod(method: string): string {
  if (method === 'GET' || method === 'POST') return method
  if (typeof method !== 'string' || !methodToken.test(method)) {
    throw invalidInput('method must be an HTTP method such as GET')
  }
  return percentEncode(method.toUpperCase())
}

/** Protocol parameters as `signedParameters` gives them. */
export function buildBaseString(
  source: BaseStringSource,
  protocolParameters: EncodedParameter[],
  querySigning: QuerySigning = 'rfc5849',
): string {
  const treatment = treatmentNamed(querySigning)
  const { encodedMethod, encodedUri, query, form } = source
  let parameters = protocolParameters
  if (query !== '' || form !== '') {
    const queryPairs = pairsOf(query)
    const formPairs = pairsOf(form)
    refuseSecondPlace([...queryPairs, ...formPairs], protocolParameters)
    parameters = [
      ...protocolParameters,
      ...(treatment.query === 'signed' ? queryPairs : []),
      ...(treatment.form === 'signed' ? formPairs : []),
    ]
  }
  return finishBaseString(`${encodedMethod}&${encodedUri}&`, parameters, treatment)
}

function pairsOf(text: string): EncodedParameter[] {
  const pairs: EncodedParameter[] = []
  appendFormPairs(text, pairs)
  return pairs
}

/**
 * Protocol parameters, and all others whose names start with `oauth_`, belong in one place (RFC 5849 3.5), and that is
 * not the request's own query or form: those are what is left once they have been taken out.
 */
function refuseSecondPlace(
  requestParameters: readonly EncodedParameter[],
  protocolParameters: readonly EncodedParameter[],
): void {
  const others = protocolParameters.filter(({ name }) => !name.startsWith('oauth_'))
  for (const { name } of requestParameters) {
    if (name.startsWith('oauth_') || others.some((other) => other.name === name)) {
      throw new OAuth1Error(
        'ERR_OAUTH1_DUPLICATE_PARAMETER',
        `${name.slice(0, 64)} must appear once in a request; a client hands it over in protocolParameters alone`,
      )
    }
  }
}
