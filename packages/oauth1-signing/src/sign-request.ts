import type { SigningOptions } from './create-authorization-header.ts'
import type { EncodedParameter } from './encoded-parameter.ts'
import { decodeComponent } from './form-encoding.ts'
import { formatSignedHeader } from './format-authorization-header.ts'
import { isFormContent } from './headers.ts'
import { whatwgHref } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'
import { type Credentials, createStandardParameters, listParameters } from './protocol-parameters.ts'
import { baseStringSource, buildBaseString, type RequestToSign } from './signature-base-string.ts'
import { type Signed, type Signer, whenSigned } from './signer.ts'

/** Where protocol parameters travel: RFC 5849 3.5.1 to 3.5.3, and the JSON body of IBKR's legacy OpenAPI. */
export type ParametersIn = 'header' | 'body' | 'query' | 'json'

/** A request ready to be sent: works as `fetch(request.url, request)`. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request to sign, with its headers as a plain record, since more are added. */
export interface RequestToComplete extends RequestToSign {
  readonly headers?: Readonly<Record<string, string>> | undefined
}

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
  const place = options.parametersIn ?? 'header'
  if (!Object.hasOwn(writers, place)) {
    throw invalidInput('parametersIn must be "header", "body", "query" or "json"')
  }
  const draft = draftOf(request, place)
  const standard = createStandardParameters(credentials, signer.method, options)
  const parameters = listParameters(standard, options.protocolParameters)
  const baseString = buildBaseString(baseStringSource(draft), parameters, options.querySigning)
  const signature = signer.sign(options.prefix === undefined ? baseString : options.prefix + baseString)
  return whenSigned(signature, (text) => writers[place](draft, parameters, text, credentials.realm))
}

function draftOf(request: RequestToComplete, place: ParametersIn): SignedRequest {
  const { method, body, headers = {} } = request
  const url = typeof request.url === 'string' ? request.url : request.url.href
  if (place === 'body' && body !== undefined && !isFormContent(headers)) {
    throw invalidInput('parametersIn "body" needs a form body, or none')
  }
  if (place === 'json' && body !== undefined)
    throw invalidInput('parametersIn "json" leaves no room for a body')
  return body === undefined ? { method, url, headers } : { method, url, headers, body }
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
    const [location = ''] = whatwgHref(draft.url).split('#', 1)
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
  return [...pairs, `oauth_signature=${percentEncode(signature)}`].join('&')
}

function appendForm(start: string, end: string): string {
  return start === '' || start.endsWith('&') ? start + end : `${start}&${end}`
}

function decoded(parameters: readonly EncodedParameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map(({ name, value }) => [decodeComponent(name), decodeComponent(value)]),
  )
}

function invalidInput(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', message)
}
