import { isFormContent } from '@ibkr-auth/internal/message'
import type { Settings } from '../call/settings.ts'
import { checkFlag, checkFunction, checkGroup, isObject, isText } from '../checks.ts'
import { TransportError } from '../errors.ts'
import { type HeaderRecord, mergeHeaders } from '../http/headers.ts'
import { resolveUrl } from './credential-scope.ts'
import { encodeParameters } from './parameters.ts'
import type { Authorize, RequestContext, RequestOptions, TransportRequest } from './types.ts'

/** A request that has been checked, and cannot change any more. */
export interface PreparedRequest {
  readonly method: string
  /** Absolute, exactly as it will be sent. */
  readonly url: string
  readonly pathAndQuery: string
  /** Path below the prefix, without query. */
  readonly path: string
  readonly headers: HeaderRecord
  readonly body: string | Uint8Array | undefined
  /** The body, if it is a form. */
  readonly form: string | undefined
  readonly idempotent: boolean
  /** True if the request brought its own credential, which cannot be made afresh for a repeat. */
  readonly presigned: boolean
  /** The caller's own way to authorise it; false if it goes out as it is, undefined if nothing is said. */
  readonly authorize: Authorize | false | undefined
  readonly context: RequestContext
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const methods = new Set([...safeMethods, 'POST', 'PUT', 'PATCH', 'DELETE'])
const noContext: RequestContext = Object.freeze({})

/** Checks a request and resolves it against the transport's settings. */
export function prepareRequest(request: TransportRequest, settings: Settings): PreparedRequest {
  checkRequest(request)
  const method = isText(request.method) ? request.method.toUpperCase() : ''
  if (!methods.has(method)) {
    throw new TransportError(
      'ERR_TRANSPORT_INVALID_INPUT',
      `method must be one of ${[...methods].join(', ')}`,
    )
  }
  const url = resolveUrl(settings.scope, request.url, request.query)
  const { content, contentType } = encodeBody(request)
  if (content !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', `a ${method} request has no body; use query`)
  }
  const headers = describeContent(mergeHeaders(settings.headers, request.headers, settings.host), contentType)
  const presigned = headers.authorization !== undefined
  return {
    method,
    url: url.href,
    pathAndQuery: url.pathAndQuery,
    path: url.path,
    headers,
    body: content,
    form: content === undefined ? undefined : formText(content, headers),
    idempotent: request.idempotent ?? safeMethods.has(method),
    presigned,
    authorize: presigned ? false : request.authorize,
    context: request.context ?? noContext,
  }
}

/** What is taken as it is must be what it says: `idempotent: 'false'` would have an order sent twice. */
function checkRequest(request: TransportRequest): void {
  if (!isObject(request)) throw invalid('a request must be an object')
  const { idempotent, throwHttpErrors, context, authorize, signal } = request
  checkFlag('idempotent', idempotent)
  checkFlag('throwHttpErrors', throwHttpErrors)
  checkGroup('context', context)
  if (authorize !== false) checkFunction('authorize', authorize)
  // `fetch` takes null for none.
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function')
    throw invalid('signal must be an AbortSignal')
}

function describeContent(headers: HeaderRecord, contentType: string | undefined): HeaderRecord {
  if (contentType === undefined || headers['content-type'] !== undefined) return headers
  return { ...headers, 'content-type': contentType }
}

function formText(content: string | Uint8Array, headers: HeaderRecord): string | undefined {
  if (!isFormContent(headers)) return undefined
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8')
}

/** A body ready to be sent. */
export interface RequestBody {
  readonly content: string | Uint8Array | undefined
  /** What the body is, if the caller's headers do not say. */
  readonly contentType: string | undefined
}

const none: RequestBody = { content: undefined, contentType: undefined }

/** Turns `body`, `json` or `form` into what is sent. */
export function encodeBody(options: RequestOptions): RequestBody {
  const { body, json, form } = options
  if (body === undefined && json === undefined && form === undefined) return none
  if (Number(body !== undefined) + Number(json !== undefined) + Number(form !== undefined) > 1) {
    throw invalid('give at most one of body, json and form')
  }
  if (form !== undefined) {
    return { content: encodeParameters(form, 'form'), contentType: 'application/x-www-form-urlencoded' }
  }
  if (json !== undefined) return { content: encodeJson(json), contentType: 'application/json' }
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw invalid('body must be a string or bytes')
  return { content: body, contentType: undefined }
}

function encodeJson(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    // Only a text with a null in it can have lost a number.
    if (text?.includes('null')) JSON.stringify(value, refuseNoNumber)
    if (typeof text === 'string') return text
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'json must be a value that JSON can express', {
      cause,
    })
  }
  throw invalid('json must be a value that JSON can express')
}

/** JSON has no NaN: an order's price would go out as null without a word. */
function refuseNoNumber(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw invalid(`json must have a finite number${name === '' ? '' : ` as ${name}`}, not ${value}`)
}

function invalid(message: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', message)
}
