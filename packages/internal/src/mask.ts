import { base64FromBytes, hexFromBytes, utf8Bytes } from './bytes.ts'

/** What stands in a message where a secret stood. */
export const masked = '[masked]'

/** Letters and digits; shorter texts are words and numbers. */
const shortestSecret = 8

/** Characters. No message is as long, so none holds more than a piece of what is longer; its parts are looked for. */
const longestSecret = 65_536

/**
 * Hides what was sent as a credential where a server repeats it, whole or any part that is long enough to be one. It is
 * found whatever became of it on the way: escaped for URLs, JSON or HTML, once or more; in another letter case; in hex or
 * base64; with line breaks, spaces or invisible characters within.
 *
 * @param sent - Headers, bodies, tokens, assertions, signatures as they went over the wire.
 */
export function maskEchoes(text: string, sent: readonly string[]): string {
  return echoMask(sent)(text)
}

/** {@link maskEchoes} for several texts: what to look for is worked out once, with the first text. */
export function echoMask(sent: readonly string[]): (text: string) => string {
  let wanted: readonly string[] | undefined
  return (text) => {
    wanted ??= lettersOfAll(sent)
    return wanted.length === 0 ? text : maskLetters(text, wanted)
  }
}

/** What is left of a text however it is written: its letters and digits in lower case, and where each stands. */
interface Letters {
  readonly letters: string
  /** Start of each of them and of its escape, and the end. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/**
 * A character, or an escape of one: `%2B`, `%252b`, `%u002b`, `\\u002b`, `\\u{2b}`, `\\x2b`, `&#43;`, `&#x2b`, `&amp;plus;`. Or
 * a tag, which a page may have within a word.
 */
const characters =
  /%(?:25)*(?:u00)?([\da-f]{2})|\\u\{0*([\da-f]{1,6})\}|\\u([\da-f]{4})|\\x([\da-f]{2})|&(?:amp;)*(?:#x0*([\da-f]{1,6});?|#0*(\d{1,7});?|[a-z]{2,8};)|<\/?[a-z]{1,10}(?:\s[^<>]{0,200})?\/?>|\\[a-z]|./gisu

/** With escapes undone, and as it stands: one that was broken in two is no escape any more. */
const readings = [characters, /./gsu]

function lettersOf(text: string, reading: RegExp): Letters {
  const [found, starts, ends]: [string[], number[], number[]] = [[], [], []]
  for (const match of text.matchAll(reading)) {
    const [all, percent, braced = percent, json = braced, short = json, hex = short, decimal] = match
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    const letter = (code < 128 ? String.fromCharCode(code) : all).toLowerCase()
    if (!/^[a-z\d]$/.test(letter)) continue
    found.push(letter)
    starts.push(match.index)
    ends.push(match.index + all.length)
  }
  return { letters: found.join(''), starts, ends }
}

/** Of each part of what was sent that is long enough, in each encoding that is more than an escape. */
function lettersOfAll(sent: readonly string[]): readonly string[] {
  const spellings = new Set(sent.flatMap(partsOf).flatMap(spellingsOf))
  const letters = new Set(
    [...spellings].flatMap((spelling) => readings.map((reading) => lettersOf(spelling, reading).letters)),
  )
  return [...letters].filter(({ length }) => length >= shortestSecret)
}

/** The whole; the pieces of a header, form or JSON text, without their names; the pieces of a token. */
function partsOf(value: string): string[] {
  const pieces = value.split(/[\s,;&"]+/).map((piece) => piece.replace(/^[a-z_]+=/, ''))
  return [value, ...pieces, ...value.split('.')].filter(
    ({ length }) => length >= shortestSecret && length <= longestSecret,
  )
}

function spellingsOf(part: string): string[] {
  const decoded = percentDecoded(part)
  const plain = [...new Set([part, decoded, percentDecoded(decoded)])]
  const bytes = plain.map(utf8Bytes)
  const encoded = plain.map((text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')))
  return [part, ...encoded, ...bytes.flatMap(listsOf), ...bytes.flatMap(base64SpellingsOf)]
}

/** Bytes one after another as programs print them: `3666`, `0x36, 0x66`, `[54,102]`. */
function listsOf(bytes: Uint8Array): string[] {
  const hex = hexFromBytes(bytes)
  return [hex, hex.replace(/../g, '0x$&'), bytes.join('')]
}

/** Base64 of bytes that may stand within others: only the characters that depend on none of those around. */
function base64SpellingsOf(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length)
    padded.set(bytes, before)
    return base64FromBytes(padded).slice(before && before + 1, Math.floor((padded.length * 4) / 3))
  })
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function maskLetters(text: string, wanted: readonly string[]): string {
  const hidden = new Uint8Array(text.length)
  for (const reading of readings) hideIn(hidden, text, lettersOf(text, reading), wanted)
  let line = ''
  for (let index = 0; index < text.length; index += 1) {
    if (hidden[index] === 0) line += text[index]
    else if (hidden[index - 1] !== 1) line += masked
  }
  return line
}

/** Marks each place where a wanted text stands. */
function hideIn(
  hidden: Uint8Array,
  text: string,
  { letters, starts, ends }: Letters,
  wanted: readonly string[],
): void {
  for (const secret of wanted) {
    for (let at = letters.indexOf(secret); at >= 0; at = letters.indexOf(secret, at + 1)) {
      let end = ends[at + secret.length - 1] as number
      while (text[end] === '=') end += 1 // the padding of base64
      hidden.fill(1, starts[at], end)
    }
  }
}

const tokenCharacters = /(?:[\w+/=.~%\\-]|&(?:amp;)*#?\w{2,8};){16,}/g

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
