import type { HeadersLike } from '@ibkr-auth/internal/message'
import type { UrlLike } from './base-string/uri.ts'

/** The platform's `URLSearchParams`, by shape. */
export interface SearchParamsLike {
  getAll(name: string): string[]
  toString(): string
}

/** A request to be signed. The body counts only if it is form-encoded and its Content-Type says so. */
export interface RequestToSign {
  /** HTTP method; upper-cased in the signature base string. */
  readonly method: string
  /** Absolute http or https URL, as given to the client that sends it. */
  readonly url: UrlLike
  readonly headers?: HeadersLike | undefined
  /** The body as text, or as `URLSearchParams`, which are a form without a Content-Type too. */
  readonly body?: string | SearchParamsLike | null | undefined
}

/** A request to sign, with its headers as a plain record, since more are added. */
export interface RequestToComplete extends RequestToSign {
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A request ready to be sent: works as `fetch(request.url, request)`. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Absent, never undefined: the types of fetch insist on that under `exactOptionalPropertyTypes`. */
  readonly body?: string
}

/** Where protocol parameters travel: RFC 5849 3.5.1 to 3.5.3, and the JSON body of IBKR's legacy OpenAPI. */
export type ParametersIn = 'header' | 'body' | 'query' | 'json'
