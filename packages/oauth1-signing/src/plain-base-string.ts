import { encodeFormValueTwice } from './encode-form-value-twice.ts'
import { isFormContent } from './headers.ts'
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
  const pairs: Pairs = { texts: [], ranks: [] }
  for (let start = 0; start <= text.length; ) {
    const ampersandAt = text.indexOf('&', start)
    const end = ampersandAt < 0 ? text.length : ampersandAt
    const equalsAt = text.indexOf('=', start)
    if (equalsAt < 0) return undefined
    // Where this pair has no equals sign, the ampersand behind it shows in the name.
    const name = text.slice(start, equalsAt)
    if (!plainName.test(name) || name.startsWith('oauth_')) return undefined
    insertPair(pairs, name, encodeFormValueTwice(text.slice(equalsAt + 1, end)))
    start = end + 1
  }
  return pairs.texts.length > fewPairs ? joinMany(block, pairs) : joinFew(block, pairs)
}

const plainName = /^[\w.~-]+$/

/** Pairs as they stand in a signature base string, behind an `&` each, with a number that sorts most of them. */
interface Pairs {
  readonly texts: string[]
  readonly ranks: number[]
}

const fewPairs = 16

/**
 * A step of an insertion sort: for a few pairs faster than the engine's sort, which would have to put each text
 * together in order to compare it. Many pairs are left as they come.
 */
function insertPair({ texts, ranks }: Pairs, name: string, value: string): void {
  const text = `%26${name}%3D${value}`
  const rank = rankOf(name)
  let place = texts.length
  for (; place > 0 && place <= fewPairs; place--) {
    const rankBefore = ranks[place - 1] ?? 0
    const textBefore = texts[place - 1] ?? ''
    // `%` is lower than any character of a plain name, so a name sorts before every longer one.
    if (rankBefore < rank || (rankBefore === rank && textBefore <= text)) break
    texts[place] = textBefore
    ranks[place] = rankBefore
  }
  texts[place] = text
  ranks[place] = rank
}

/** The first four characters, seven bits each; `charCodeAt` beyond the end is NaN, here 0. */
function rankOf(name: string): number {
  return (
    (name.charCodeAt(0) << 21) | (name.charCodeAt(1) << 14) | (name.charCodeAt(2) << 7) | name.charCodeAt(3)
  )
}

const blockStart = '%26oauth_'
const blockRank = rankOf('oauth_')

function joinFew(block: string, { texts, ranks }: Pairs): string {
  let before = ''
  let after = ''
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] ?? ''
    const rank = ranks[index] ?? 0
    if (rank > blockRank || (rank === blockRank && text > blockStart)) after += text
    else before += text
  }
  return joinAround(before, block, after)
}

function joinMany(block: string, { texts }: Pairs): string {
  texts.sort()
  const isAfter = texts.findIndex((text) => text > blockStart)
  const split = isAfter < 0 ? texts.length : isAfter
  return joinAround(texts.slice(0, split).join(''), block, texts.slice(split).join(''))
}

function joinAround(before: string, block: string, after: string): string {
  return before === '' ? block + after : `${before.slice('%26'.length)}%26${block}${after}`
}
