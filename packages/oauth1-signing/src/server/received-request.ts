import { isBytes, utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { type HeadersLike, headerValues, isFormContent, isJsonContent } from '@ibkr-auth/internal/message'
import { decodeComponent, isFormEncoded } from '../base-string/form.ts'
import { type EncodedParameter, encodeParameters } from '../base-string/parameters.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { type BaseStringSource, encodeMethod } from '../base-string/signature-base-string.ts'
import { hrefOf, splitUrl, type UrlLike } from '../base-string/uri.ts'
import { invalidInput, requireObject } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'
import { hasOAuthScheme, type ParsedAuthorizationHeader, parseAuthorizationHeader } from '../header/parse.ts'
import type { ParametersIn } from '../message.ts'
import { mostProtocolParameters, takeFrom, takeFromJson, tooManyParameters } from './taken-parameters.ts'

/** A request as a server received it. */
export interface ReceivedRequest {
  readonly method: string
  /** Absolute URL as the client saw it: scheme, the Host header, and the request target byte for byte. */
  readonly url: UrlLike
  readonly headers: HeadersLike
  readonly body?: string | Uint8Array | null | undefined
}

/** The longest that is read of what a client can make long, in characters (bytes of a byte body). */
export interface LengthLimits {
  readonly header: number
  readonly url: number
  readonly body: number
}

/** What stands in a received request, before anything in it is checked. */
export interface ReadRequest {
  readonly parametersIn: ParametersIn
  readonly realm: string | undefined
  /** Decoded, the signature among them. */
  readonly parameters: ReadonlyMap<string, string>
  /** The same, percent-encoded when it is asked for. */
  encoded(): readonly EncodedParameter[]
  /** The request without its protocol parameters, put together when it is asked for. */
  source(): BaseStringSource
}

/** A request that is longer than the server reads. */
export class TooLarge {
  readonly what: string
  readonly limit: number

  constructor(what: string, limit: number) {
    this.what = what
    this.limit = limit
  }
}

/**
 * Finds the protocol parameters of a request. Undefined if there are none. Nothing else is decoded: who sent it comes
 * first.
 *
 * @throws {OAuth1Error} for what cannot be read; the caller makes a refusal of it.
 */
export function readRequest(
  request: ReceivedRequest,
  limits: LengthLimits,
  allowUnquotedRealm: boolean,
): ReadRequest | TooLarge | undefined {
  requireObject('request', request)
  const { method, headers, body } = request
  const href = hrefOf('url', request.url)
  const authorization = authorizationHeader(headers)
  if (href.length > limits.url) return new TooLarge('URL', limits.url)
  if ((authorization?.length ?? 0) > limits.header) return new TooLarge('Authorization header', limits.header)
  const form = new ReceivedForm(headers, body)
  if (form.length > limits.body) return new TooLarge('form', limits.body)
  const target = new ReceivedTarget(method, href)
  if (authorization !== undefined) {
    const { realm, parameters } = readHeader(authorization, allowUnquotedRealm)
    const encoded = () => encodeParameters('the Authorization header', parameters)
    const source = () => target.source(target.query, form.text())
    return { parametersIn: 'header', realm, parameters, encoded, source }
  }
  const inForm = takeFrom(form.text(), limits.header)
  if (inForm !== undefined) return found('body', inForm.taken, () => target.source(target.query, inForm.rest))
  const inQuery = takeFrom(target.query, limits.header)
  if (inQuery !== undefined) {
    return found('query', inQuery.taken, () => target.source(inQuery.rest, form.text()))
  }
  const inJson = isJsonContent(headers) ? takeFromJson(body) : undefined
  return inJson && found('json', inJson, () => target.source(target.query, ''))
}

const notOnTheWire = /[^!-~]/

/** Method and URL, checked at once and encoded when it is asked for. */
class ReceivedTarget {
  readonly #encodedMethod: string
  readonly #uri: string
  readonly query: string

  constructor(method: string, href: string) {
    this.#encodedMethod = encodeMethod(method)
    if (notOnTheWire.test(href)) throw invalidInput('url must be printable ASCII, as it came over the wire')
    const { uri, query } = splitUrl(href)
    this.#uri = uri
    this.query = query
  }

  source(query: string, form: string): BaseStringSource {
    const encodedUri = encodeNamed('url', this.#uri)
    return { encodedMethod: this.#encodedMethod, encodedUri, query, form }
  }
}

function authorizationHeader(headers: HeadersLike): string | undefined {
  const values = headerValues(headers, 'authorization').filter(hasOAuthScheme)
  if (values.length > 1) {
    throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', 'There are two Authorization headers; send one')
  }
  return values[0]
}

function readHeader(authorization: string, allowUnquotedRealm: boolean): ParsedAuthorizationHeader {
  // Counted before they are read: reading a comma takes ten times as long as finding it.
  if (authorization.split(',', mostProtocolParameters + 1).length > mostProtocolParameters) {
    throw tooManyParameters()
  }
  return parseAuthorizationHeader(authorization, { allowUnquotedRealm })
}

/** A body as far as it may be a form; decoded once, and only if somebody asks. */
class ReceivedForm {
  readonly #body: string | Uint8Array
  #text: string | undefined

  constructor(headers: HeadersLike, body: unknown) {
    const form = isFormContent(headers) ? (body ?? '') : ''
    if (typeof form !== 'string' && !isBytes(form)) {
      throw invalidInput('body must be a string or bytes')
    }
    this.#body = form
  }

  get length(): number {
    return this.#body.length
  }

  /** Empty where the body does not keep to the encoding of forms, in which case nothing signs it. */
  text(): string {
    this.#text ??= formText(this.#body)
    return this.#text
  }
}

function formText(body: string | Uint8Array): string {
  const text = typeof body === 'string' ? body : (utf8TextStrict(body) ?? '')
  return isFormEncoded(text) ? text : ''
}

function found(
  parametersIn: ParametersIn,
  protocolParameters: readonly EncodedParameter[],
  source: () => BaseStringSource,
): ReadRequest {
  const parameters = new Map<string, string>()
  for (const { name, value } of protocolParameters) {
    const decodedName = decodeComponent(name)
    if (parameters.has(decodedName)) {
      // As it is encoded, since a stranger chose it.
      const shown = name.slice(0, 64)
      throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', `${shown} appears twice in the request`)
    }
    parameters.set(decodedName, decodeComponent(value))
  }
  return { parametersIn, realm: undefined, parameters, encoded: () => protocolParameters, source }
}
