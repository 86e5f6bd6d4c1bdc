import { jsonObject } from '@ibkr-auth/internal/json'
import type { Frame } from './state.ts'

/** Longer frames are read whole: a text that is kept would keep the frame it stands in. */
const longestText = 4_096

/**
 * A frame of market data, with its members found and not made: most frames are these, and an object with numbers for
 * names costs more to make than all else that is done with it. It reads what is written as IBKR writes it, texts and
 * whole numbers without blanks or escapes, and leaves everything else to `JSON.parse`. One is used again and again: it
 * holds until the next {@link QuoteFrame.find}.
 */
export class QuoteFrame {
  /** `smd+…` */
  topic = ''
  /** `_updated`, ms since 1970. */
  updatedAtMs: number | undefined
  /** How many of {@link QuoteFrame.numbers} are this frame's. */
  count = 0
  /** Names that are numbers, in the order of the frame. */
  readonly numbers: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #text = ''

  /** The text of a member, by its place in {@link QuoteFrame.numbers}. */
  textAt(place: number): string {
    return this.#text.slice(this.#starts[place], this.#ends[place])
  }

  /** As every other frame is read. */
  whole(): Frame {
    return jsonObject(this.#text) ?? {}
  }

  /** @returns Whether the text is a frame of market data that refuses nothing; if not, nothing else here holds. */
  find(text: string): boolean {
    this.#text = text
    this.topic = ''
    this.updatedAtMs = undefined
    this.count = 0
    return text.length <= longestText && this.#findMembers(text) && this.topic.startsWith('smd+')
  }

  #findMembers(text: string): boolean {
    if (text.charCodeAt(0) !== brace) return false
    for (let at = 1; ; at += 1) {
      const nameEnd = endOfText(text, at)
      if (nameEnd < 0 || text.charCodeAt(nameEnd + 1) !== colon) return false
      const valueAt = nameEnd + 2
      const isText = text.charCodeAt(valueAt) === quote
      const end = isText ? endOfText(text, valueAt) : endOfNumber(text, valueAt)
      if (end < 0 || !this.#take(text, at + 1, nameEnd, isText ? valueAt + 1 : valueAt, end, isText))
        return false
      at = isText ? end + 1 : end
      if (text.charCodeAt(at) !== comma) return text.charCodeAt(at) === closingBrace && at === text.length - 1
    }
  }

  /** @returns False for a member that says that the frame is none of data. */
  #take(text: string, name: number, nameEnd: number, start: number, end: number, isText: boolean): boolean {
    const number = fieldNumberIn(text, name, nameEnd)
    if (number >= 0) {
      this.numbers[this.count] = number
      this.#starts[this.count] = start
      this.#ends[this.count] = end
      this.count += 1
    } else if (is('topic', text, name, nameEnd)) this.topic = text.slice(start, end)
    else if (is('_updated', text, name, nameEnd))
      this.updatedAtMs = isText ? undefined : Number(text.slice(start, end))
    else return !is('error', text, name, nameEnd) && !is('message', text, name, nameEnd)
    return true
  }
}

const quote = 0x22
const comma = 0x2c
const zero = 0x30
const colon = 0x3a
const backslash = 0x5c
const brace = 0x7b
const closingBrace = 0x7d

/** Where the text ends whose opening quote is here; -1 if none is here, or it is not plain. */
function endOfText(text: string, opening: number): number {
  if (text.charCodeAt(opening) !== quote) return -1
  for (let at = opening + 1; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (!(code >= 32) || code === backslash) return -1
  }
}

/** Where the whole number behind its last digit ends that begins here; -1 if it is none that is exact and written so. */
function endOfNumber(text: string, start: number): number {
  let at = start
  while (isDigit(text.charCodeAt(at))) at += 1
  const digits = at - start
  return digits >= 1 && digits <= 15 && (digits === 1 || text.charCodeAt(start) !== zero) ? at : -1
}

/** The number that a name is; -1 for any other name. */
function fieldNumberIn(text: string, start: number, end: number): number {
  if (end === start || text.charCodeAt(start) === zero) return -1
  let number = 0
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (!isDigit(code)) return -1
    number = number * 10 + code - zero
  }
  return number
}

function isDigit(code: number): boolean {
  return code >= zero && code < colon
}

function is(name: string, text: string, start: number, end: number): boolean {
  return end - start === name.length && text.startsWith(name, start)
}
