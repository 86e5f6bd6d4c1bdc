import { base64FromBytes, hexFromBytes, utf8Bytes } from './bytes.ts'

/** What stands in a message where a secret stood. */
export const masked = '[masked]'

/** Shorter texts are words and numbers. */
const shortestSecret = 8

/**
 * Hides what was sent as a credential where a server repeats it: as it was sent, percent-encoded or decoded (once or
 * twice), in JSON, in hex or in base64; each part of it that is long enough to be one.
 *
 * @param sent - Headers, bodies, tokens, assertions, signatures as they went over the wire.
 */
export function maskEchoes(text: string, sent: readonly string[]): string {
  return echoMask(sent)(text)
}

/** {@link maskEchoes} for several texts: the spellings of what was sent are worked out once, with the first text. */
export function echoMask(sent: readonly string[]): (text: string) => string {
  let spellings: readonly string[] | undefined
  return (text) => {
    spellings ??= allSpellingsOf(sent)
    return spellings.reduce((line, spelling) => line.replaceAll(spelling, masked), text)
  }
}

/** Longest first, so that no part of a spelling hides the rest of it. */
function allSpellingsOf(sent: readonly string[]): readonly string[] {
  const parts = sent.flatMap((value) => [value, ...value.split(/[\s,;&"=]+/), ...value.split('.')])
  const spellings = new Set(parts.filter(isLong).flatMap(spellingsOf).filter(isLong))
  return [...spellings].sort((one, other) => other.length - one.length)
}

function isLong(text: string): boolean {
  return text.length >= shortestSecret
}

function spellingsOf(secret: string): string[] {
  const decoded = percentDecoded(secret)
  return [...new Set([secret, decoded, percentDecoded(decoded)])].flatMap((plain) => {
    const once = encodeURIComponent(plain.replace(/\p{Cs}/gu, '\ufffd'))
    const bytes = utf8Bytes(plain)
    const hex = hexFromBytes(bytes)
    const base64 = base64FromBytes(bytes).replace(/=+$/, '')
    const base64url = base64.replaceAll('+', '-').replaceAll('/', '_')
    return [
      plain,
      once,
      once.replace(/%../g, (code) => code.toLowerCase()),
      encodeURIComponent(once),
      JSON.stringify(plain).slice(1, -1),
      plain.replaceAll('/', '\\/'),
      hex,
      hex.toUpperCase(),
      base64,
      base64url,
    ]
  })
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const tokenCharacters = /[\w+/=.~%\\-]{16,}/g

/**
 * Hides everything that could be a token, in any encoding: runs of 16 or more characters of tokens that hold a digit,
 * or mix letter cases as base64 does. For what a server said where it is not known what was sent.
 */
export function maskTokens(text: string): string {
  return text.replace(tokenCharacters, (run) => (looksLikeToken(run) ? masked : run))
}

function looksLikeToken(run: string): boolean {
  return /\d/.test(run) || /[a-z][A-Z][A-Z]|[A-Z][a-z][A-Z]/.test(run) || run.length >= 64
}
