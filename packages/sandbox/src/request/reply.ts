import type { AcceptedSocket } from '../ws/accepted-socket.ts'

/** What goes out: a reply; one that breaks off after so many bytes of its body; or nothing, and the connection is cut. */
export type Answer =
  | Reply
  | { readonly reply: Reply; readonly breaksAfterBytes: number }
  | { readonly reply: undefined }

/**
 * An answer as a value. The routes make these and not `Response` objects: those cost several times as much as the
 * signature check, and a fault wants to cut a body in half, not a stream.
 */
export interface Reply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  /** Follows the body for as long as the connection lasts; its length is then not announced. */
  readonly stream?: OpenStream | undefined
  /** Takes the connection over as a WebSocket; the status is then 101. */
  readonly upgrade?: ((socket: AcceptedSocket) => void) | undefined
}

/** Begins to send; what it returns ends that, and is called when the connection is gone. */
export type OpenStream = (send: (text: string) => void) => () => void

const jsonType = { 'content-type': 'application/json; charset=utf-8' }

/** 200, or another status, with JSON as `/v1/api` sends it. */
export function json(value: unknown, status = 200, headers?: Reply['headers']): Reply {
  const all = headers === undefined ? jsonType : { ...jsonType, ...headers }
  return { status, headers: all, body: JSON.stringify(value) }
}

/** `{"error", "statusCode"}`: how `/v1/api` refuses. */
export function apiError(status: number, error: string): Reply {
  return json({ error, statusCode: status }, status)
}

/** `application/problem+json`, simple form: how `/gw` and `/oauth2` refuse (RFC 9457). */
export function problem(status: number, title: string, detail: string): Reply {
  return problemJson(status, { type: '/simple', title, status, detail })
}

/** A field that a gateway request got wrong. */
export interface InvalidArgument {
  readonly field: string
  readonly description: string
}

/** `application/problem+json`, 400 with the fields that are wrong. */
export function invalidArguments(detail: string, fields: readonly InvalidArgument[]): Reply {
  return problemJson(400, {
    type: '/invalid-argument',
    title: 'Bad Request',
    status: 400,
    detail,
    invalidArguments: fields,
  })
}

function problemJson(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(value) }
}

/** The page of the CDN in front of IBKR. */
export function cdnPage(status: number, title: string): Reply {
  const body = `<HTML><HEAD>\n<TITLE>${title}</TITLE>\n</HEAD><BODY>\n<H1>${title}</H1>\n\nYou don't have permission to access this resource on this server.<P>\n</BODY>\n</HTML>\n`
  return { status, headers: { 'content-type': 'text/html' }, body }
}

/** Plain text. */
export function text(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
