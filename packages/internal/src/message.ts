import { utf8Text } from './bytes.ts'

/**
 * Headers as fetch's `Headers`, any object with the same `get`, or a plain record (looked up without regard
 * to case; lists as Node's `IncomingHttpHeaders` has them are allowed).
 */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** An HTTP response as a client hands it over, body already read. */
export interface Reply {
  /** HTTP status. */
  readonly status: number
  readonly headers: HeadersLike
  /** UTF-8 bytes, or text. */
  readonly body: Uint8Array | string
}

/** All values of a header; `name` in lower case. */
export function headerValues(headers: HeadersLike | undefined, name: string): readonly string[] {
  if (headers === undefined || headers === null) return []
  if (isGettable(headers)) return textsOf(headers.get(name))
  return Object.keys(headers).flatMap((key) =>
    key.length === name.length && key.toLowerCase() === name ? textsOf(headers[key]) : [],
  )
}

function isGettable(headers: HeadersLike): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}

function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((text) => typeof text === 'string')
}

/** A header's first value, or `undefined`; `name` in lower case. */
export function header(headers: HeadersLike | undefined, name: string): string | undefined {
  if (headers === undefined || headers === null) return undefined
  if (isGettable(headers)) return textsOf(headers.get(name))[0]
  // Without a list of them all: this is asked of every request that is signed.
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name) {
      const value = headers[key]
      if (typeof value === 'string') return value
      const [first] = textsOf(value)
      if (first !== undefined) return first
    }
  }
  return undefined
}

const formMediaType = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i
const jsonMediaType = /^\s*application\/(?:[\w.+-]*\+)?json\s*(?:;|$)/i

/** True for `application/x-www-form-urlencoded`, whatever its parameters (RFC 5849 3.4.1.3.1). */
export function isFormContent(headers: HeadersLike | undefined): boolean {
  return formMediaType.test(header(headers, 'content-type') ?? '')
}

/** True for `application/json` and every `application/…+json`. */
export function isJsonContent(headers: HeadersLike | undefined): boolean {
  return jsonMediaType.test(header(headers, 'content-type') ?? '')
}

/**
 * The body as text, no more than `most` characters (or bytes) of it. Of a longer one whole words only: half a secret at
 * the end would not be known for one.
 */
export function bodyText({ body }: Pick<Reply, 'body'>, most: number): string {
  const text = startOf(body, most)
  return body.length <= most ? text : (/^.*(?=[\s>])/s.exec(text)?.[0] ?? '')
}

function startOf(body: Reply['body'], most: number): string {
  if (typeof body === 'string') return body.slice(0, most)
  // By the class's own method; and there is nothing of bytes that were given away, which have no length.
  return body.length === 0 ? '' : utf8Text(Uint8Array.prototype.subarray.call(body, 0, most))
}

const longestMessage = 300

/** Not a literal, since an engine builds the property class of each when it reads the file: a fifth of a millisecond. */
const unprintable = '[\\s\\p{C}\\p{Default_Ignorable_Code_Point}]+'

/**
 * What a server said as one line for an error message: without tags, control, bidirectional and zero-width
 * characters, at most `most` characters. Empty where nothing is left.
 */
export function oneLine(text: string, most: number = longestMessage): string {
  const line = text
    .slice(0, 16 * most)
    .replace(new RegExp(unprintable, 'gu'), ' ')
    .trim()
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
