import type { UrlLike } from './base-string-uri.ts'
import type { EncodedParameter } from './encoded-parameter.ts'
import { decodeComponent } from './form-encoding.ts'
import { type HeadersLike, headerValues, isFormContent, isJsonContent } from './headers.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { hasOAuthScheme, parseAuthorizationHeader } from './parse-authorization-header.ts'
import { fromForm, fromJson } from './received-parameters.ts'
import { splitReceivedUrl } from './received-url.ts'
import type { ParametersIn } from './sign-request.ts'
import { type BaseStringSource, encodeMethod } from './signature-base-string.ts'

/** A request as a server received it. */
export interface ReceivedRequest {
  readonly method: string
  /** Absolute URL as the client saw it: scheme, the Host header, and the request target byte for byte. */
  readonly url: UrlLike
  readonly headers: HeadersLike
  readonly body?: string | Uint8Array | undefined
}

/** What stands in a received request, before anything in it is checked. */
export interface ReadRequest {
  /** The request without its protocol parameters, wherever they travelled. */
  readonly source: BaseStringSource
  readonly parametersIn: ParametersIn
  readonly realm: string | undefined
  /** Decoded, the signature among them. */
  readonly protocolParameters: ReadonlyMap<string, string>
  /** The same as sent. Undefined for a header, whose parameters always decode, so that nothing is lost there. */
  readonly encodedParameters: readonly EncodedParameter[] | undefined
}

/**
 * Finds the protocol parameters of a request and takes it apart. Undefined if there are none.
 *
 * @throws {OAuth1Error} for what cannot be read; the caller makes a refusal of it.
 */
export function readRequest(
  request: ReceivedRequest,
  options: { readonly allowUnquotedRealm?: boolean | undefined },
): ReadRequest | undefined {
  const { encodedUri, query } = splitReceivedUrl(hrefOf(request.url))
  const { headers, body = '' } = request
  const form = isFormContent(headers) ? formText(body) : ''
  const source = { encodedMethod: encodeMethod(request.method), encodedUri, query, form }
  const authorization = authorizationHeader(headers)
  if (authorization !== undefined) {
    const { realm, parameters } = parseAuthorizationHeader(authorization, options)
    return {
      source,
      parametersIn: 'header',
      realm,
      protocolParameters: parameters,
      encodedParameters: undefined,
    }
  }
  const inForm = fromForm(form)
  if (inForm !== undefined) return found({ ...source, form: inForm.rest }, 'body', inForm.parameters)
  const inQuery = fromForm(query)
  if (inQuery !== undefined) return found({ ...source, query: inQuery.rest }, 'query', inQuery.parameters)
  const inJson = isJsonContent(headers) ? fromJson(body) : undefined
  return inJson === undefined ? undefined : found(source, 'json', inJson)
}

/** The length that `maximumLength` limits: what the client can make long. */
export function lengthOf(request: ReceivedRequest): number {
  let length = hrefOf(request.url).length + (request.body ?? '').length
  for (const authorization of headerValues(request.headers, 'authorization')) length += authorization.length
  return length
}

function found(
  source: BaseStringSource,
  parametersIn: ParametersIn,
  encodedParameters: readonly EncodedParameter[],
): ReadRequest {
  const protocolParameters = decodedMap(encodedParameters)
  return { source, parametersIn, realm: undefined, protocolParameters, encodedParameters }
}

function decodedMap(parameters: readonly EncodedParameter[]): ReadonlyMap<string, string> {
  const decoded = new Map<string, string>()
  for (const { name, value } of parameters) {
    if (decoded.has(decodeComponent(name))) {
      throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', `${name} appears twice in the request`)
    }
    decoded.set(decodeComponent(name), decodeComponent(value))
  }
  return decoded
}

function hrefOf(url: UrlLike): string {
  return typeof url === 'string' ? url : url.href
}

function authorizationHeader(headers: HeadersLike): string | undefined {
  const values = headerValues(headers, 'authorization').filter(hasOAuthScheme)
  if (values.length > 1) {
    throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', 'There are two Authorization headers; send one')
  }
  return values[0]
}

/** Bytes beyond ASCII become what they stand for in a form, so that none of them is mistaken for another. */
function formText(body: string | Uint8Array): string {
  if (typeof body === 'string') return body
  let text = ''
  for (const byte of body) {
    text += byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`
  }
  return text
}
