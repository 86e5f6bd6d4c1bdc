import { type HeadersLike, header, isFormContent } from '@ibkr-auth/internal/message'
import { entriesOf, invalidInput, reading, requireObject } from '../checks.ts'
import type { RequestToSign, SearchParamsLike } from '../message.ts'
import { isFormEncoded } from './form.ts'
import { type EncodedParameter, encodeParameters, sortParameters } from './parameters.ts'
import { percentEncode } from './percent-encode.ts'
import { appendParameters, type QuerySigning, type Treatment, treatmentNamed } from './query-signing.ts'
import { parseParameters, type RequestParameters } from './request-parameters.ts'
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
  const { querySigning } = reading('options', () => ({ querySigning: options.querySigning }))
  return buildBaseString(baseStringSource(request), signedParameters(parameters), querySigning)
}

/** What of the protocol parameters enters the signature base string, sorted (RFC 5849 3.4.1.3.1). */
export function signedParameters(parameters: readonly EncodedParameter[]): EncodedParameter[] {
  return sortParameters(parameters.filter(({ name }) => name !== 'realm' && name !== 'oauth_signature'))
}

export function baseStringSource(request: RequestToSign): BaseStringSource {
  requireObject('request', request)
  return reading('request', () => {
    const { method, url, headers, body } = request
    const { encodedUri, query } = splitSentUrl(url)
    const form = body === undefined ? '' : signedForm(headers, body)
    return { encodedMethod: encodeMethod(method), encodedUri, query, form }
  })
}

/** The body as far as it is signed (RFC 5849 3.4.1.3.1): empty unless it is a form in type and in fact. */
function signedForm(headers: HeadersLike | undefined, body: unknown): string {
  requireNamed(headers ?? {})
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

/** A text, a list or a Map would be asked in vain for the Content-Type that a client such as fetch finds in it. */
function requireNamed(headers: object): void {
  requireObject('request.headers', headers)
  if (headers instanceof Map || (Symbol.iterator in headers && !('get' in headers)))
    throw invalidInput('request.headers must be a record or Headers')
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
  const text = unfinishedBaseString(source, parseParameters(source, protocolParameters), treatment)
  return treatment.finish === undefined ? text : treatment.finish(text)
}

/** The base strings of one request under one treatment after the other; what two have in common is put together once. */
export function baseStringsOf(
  source: BaseStringSource,
  parameters: RequestParameters,
): (querySigning: QuerySigning) => string {
  const unfinished = new Map<string, string>()
  return (querySigning) => {
    const treatment = treatmentNamed(querySigning)
    const { query, form, encode, order, finish } = treatment
    const kind = [query, form, encode, order].join()
    const text = unfinished.get(kind) ?? unfinishedBaseString(source, parameters, treatment)
    unfinished.set(kind, text)
    return finish === undefined ? text : finish(text)
  }
}

function unfinishedBaseString(
  { encodedMethod, encodedUri }: BaseStringSource,
  { query, form, protocol }: RequestParameters,
  treatment: Treatment,
): string {
  const start = `${encodedMethod}&${encodedUri}&`
  const isBare = query.length === 0 && form.length === 0
  // Before the protocol parameters, behind which few names belong: sorting then moves little.
  const parameters = isBare
    ? protocol
    : [
        ...(treatment.query === 'signed' ? query : []),
        ...(treatment.form === 'signed' ? form : []),
        ...protocol,
      ]
  return appendParameters(start, parameters, treatment)
}
