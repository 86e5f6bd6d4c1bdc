import type { StandardParameters } from './protocol-parameters.ts'
import type { QuerySigning } from './query-signing.ts'
import type { BaseStringSource } from './signature-base-string.ts'

// A short cut for requests in which nothing has to be escaped, by far the most. It gives what
// buildBaseString gives, or undefined where it takes more than this file knows.

export function plainBaseString(
  { encodedMethod, encodedUri, query, form }: BaseStringSource,
  standard: StandardParameters,
  querySigning: QuerySigning = 'rfc5849',
): string | undefined {
  const block = plainBlock(standard)
  if (block === undefined) return undefined
  const start = `${encodedMethod}&${encodedUri}&`
  if (querySigning === 'rfc5849') {
    const text = form === '' ? query : query === '' ? form : `${query}&${form}`
    const parameters = text === '' ? block : mergePlainPairs(block, text)
    return parameters === undefined ? undefined : start + parameters
  }
  return querySigning === 'omit' && !mayClash.test(query) && !mayClash.test(form) ? start + block : undefined
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
 * Sorts the pairs of a plain text around the protocol parameters. No name of the text starts with `oauth_`,
 * so those stay together.
 */
function mergePlainPairs(block: string, text: string): string | undefined {
  if (!plainPairs.test(text) || text.includes('oauth_')) return undefined
  const pairs = text.split('&')
  if (pairs.length > fewPairs) return undefined
  let before = ''
  let after = ''
  for (const pair of sortPairs(pairs)) {
    const equalsAt = pair.indexOf('=')
    const name = pair.slice(0, equalsAt)
    if (name < 'oauth_') before += `${name}%3D${pair.slice(equalsAt + 1)}%26`
    else after += `%26${name}%3D${pair.slice(equalsAt + 1)}`
  }
  return before + block + after
}

const plainPairs = /^[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*$/
const fewPairs = 16

/** Insertion sort: for a few pairs faster than the engine's with its calls back. */
function sortPairs(pairs: string[]): string[] {
  const ranks = pairs.map(rankOf)
  for (let index = 1; index < pairs.length; index++) {
    const pair = pairs[index] ?? ''
    const rank = ranks[index] ?? 0
    let place = index
    for (; place > 0; place--) {
      const rankBefore = ranks[place - 1] ?? 0
      const pairBefore = pairs[place - 1] ?? ''
      if (rankBefore < rank || (rankBefore === rank && sortText(pairBefore) <= sortText(pair))) break
      pairs[place] = pairBefore
      ranks[place] = rankBefore
    }
    pairs[place] = pair
    ranks[place] = rank
  }
  return pairs
}

/** The first four characters as a number, so that texts seldom have to be compared. */
function rankOf(pair: string): number {
  return (sortCode(pair, 0) << 21) | (sortCode(pair, 1) << 14) | (sortCode(pair, 2) << 7) | sortCode(pair, 3)
}

const equalsCode = '='.charCodeAt(0)
const lowestCode = '!'.charCodeAt(0)

/** A name ends before every longer one, so its `=` counts as lower than any character of a name. */
function sortCode(pair: string, index: number): number {
  const code = pair.charCodeAt(index)
  return code === equalsCode ? lowestCode : code
}

function sortText(pair: string): string {
  return pair.replace('=', '!')
}
