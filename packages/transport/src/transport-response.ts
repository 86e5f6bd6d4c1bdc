import type { Readable } from 'node:stream'
import { decodeJson, decodeText } from './decode-text.ts'
import type { ResponseHeaders } from './response-headers.ts'

/** What comes before the body of a reply. */
export interface ResponseHead {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Absolute URL that was called, exactly as it was sent. */
  readonly url: string
}

/** A reply whose body was read whole. */
export class TransportResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** The body after decompression. Empty if the reply was streamed. */
  readonly body: Uint8Array
  /** Absolute URL that was called, exactly as it was sent. */
  readonly url: string
  /** The body as it arrives: only within `transport.stream()` and only for a 2xx reply. */
  readonly stream: Readable | undefined
  /** False if the body broke off. Only of a refusal is such a reply handed on: its status is what counts. */
  readonly complete: boolean

  constructor(
    head: ResponseHead,
    body: Uint8Array,
    rest: { readonly stream?: Readable; readonly complete?: boolean } = {},
  ) {
    this.status = head.status
    this.headers = head.headers
    this.url = head.url
    this.body = body
    this.stream = rest.stream
    this.complete = rest.complete ?? true
  }

  /** True for a status of 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  /** The body as text, in the charset that the reply names (UTF-8 if it names none). */
  text(): string {
    return decodeText(this.body, this.headers.get('content-type'))
  }

  /**
   * The body as JSON, which is always UTF-8 (RFC 8259 8.1).
   *
   * @throws {TransportError} `ERR_TRANSPORT_BAD_RESPONSE` if the body is not JSON in UTF-8.
   */
  json<T = unknown>(): T {
    return decodeJson(this) as T
  }
}

/** A reply whose body arrives while it is read. */
export interface StreamedResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Absolute URL that was called, exactly as it was sent. */
  readonly url: string
  /** The body after decompression. Read it to its end or destroy it: until then it holds its connection. */
  readonly body: Readable
}
