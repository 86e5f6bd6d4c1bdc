import { checkGroup } from '../checks.ts'
import { TransportError } from '../errors.ts'

/** Headers by lower-case name. */
export type HeaderRecord = Readonly<Record<string, string>>

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** RFC 9110 5.5 without obs-text: no control character but tab, so that no line can be broken. */
const fieldValue = /^[\t\x20-\x7e]*$/

/** True for what can be sent as the value of a header. */
export function isFieldValue(value: unknown): value is string {
  return typeof value === 'string' && fieldValue.test(value)
}

/** How a message is framed and where it goes is not for callers to say: request smuggling begins there. */
const ofTheConnection = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Checks headers and puts them over `base`, names in lower case.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` naming the header; never its value.
 */
export function mergeHeaders(
  base: HeaderRecord,
  added: HeaderRecord | undefined,
  host: string,
): HeaderRecord {
  if (added === undefined) return base
  checkGroup('headers', added)
  const merged: Record<string, string> = { ...base }
  for (const [given, value] of Object.entries(added)) {
    const name = given.toLowerCase()
    if (isRestated(name, value, host)) continue
    checkHeader(name, value)
    merged[name] = value
  }
  return merged
}

/** The length is counted here and the host is the URL's: requests that state them correctly need not be edited first. */
function isRestated(name: string, value: string, host: string): boolean {
  return name === 'content-length' || (name === 'host' && value === host)
}

function checkHeader(name: string, value: string): void {
  if (!token.test(name)) throw invalid('a header has a name that HTTP does not allow')
  if (ofTheConnection.has(name)) throw invalid(`header ${name} belongs to the connection and cannot be set`)
  if (!isFieldValue(value)) {
    throw invalid(`header ${name} must be a string of printable ASCII without line breaks`)
  }
}

function invalid(message: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', message)
}
