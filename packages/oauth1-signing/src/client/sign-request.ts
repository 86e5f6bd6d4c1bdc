import { isFormContent } from '@ibkr-auth/internal/message'
import { decodeComponent, isFormEncoded } from '../base-string/form.ts'
import type { EncodedParameter } from '../base-string/parameters.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { isSearchParams } from '../base-string/signature-base-string.ts'
import { hrefOf, sentHref } from '../base-string/uri.ts'
import { invalidInput, reading, requireObject } from '../checks.ts'
import { formatSignedHeader } from '../header/format.ts'
import type { ParametersIn, RequestToComplete, SignedRequest } from '../message.ts'
import { requireSigner, type Signed, type Signer, whenSigned } from '../methods/signer.ts'
import { type SigningOptions, textToSign } from './create-authorization-header.ts'
import { type Credentials, createProtocolParameters } from './protocol-parameters.ts'

/** Choices of `signRequest`. */
export interface SignRequestOptions extends SigningOptions {
  /** Default `"header"`. The realm travels in the header only. */
  readonly parametersIn?: ParametersIn | undefined
}

/**
 * Signs a request and returns it complete, its protocol parameters in the place asked for.
 *
 * @returns The request; a promise of it if the signer answers with one.
 * @throws {OAuth1Error} As `createAuthorizationHeader`; `ERR_OAUTH1_INVALID_INPUT` also where the body
 *   leaves no room: `"body"` wants a form or none, `"json"` none.
 * @see RFC 5849 3.5
 */
export function signRequest<Result extends string | Promise<string>>(
  request: RequestToComplete,
  credentials: Credentials,
  signer: Signer<Result>,
  options: SignRequestOptions = {},
): Signed<Result, SignedRequest> {
  requireObject('options', options)
  const { parametersIn = 'header' } = reading('options', () => ({ parametersIn: options.parametersIn }))
  if (typeof parametersIn !== 'string' || !Object.hasOwn(writers, parametersIn)) {
    throw invalidInput('parametersIn must be "header", "body", "query" or "json"')
  }
  const draft = reading('request', () => requireRoom(draftOf(request), parametersIn))
  requireSigner(signer)
  const parameters = createProtocolParameters(credentials, signer.method, options)
  const signature = signer.sign(textToSign(draft, parameters, options))
  const realm = reading('credentials', () => credentials.realm)
  return whenSigned(signature, (text) => writers[parametersIn](draft, parameters, text, realm))
}

/** The request as it will be sent, but for its protocol parameters. */
function draftOf(request: RequestToComplete): SignedRequest {
  requireObject('request', request)
  const { method, body } = request
  const headers = recordOf(request.headers)
  const url = hrefOf('url', request.url)
  if (body === undefined || body === null) return { method, url, headers }
  if (isSearchParams(body)) return { method, url, headers: asForm(headers), body: body.toString() }
  if (typeof body !== 'string') throw invalidInput('request.body must be a string or URLSearchParams')
  return { method, url, headers, body }
}

/** A copy, which changes no more. */
function recordOf(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  requireObject('request.headers', headers)
  if (Symbol.iterator in headers) {
    throw invalidInput('request.headers must be a plain record: pass Object.fromEntries(headers)')
  }
  return { ...headers }
}

/** A form, unless the headers say that it is something else. */
function asForm(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return isTyped ? headers : withHeader(headers, 'content-type', formType)
}

function requireRoom(draft: SignedRequest, place: ParametersIn): SignedRequest {
  const isForm = isFormContent(draft.headers)
  if (draft.body === undefined) return draft
  if (place === 'body' && !(isForm && isFormEncoded(draft.body))) {
    throw invalidInput('parametersIn "body" needs a body that is a form, or none')
  }
  if (place === 'json') throw invalidInput('parametersIn "json" leaves no room for a body')
  return draft
}

type Writer = (
  draft: SignedRequest,
  parameters: readonly EncodedParameter[],
  signature: string,
  realm: string | undefined,
) => SignedRequest

const writers: Readonly<Record<ParametersIn, Writer>> = {
  header: (draft, parameters, signature, realm) => ({
    ...draft,
    headers: withHeader(draft.headers, 'authorization', formatSignedHeader(realm, parameters, signature)),
  }),
  body: (draft, parameters, signature) => ({
    ...draft,
    headers: isFormContent(draft.headers)
      ? draft.headers
      : withHeader(draft.headers, 'content-type', formType),
    body: appendForm(draft.body ?? '', formText(parameters, signature)),
  }),
  query: (draft, parameters, signature) => {
    // White space that a client drops from the end of a URL would be sent once it stands in the middle.
    const [location = ''] = sentHref(draft.url).split('#', 1)
    const queryAt = location.indexOf('?')
    const path = queryAt < 0 ? location : location.slice(0, queryAt)
    const query = queryAt < 0 ? '' : location.slice(queryAt + 1)
    return { ...draft, url: `${path}?${appendForm(query, formText(parameters, signature))}` }
  },
  json: (draft, parameters, signature) => ({
    ...draft,
    headers: withHeader(draft.headers, 'content-type', 'application/json'),
    body: JSON.stringify({ ...decoded(parameters), oauth_signature: signature }),
  }),
}

/** Replaces a header, however it is spelled. */
function withHeader(
  headers: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Record<string, string> {
  const others = Object.entries(headers).filter(([key]) => key.toLowerCase() !== name)
  return { ...Object.fromEntries(others), [name]: value }
}

const formType = 'application/x-www-form-urlencoded'

function formText(parameters: readonly EncodedParameter[], signature: string): string {
  const pairs = parameters.map(({ name, value }) => `${name}=${value}`)
  return [...pairs, `oauth_signature=${encodeNamed('what signer.sign returns', signature)}`].join('&')
}

function appendForm(start: string, end: string): string {
  return start === '' || start.endsWith('&') ? start + end : `${start}&${end}`
}

function decoded(parameters: readonly EncodedParameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map(({ name, value }) => [decodeComponent(name), decodeComponent(value)]),
  )
}
