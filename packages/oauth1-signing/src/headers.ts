/**
 * Headers as fetch's `Headers`, any object with the same `get`, or a plain record (looked up without regard
 * to case; lists as Node's `IncomingHttpHeaders` has them are allowed).
 */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** All values of a header; `name` in lower case. */
export function headerValues(headers: HeadersLike | undefined, name: string): readonly string[] {
  if (headers === undefined) return []
  if (isGettable(headers)) {
    const value = headers.get(name)
    return value === null || value === undefined ? [] : [value]
  }
  const values: string[] = []
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name) values.push(...toList(headers[key]))
  }
  return values
}

function isGettable(headers: HeadersLike): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}

function toList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

const formType = 'application/x-www-form-urlencoded'
const formMediaType = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i
const jsonMediaType = /^\s*application\/(?:[\w.+-]*\+)?json\s*(?:;|$)/i

/** True for `application/x-www-form-urlencoded`, whatever its parameters (RFC 5849 3.4.1.3.1). */
export function isFormContent(headers: HeadersLike | undefined): boolean {
  const type = contentType(headers)
  return type === formType || formMediaType.test(type)
}

export function isJsonContent(headers: HeadersLike | undefined): boolean {
  return jsonMediaType.test(contentType(headers))
}

function contentType(headers: HeadersLike | undefined): string {
  if (headers === undefined) return ''
  // The spelling that most requests have, without a look at the others.
  const usual = isGettable(headers) ? undefined : headers['content-type']
  return typeof usual === 'string' ? usual : (headerValues(headers, 'content-type')[0] ?? '')
}
