import { encodeFormValueTwice } from './encode-form-value-twice.ts'
import { isFormContent } from './headers.ts'
import { unreservedOnly } from './percent-encode.ts'
import { splitPlainUrl } from './plain-url.ts'
import type { StandardParameters } from './protocol-parameters.ts'
import type { QuerySigning } from './query-signing.ts'
import { encodeMethod, type RequestToSign } from './signature-base-string.ts'

// A short cut for requests whose names need no escaping, by far the most. It gives what buildBaseString
// gives, or undefined where it takes more than this file knows.

export function plainBaseString(
  request: RequestToSign,
  standard: StandardParameters,
  querySigning: QuerySigning = 'rfc5849',
): string | undefined {
  const { url, body, headers } = request
  const split = splitPlainUrl(typeof url === 'string' ? url : url.href)
  const block = plainBlock(standard)
  if (split === undefined || block === undefined) return undefined
  if (querySigning !== 'rfc5849' && querySigning !== 'omit') return undefined
  const start = `${encodeMethod(request.method)}&${split.encodedUri}&`
  const form = body !== undefined && isFormContent(headers) ? body : ''
  const text = joinForms(split.query, form)
  if (text === '' || (querySigning === 'omit' && !mayClash.test(text))) return start + block
  const merged = mergePairs(block, text)
  if (merged === undefined) return undefined
  return start + (querySigning === 'omit' ? block : merged)
}

function joinForms(query: string, form: string): string {
  if (form === '') return query
  return query === '' ? form : `${query}&${form}`
}

/** The protocol parameters as they stand in a signature base string. All their names start with `oauth_`. */
function plainBlock({
  consumerKey,
  nonce,
  signatureMethod,
  timestamp,
  token,
}: StandardParameters): string | undefined {
  if (nonce === undefined || timestamp === undefined) return undefined
  const start = `oauth_consumer_key%3D${consumerKey}%26oauth_nonce%3D${nonce}%26oauth_signature_method%3D`
  const end = `${signatureMethod}%26oauth_timestamp%3D${timestamp}`
  if (consumerKey.includes('%') || nonce.includes('%') || signatureMethod.includes('%')) return undefined
  if (token === undefined) return start + end
  return token.includes('%') ? undefined : `${start}${end}%26oauth_token%3D${token}`
}

/** What a name that equals a protocol parameter's could be written with. */
const mayClash = /oauth_|%/

/**
 * Sorts the pairs of a query or form around the protocol parameters. No name among them starts with
 * `oauth_`, so those stay together.
 */
function mergePairs(block: string, text: string): string | undefined {
  const pairs: Pair[] = []
  for (let start = 0; start <= text.length; ) {
    const ampersandAt = text.indexOf('&', start)
    const end = ampersandAt < 0 ? text.length : ampersandAt
    const equalsAt = text.indexOf('=', start)
    if (equalsAt < 0) return undefined
    // Where this pair has no equals sign, the ampersand behind it shows in the name.
    const name = text.slice(start, equalsAt)
    if (name === '' || !unreservedOnly.test(name) || name.startsWith('oauth_')) return undefined
    insertPair(pairs, name, encodeFormValueTwice(text.slice(equalsAt + 1, end)))
    start = end + 1
  }
  return pairs.length > fewPairs ? joinMany(block, pairs) : joinFew(block, pairs)
}

/** A pair as it stands in a signature base string, behind an `&`, with what sorts it. */
interface Pair {
  /** The name's first four characters, seven bits each, which tell most names apart. */
  readonly rank: number
  readonly name: string
  readonly text: string
}

const fewPairs = 16

/**
 * A step of an insertion sort: for a few pairs faster than the engine's sort, which would have to put each text
 * together in order to compare it. Many pairs are left as they come.
 */
function insertPair(pairs: Pair[], name: string, value: string): void {
  const pair = { rank: rankOf(name), name, text: `%26${name}%3D${value}` }
  let place = pairs.length
  for (; place > 0 && place <= fewPairs; place--) {
    const before = pairs[place - 1] as Pair
    if (isInOrder(before, pair)) break
    pairs[place] = before
  }
  pairs[place] = pair
}

function isInOrder(one: Pair, other: Pair): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank
  return one.name === other.name ? one.text <= other.text : one.name < other.name
}

/** `charCodeAt` beyond the end is NaN, here 0. */
function rankOf(name: string): number {
  return (
    (name.charCodeAt(0) << 21) | (name.charCodeAt(1) << 14) | (name.charCodeAt(2) << 7) | name.charCodeAt(3)
  )
}

const blockName = 'oauth_'
const blockRank = rankOf(blockName)

function joinFew(block: string, pairs: readonly Pair[]): string {
  let before = ''
  let after = ''
  for (const { rank, name, text } of pairs) {
    if (rank > blockRank || (rank === blockRank && name > blockName)) after += text
    else before += text
  }
  return joinAround(before, block, after)
}

function joinMany(block: string, pairs: readonly Pair[]): string {
  // `%` is lower than any character of a plain name, so a name sorts before every longer one.
  const texts = pairs.map(({ text }) => text).sort()
  const isAfter = texts.findIndex((text) => text > `%26${blockName}`)
  const split = isAfter < 0 ? texts.length : isAfter
  return joinAround(texts.slice(0, split).join(''), block, texts.slice(split).join(''))
}

function joinAround(before: string, block: string, after: string): string {
  return before === '' ? block + after : `${before.slice('%26'.length)}%26${block}${after}`
}
