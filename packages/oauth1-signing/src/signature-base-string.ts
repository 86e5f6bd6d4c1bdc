import { splitSentUrl, type UrlLike } from './base-string-uri.ts'
import { forEachFormPair } from './form-encoding.ts'
import { type HeadersLike, isFormContent } from './headers.ts'
import { separator } from './normalize-parameters.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'
import { type EncodedParameter, encodeParameters } from './protocol-parameters.ts'
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
  readonly method: string
  readonly baseStringUri: string
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
  options: { readonly querySigning?: QuerySigning | undefined } = {},
): string {
  const parameters = encodeParameters(Object.entries(protocolParameters))
  return buildBaseString(baseStringSource(request), parameters, options.querySigning)
}

export function baseStringSource(request: RequestToSign): BaseStringSource {
  const { baseStringUri, query } = splitSentUrl(request.url)
  const { body, headers } = request
  const form = body !== undefined && isFormContent(headers) ? body : ''
  return { method: upperCaseMethod(request.method), baseStringUri, query, form }
}

const methodToken = /^[\w!#$%&'*+\-.^`|~]+$/

export function upperCaseMethod(method: string): string {
  if (method === 'GET' || method === 'POST') return method
  if (!methodToken.test(method)) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'method must be an HTTP method such as GET')
  }
  return method.toUpperCase()
}

/** Protocol parameters must be sorted by name and hold neither `realm` nor `oauth_signature`. */
export function buildBaseString(
  source: BaseStringSource,
  protocolParameters: readonly EncodedParameter[],
  querySigning: QuerySigning = 'rfc5849',
): string {
  const start = `${percentEncode(source.method)}&${percentEncode(source.baseStringUri)}&`
  refuseDuplicates(source, protocolParameters)
  switch (querySigning) {
    case 'rfc5849':
      return start + encodedTwice(protocolParameters, source.query, source.form)
    case 'guide':
      return (start + encodedTwice(protocolParameters, source.query, source.form)).replace(
        /%25(7C|2C|3A)/g,
        '%$1',
      )
    case 'omit':
      return start + encodedOnce(protocolParameters, '')
    case 'raw':
      return start + encodedOnce(protocolParameters, source.query)
    default:
      throw new OAuth1Error(
        'ERR_OAUTH1_INVALID_INPUT',
        'querySigning must be "rfc5849", "omit", "guide" or "raw"',
      )
  }
}

function encodedTwice(protocolParameters: readonly EncodedParameter[], query: string, form: string): string {
  const pairs = protocolParameters.map(({ name, value }) => name + separator + value)
  const add = (name: string, value: string): void => {
    pairs.push(name + separator + value)
  }
  forEachFormPair(query, add)
  forEachFormPair(form, add)
  return pairs.sort().join('&').replaceAll('%', '%25').replaceAll(separator, '%3D').replaceAll('&', '%26')
}

/** Joined raw and encoded as a whole, so that sorting takes place before encoding, not after. */
function encodedOnce(protocolParameters: readonly EncodedParameter[], query: string): string {
  const pairs = protocolParameters.map(({ name, value }) => ({ key: sortKey(name, value), name, value }))
  forEachFormPair(query, (name, value) => {
    pairs.push({ key: sortKey(name, value), name, value })
  })
  pairs.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return pairs.map(({ name, value }) => `${name}%3D${value}`).join('%26')
}

function sortKey(name: string, value: string): string {
  return `${bytesAsText(name)}\0${bytesAsText(value)}`
}

function bytesAsText(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Each protocol parameter, and each other `oauth_` name, at most once in the whole request (RFC 5849 3.1). */
function refuseDuplicates(source: BaseStringSource, protocolParameters: readonly EncodedParameter[]): void {
  if (source.query === '' && source.form === '') return
  const seen = new Set(protocolParameters.map(({ name }) => name))
  seen.add('oauth_signature')
  const check = (name: string): void => {
    if (seen.has(name)) throw duplicate(name)
    if (name.startsWith('oauth_')) seen.add(name)
  }
  forEachFormPair(source.query, check)
  forEachFormPair(source.form, check)
}

function duplicate(name: string): OAuth1Error {
  return new OAuth1Error(
    'ERR_OAUTH1_DUPLICATE_PARAMETER',
    `${name} must appear once in a request, in one of header, query and body`,
  )
}
