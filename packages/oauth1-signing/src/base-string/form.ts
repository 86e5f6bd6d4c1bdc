import { utf8Bytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { type EncodedParameter, encodedParameter } from './parameters.ts'
import {
  encodeReserved,
  endOfPiece,
  isUnreserved,
  isUnreservedCode,
  longestShort,
  newPiece,
  writeEncoded,
} from './percent-encode.ts'

/**
 * The pairs of an `application/x-www-form-urlencoded` text, decoded and percent-encoded again
 * (RFC 5849 3.4.1.3.1 and 3.6). Empty pieces between two `&` are none; a name without `=` has an empty value.
 */
export function formPairs(text: string): EncodedParameter[] {
  return text.length > longestShort ? longFormPairs(text) : shortFormPairs(text)
}

/** Encoded as a whole: a call of the engine for each of many pairs would take longer than their bytes. */
function longFormPairs(text: string): EncodedParameter[] {
  const pairs: EncodedParameter[] = []
  for (const piece of recodeForm(text).split('&')) {
    if (piece === '') continue
    const equalsAt = piece.indexOf('=')
    const name = equalsAt < 0 ? piece : piece.slice(0, equalsAt)
    pairs.push(encodedParameter(name, equalsAt < 0 ? '' : piece.slice(equalsAt + 1)))
  }
  return pairs
}

function shortFormPairs(text: string): EncodedParameter[] {
  const pairs: EncodedParameter[] = []
  for (let start = 0; start < text.length; ) {
    let at = start
    let equalsAt = -1
    let reservedAt = -1
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (isUnreservedCode(code)) continue
      if (code === ampersand) break
      if (code === equals && equalsAt < 0) equalsAt = at
      else reservedAt = at
    }
    if (at > start) pairs.push(formPair(text, start, equalsAt < 0 ? at : equalsAt, at, reservedAt))
    start = at + 1
  }
  return pairs
}

/** @param reservedAt - Where the last character stands that must be decoded or encoded; negative where there is none. */
function formPair(
  text: string,
  start: number,
  equalsAt: number,
  end: number,
  reservedAt: number,
): EncodedParameter {
  const name = text.slice(start, equalsAt)
  const value = text.slice(equalsAt + 1, end)
  if (reservedAt < 0) return { name, value, isEscaped: false, inBaseString: undefined, inHeader: undefined }
  return encodedParameter(recodeFormComponent(name), reservedAt > equalsAt ? recodeReserved(value) : value)
}

/** What no percent-encoding writes: a raw character that it encodes, or an escape that it spells otherwise. */
const recodable = /[^\w.~%-]|%(?!(?:[01][\dA-F]|2[\dA-CF]|3[A-F]|40|5[B-E]|60|7[B-DF]|[89A-F][\dA-F]))/

/**
 * Turns one name or value of a form-encoded text into its percent-encoded form: decodes it (`+` is a space)
 * and encodes the bytes again.
 *
 * It works on bytes. `%FF` is no UTF-8, and a decoder of texts would make U+FFFD of it as of any other
 * such byte, so that one request could be taken for another with the same signature.
 */
export function recodeFormComponent(component: string): string {
  return isUnreserved(component) ? component : recodeReserved(component)
}

/** The same for a component that is known to hold something to decode or encode. */
function recodeReserved(component: string): string {
  const spaced = component.includes('+') ? component.replaceAll('+', '%20') : component
  if (!spaced.includes('%')) return encodeReserved('text', spaced)
  if (!recodable.test(spaced)) return spaced
  let text: string
  try {
    text = decodeURIComponent(spaced)
  } catch {
    return recodeForm(`=${spaced}`).slice(1)
  }
  return isUnreserved(text) ? text : encodeReserved('text', text)
}

const ampersand = 0x26
const equals = 0x3d
const plus = 0x2b
const percent = 0x25
const space = 0x20

/**
 * A form-encoded text with each name and value decoded and percent-encoded again, whether its bytes are UTF-8 or not;
 * `&` and the first `=` behind one stay. A percent sign without two digits stands for itself.
 */
function recodeForm(text: string): string {
  const bytes = utf8Bytes(text)
  const piece = newPiece(bytes.length)
  let recoded = ''
  let isInValue = false
  for (let index = 0; index < bytes.length; ) {
    let length = 0
    for (const end = endOfPiece(index, bytes.length); index < end; index++) {
      const byte = bytes[index] as number
      if (byte === ampersand || (byte === equals && !isInValue)) {
        isInValue = byte === equals
        piece[length++] = byte
        continue
      }
      const escaped = byte === percent ? escapedByte(bytes, index) : undefined
      if (escaped !== undefined) index += 2
      length = writeEncoded(piece, length, escaped ?? (byte === plus ? space : byte))
    }
    recoded += utf8Text(piece.subarray(0, length))
  }
  return recoded
}

function escapedByte(bytes: Uint8Array, index: number): number | undefined {
  const value = 16 * digit(bytes[index + 1]) + digit(bytes[index + 2])
  return value < 256 ? value : undefined
}

/** What a character counts as a hex digit; beyond every byte where it is none. */
function digit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 256
}

/** The text of a percent-encoded component. Bytes that are no UTF-8 stay as `%XX`, for a text to show. */
export function decodeComponent(encoded: string): string {
  if (!encoded.includes('%')) return encoded
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** Pairs of a form-encoded text, decoded. */
export function parseForm(text: string): [name: string, value: string][] {
  return formPairs(text).map(decodePair)
}

export function decodePair({ name, value }: EncodedParameter): [name: string, value: string] {
  return [decodeComponent(name), decodeComponent(value)]
}

const notFormEncoded = /[^\w\-.~!$'()*+,/:;=?@&%]|%(?![\dA-Fa-f]{2})/

/**
 * Whether a text keeps to the rules of `application/x-www-form-urlencoded`: printable ASCII with everything escaped
 * that could be mistaken, and whole escapes. A body that does not is left out of the signature (RFC 5849 3.4.1.3.1).
 */
export function isFormEncoded(text: string): boolean {
  return !notFormEncoded.test(text)
}
