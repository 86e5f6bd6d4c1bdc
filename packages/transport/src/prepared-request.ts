import type { Authorize } from './authorize.ts'
import type { RequestContext } from './interceptor.ts'
import type { TransportRequest } from './request.ts'
import { encodeBody } from './request-body.ts'
import { type HeaderRecord, mergeHeaders } from './request-headers.ts'
import type { Settings } from './settings.ts'
import { resolveUrl } from './target.ts'
import { TransportError } from './transport-error.ts'

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
  readonly authorize: Authorize | undefined
  readonly context: RequestContext
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const methods = new Set([...safeMethods, 'POST', 'PUT', 'PATCH', 'DELETE'])
const noContext: RequestContext = Object.freeze({})

/** Checks a request and resolves it against the transport's settings. */
export function prepareRequest(request: TransportRequest, settings: Settings): PreparedRequest {
  const method = request.method.toUpperCase()
  if (!methods.has(method)) {
    throw new TransportError(
      'ERR_TRANSPORT_INVALID_INPUT',
      `method must be one of ${[...methods].join(', ')}`,
    )
  }
  const url = resolveUrl(settings.target, request.url, request.query)
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
    authorize: presigned ? undefined : chooseAuthorize(request.authorize, settings.authorize),
    context: request.context ?? noContext,
  }
}

function describeContent(headers: HeaderRecord, contentType: string | undefined): HeaderRecord {
  if (contentType === undefined || headers['content-type'] !== undefined) return headers
  return { ...headers, 'content-type': contentType }
}

function formText(content: string | Uint8Array, headers: HeaderRecord): string | undefined {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8')
}

function chooseAuthorize(
  own: Authorize | false | undefined,
  general: Authorize | undefined,
): Authorize | undefined {
  return own === false ? undefined : (own ?? general)
}
