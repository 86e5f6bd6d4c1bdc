import type { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { TransportError } from '../errors.ts'
import type { DispatchHeaders } from './dispatcher.ts'

/** What comes before the body of a reply. */
export interface ResponseHead {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Absolute URL that was called, exactly as it was sent. */
  readonly url: string
}

interface ResponseDetails {
  readonly stream?: Readable | undefined
  readonly complete?: boolean | undefined
  readonly retryAfterMs?: number | undefined
}

/** A reply whose body was read whole. */
export class TransportResponse {
  /** HTTP status. */
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
  /**
   * How long the server is to be left alone, in milliseconds, where an interceptor knows better than `Retry-After`: the
   * penalty that a session's pacing keeps to. Undefined otherwise.
   */
  readonly retryAfterMs: number | undefined

  constructor(head: ResponseHead, body: Uint8Array, rest: ResponseDetails = {}) {
    this.status = head.status
    this.headers = head.headers
    this.url = head.url
    this.body = body
    this.stream = rest.stream
    this.complete = rest.complete ?? true
    this.retryAfterMs = rest.retryAfterMs
  }

  /** True for a status of 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  /** The same reply, with another {@link retryAfterMs}. */
  withRetryAfter(retryAfterMs: number): TransportResponse {
    const { body, stream, complete } = this
    return new TransportResponse(this, body, { stream, complete, retryAfterMs })
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
  /** HTTP status. */
  readonly status: number
  readonly headers: ResponseHeaders
  /** Absolute URL that was called, exactly as it was sent. */
  readonly url: string
  /** The body after decompression. Read it to its end or destroy it: until then it holds its connection. */
  readonly body: Readable
}

/** Headers of a reply. Names are compared without regard to case. */
export class ResponseHeaders {
  readonly #values: DispatchHeaders

  constructor(values: DispatchHeaders) {
    this.#values = values
  }

  /** The value, several joined by `, `; null if the header is absent. */
  get(name: string): string | null {
    const value = this.#value(name)
    if (value === undefined) return null
    return typeof value === 'string' ? value : value.join(', ')
  }

  /** Each value by itself: for `Set-Cookie`, whose values cannot be joined. */
  getAll(name: string): readonly string[] {
    const value = this.#value(name)
    if (value === undefined) return []
    return typeof value === 'string' ? [value] : value
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  /** Pairs of lower-case name and value, a pair for each value. */
  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (const name of Object.keys(this.#values)) {
      for (const value of this.getAll(name)) yield [name, value]
    }
  }

  #value(name: string): string | string[] | undefined {
    const key = name.toLowerCase()
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Decodes by the charset of a content type; an unknown charset is read as UTF-8. */
export function decodeText(body: Uint8Array, contentType: string | null): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1]
  return decoderFor(charset ?? 'utf-8').decode(body)
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

/** Parses a reply's body as JSON in UTF-8. */
export function decodeJson(response: TransportResponse): unknown {
  try {
    return JSON.parse(strictUtf8.decode(response.body))
  } catch {
    // The parser's own message quotes the body, which may hold a token.
    const type = response.headers.get('content-type') ?? 'no content type'
    throw new TransportError(
      'ERR_TRANSPORT_BAD_RESPONSE',
      `The reply (${response.status}, ${type}, ${response.body.length} bytes) is not JSON in UTF-8; read it with text() or body`,
      { status: response.status, sent: 'yes', response },
    )
  }
}
