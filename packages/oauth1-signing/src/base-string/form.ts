import { utf8Bytes } from '@ibkr-auth/internal/bytes'
import { type EncodedParameter, encodedParameter } from './parameters.ts'
import { encodeBytes, encodeReserved, isUnreserved, longestShort } from './percent-encode.ts'

/**
 * The pairs of an `application/x-www-form-urlencoded` text, decoded and percent-encoded again
 * (RFC 5849 3.4.1.3.1 and 3.6). Empty pieces between two `&` are none.
 */
export function formPairs(text: string): EncodedParameter[] {
  const isPlain = isPlainForm(text)
  const pairs: EncodedParameter[] = []
  for (let start = 0; start < text.length; ) {
    const ampersandAt = text.indexOf('&', start)
    const end = ampersandAt < 0 ? text.length : ampersandAt
    if (end > start) pairs.push(formPair(text.slice(start, end), isPlain))
    start = end + 1
  }
  return pairs
}

const notPlain = /[^\w.~&=-]/

/** True for a form in which nothing has to be decoded or encoded: most of them, and told at a glance. */
function isPlainForm(text: string): boolean {
  return !notPlain.test(text)
}

/** One pair; a name without `=` has an empty value. */
export function formPair(piece: string, isPlain: boolean = false): EncodedParameter {
  const equalsAt = piece.indexOf('=')
  if (equalsAt < 0) return encodedParameter(recodeFormComponent(piece), '')
  const name = piece.slice(0, equalsAt)
  const value = piece.slice(equalsAt + 1)
  if ((isPlain || isPlainForm(piece)) && !value.includes('=')) return { name, value, isEscaped: false }
  return encodedParameter(recodeFormComponent(name), recodeFormComponent(value))
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
  if (isUnreserved(component)) return component
  if (component.length > longestShort) return recodeLong(component)
  const spaced = component.includes('+') ? component.replaceAll('+', '%20') : component
  if (!spaced.includes('%')) return encodeReserved('text', spaced)
  if (!recodable.test(spaced)) return spaced
  let text: string
  try {
    text = decodeURIComponent(spaced)
  } catch {
    return encodeBytes(formBytes(component))
  }
  return isUnreserved(text) ? text : encodeReserved('text', text)
}

function recodeLong(component: string): string {
  return recodable.test(component) ? encodeBytes(formBytes(component)) : component
}

const plus = 0x2b
const percent = 0x25
const space = 0x20

/** The bytes that a name or value stands for. A percent sign without two digits stands for itself. */
function formBytes(component: string): Uint8Array {
  const bytes = utf8Bytes(component)
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number
    const escaped = byte === percent ? escapedByte(bytes, index) : undefined
    if (escaped !== undefined) index += 2
    bytes[length++] = escaped ?? (byte === plus ? space : byte)
  }
  return bytes.subarray(0, length)
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
  return isPlainForm(text) || !notFormEncoded.test(text)
}
