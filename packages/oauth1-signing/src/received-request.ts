import { splitUrl, type UrlLike } from './base-string-uri.ts'
import { type EncodedParameter, encodeParameters } from './encoded-parameter.ts'
import { type HeadersLike, headerValues, isFormContent, isJsonContent } from './headers.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { hasOAuthScheme, parseAuthorizationHeader } from './parse-authorization-header.ts'
import { fromForm, fromJson } from './received-parameters.ts'
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
  /** The signature is among them. */
  readonly protocolParameters: readonly EncodedParameter[]
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
  const { encodedUri, query } = splitUrl(hrefOf(request.url))
  const { headers, body = '' } = request
  const form = isFormContent(headers) ? formText(body) : ''
  const source = { encodedMethod: encodeMethod(request.method), encodedUri, query, form }
  const authorization = authorizationHeader(headers)
  if (authorization !== undefined) {
    const { realm, parameters } = parseAuthorizationHeader(authorization, options)
    return { source, parametersIn: 'header', realm, protocolParameters: encodeParameters(parameters) }
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
  const authorization = headerValues(request.headers, 'authorization')
  const parts = [hrefOf(request.url), request.body ?? '', ...authorization]
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function found(
  source: BaseStringSource,
  parametersIn: ParametersIn,
  protocolParameters: readonly EncodedParameter[],
): ReadRequest {
  return { source, parametersIn, realm: undefined, protocolParameters }
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
