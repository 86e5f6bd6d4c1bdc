import { utf8Bytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { invalidInput } from '../checks.ts'
import {
  appendEncodedOnce,
  appendEncodedTwice,
  type EncodedParameter,
  sortDecoded,
  sortParameters,
} from './parameters.ts'

/** How the query and form fields of a request enter its signature base string. */
export interface Treatment {
  readonly query: 'signed' | 'left out'
  readonly form: 'signed' | 'left out'
  /** Names and values encoded once each and then all encoded again, or all joined raw and encoded once. */
  readonly encode: 'each, then all' | 'all once'
  /** Sorting takes place before the one encoding or behind the first of two. */
  readonly order: 'as encoded' | 'as decoded'
  /** Changes the finished text. */
  readonly finish?: ((text: string) => string) | undefined
}

/**
 * How the query and form fields of a request enter its signature base string.
 *
 * - `rfc5849`: as parameters, each encoded, then all encoded again (RFC 5849 3.4.1.3; "OAuth at Interactive
 *   Brokers" 6.1, 7.5, 7.6).
 * - `omit`: not at all; protocol parameters are joined raw and encoded once (IBKR Web API documentation).
 * - `guide`: as `rfc5849`, after which `%257C`, `%252C` and `%253A` become `%7C`, `%2C` and `%3A` (IBKR
 *   third-party onboarding guide).
 * - `raw`: the query joined raw with the protocol parameters and encoded once; form fields left out
 *   (seen in clients).
 *
 * Without query and form fields all give the same signature base string. Only `rfc5849` and `guide` protect
 * the query; under `raw` an encoded `&` or `=` in a value is not told from a real one.
 */
export type QuerySigning = 'rfc5849' | 'omit' | 'guide' | 'raw'

// Everything that depends on the treatment asks this table.
const treatments: Readonly<Record<QuerySigning, Treatment>> = {
  rfc5849: { query: 'signed', form: 'signed', encode: 'each, then all', order: 'as encoded' },
  omit: { query: 'left out', form: 'left out', encode: 'all once', order: 'as decoded' },
  guide: {
    query: 'signed',
    form: 'signed',
    encode: 'each, then all',
    order: 'as encoded',
    finish: unescapeMarks,
  },
  raw: { query: 'signed', form: 'left out', encode: 'all once', order: 'as decoded' },
}

/** Every way of signing a query, the standard's own first. */
export const querySignings: readonly QuerySigning[] = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ Object.keys(treatments) as QuerySigning[],
)

/**
 * The one to begin with at IBKR: what its current documentation says, though older documents of its own say otherwise. A
 * wrong one shows in a 401 for every request with a query, and for none without.
 */
export const ibkrQuerySigning: QuerySigning = 'omit'

/** @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` for a treatment that there is not. */
export function treatmentNamed(querySigning: QuerySigning): Treatment {
  if (typeof querySigning !== 'string' || !Object.hasOwn(treatments, querySigning)) {
    throw invalidInput(`querySigning must be one of ${querySignings.join(', ')}`)
  }
  return treatments[querySigning]
}

/** Appends parameters to what stands before them in a signature base string, not yet finished. Sorts in place. */
export function appendParameters(
  start: string,
  parameters: EncodedParameter[],
  { encode, order }: Treatment,
): string {
  const sorted = order === 'as encoded' ? sortParameters(parameters) : sortDecoded(parameters)
  return encode === 'each, then all' ? appendEncodedTwice(start, sorted) : appendEncodedOnce(start, sorted)
}

/** The guide rewrites these marks in the finished text, wherever they stand. */
function unescapeMarks(text: string): string {
  return text.length > longestReplaced ? unescapeLong(text) : text.replace(/%25(7C|2C|3A)/g, '%$1')
}

/** Beyond that a replacement for each of many marks takes ten times as long as a look at each byte. */
const longestReplaced = 4096

function unescapeLong(text: string): string {
  const bytes = utf8Bytes(text)
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    bytes[length++] = bytes[index] as number
    if (bytes[index] === 0x25 && isEscapedMark(bytes, index)) index += 2
  }
  return utf8Text(bytes.subarray(0, length))
}

/** Whether `%257C`, `%252C` or `%253A` starts at a percent sign. Nothing behind it has been written over. */
function isEscapedMark(bytes: Uint8Array, index: number): boolean {
  if (bytes[index + 1] !== 0x32 || bytes[index + 2] !== 0x35) return false
  const digits = ((bytes[index + 3] ?? 0) << 8) | (bytes[index + 4] ?? 0)
  return digits === 0x3743 || digits === 0x3243 || digits === 0x3341
}
