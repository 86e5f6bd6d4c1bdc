import { reading, requireObject } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'

/** An `Authorization` header taken apart. */
export interface ParsedAuthorizationHeader {
  readonly realm: string | undefined
  /** Decoded names and values in the header's order, `realm` not among them. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Choices of `parseAuthorizationHeader`. */
export interface ParseHeaderOptions {
  /** Takes `realm=name` without quotes, as IBKR's sample scripts send it. Default false. */
  readonly allowUnquotedRealm?: boolean | undefined
}

/**
 * Parses the value of an `Authorization: OAuth` header. Case of the scheme, order of parameters, white
 * space (folded lines included) and empty list elements do not matter; a raw `+`, `/` or `=` in a value is
 * itself. Values are decoded by percent rules only.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_MALFORMED_HEADER` for anything else, `ERR_OAUTH1_DUPLICATE_PARAMETER`,
 *   `ERR_OAUTH1_INVALID_INPUT` if `options` are no object.
 * @see RFC 5849 3.5.1
 */
export function parseAuthorizationHeader(
  header: string,
  options: ParseHeaderOptions = {},
): ParsedAuthorizationHeader {
  requireObject('options', options)
  const allowUnquotedRealm = reading('options', () => options.allowUnquotedRealm === true)
  const parameters = new Map<string, string>()
  let realm: string | undefined
  for (let offset = afterScheme(header); offset < header.length; ) {
    const item = readItem(header, offset, allowUnquotedRealm)
    offset = item.end
    if (item.name === undefined) continue
    if (parameters.has(item.name) || (item.name === 'realm' && realm !== undefined)) throw duplicate()
    if (item.name === 'realm') realm = item.value
    else parameters.set(item.name, item.value)
  }
  return { realm, parameters }
}

/** Far beyond every real header, and far below where matching one runs out of stack. */
const longestHeader = 1_048_576

const scheme = /[ \t]*OAuth(?:[ \t\r\n]+|$)/iy

function afterScheme(header: string): number {
  if (typeof header !== 'string') throw malformed('it is no text')
  if (header.length > longestHeader) throw malformed(`it is longer than ${longestHeader} characters`)
  scheme.lastIndex = 0
  if (!scheme.test(header)) throw malformed('it does not start with the scheme OAuth')
  return scheme.lastIndex
}

/** True for a header of the OAuth scheme, whatever follows. */
export function hasOAuthScheme(header: string): boolean {
  scheme.lastIndex = 0
  return scheme.test(header)
}

type Item = { readonly name: string; readonly value: string; readonly end: number } | EmptyItem
type EmptyItem = { readonly name: undefined; readonly end: number }

// White space is HTTP's own plus what is left of a folded line. Each alternative starts with a character of
// its own and nothing is matched twice, so that time stays linear. Control characters are left out by naming all others:
// their property class would cost a program a third of a millisecond when it starts.
const emptyItem = /[ \t\r\n]*(?:,|$)/y
const quotedItem =
  /[ \t\r\n]*([\w.~%-]+)[ \t\r\n]*=[ \t\r\n]*"((?:[ !#-[\]-~\xa0-\uffff]|\\[ -~\xa0-\uffff])*)"[ \t\r\n]*(?:,|$)/y
const unquotedRealm = /[ \t\r\n]*(realm)[ \t\r\n]*=[ \t\r\n]*([\w!#$%&'*+\-.^`|~]+)[ \t\r\n]*(?:,|$)/iy

function readItem(header: string, offset: number, allowUnquotedRealm: boolean): Item {
  emptyItem.lastIndex = offset
  if (emptyItem.test(header)) return { name: undefined, end: emptyItem.lastIndex }
  quotedItem.lastIndex = offset
  const quoted = quotedItem.exec(header)
  if (quoted !== null) return toItem(quoted[1] ?? '', quoted[2] ?? '', quotedItem.lastIndex)
  unquotedRealm.lastIndex = offset
  const unquoted = allowUnquotedRealm ? unquotedRealm.exec(header) : null
  if (unquoted === null) throw malformed(`no name="value" pair follows at offset ${offset}`)
  return { name: 'realm', value: unquoted[2] ?? '', end: unquotedRealm.lastIndex }
}

function toItem(rawName: string, rawValue: string, end: number): Item {
  const name = decode(rawName)
  // A realm is a quoted-string of HTTP; everything else is percent-encoded and has no backslash.
  if (isRealm(name)) return { name: 'realm', value: rawValue.replace(/\\(.)/gsu, '$1'), end }
  return { name, value: decode(rawValue), end }
}

function isRealm(name: string): boolean {
  return name.length === 'realm'.length && name.toLowerCase() === 'realm'
}

const notPercentEncoded = /[^!#$&-[\]^-~%]|%(?![\dA-Fa-f]{2})/

function decode(text: string): string {
  if (notPercentEncoded.test(text)) throw malformed('a name or value is not percent-encoded')
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('a name or value is not percent-encoded UTF-8')
  }
}

function malformed(what: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_MALFORMED_HEADER', `The Authorization header is malformed: ${what}`)
}

function duplicate(): OAuth1Error {
  return new OAuth1Error(
    'ERR_OAUTH1_DUPLICATE_PARAMETER',
    'A parameter appears twice in the Authorization header',
  )
}
