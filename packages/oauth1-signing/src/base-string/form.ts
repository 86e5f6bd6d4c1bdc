import { utf8Bytes } from '@ibkr-auth/internal/bytes'
import type { EncodedParameter } from './parameters.ts'
import {
  encodeBytes,
  encodeReserved,
  isUnreserved,
  isUnreservedCode,
  longestShort,
} from './percent-encode.ts'

/**
 * The pairs of an `application/x-www-form-urlencoded` text, decoded and percent-encoded again
 * (RFC 5849 3.4.1.3.1 and 3.6). Empty pieces between two `&` are none; a name without `=` has an empty value.
 */
export function formPairs(text: string): EncodedParameter[] {
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
  const encodedValue = reservedAt > equalsAt ? recodeReserved(value) : value
  return {
    name: recodeFormComponent(name),
    value: encodedValue,
    isEscaped: true,
    inBaseString: undefined,
    inHeader: undefined,
  }
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

const ampersand = 0x26
const equals = 0x3d
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
  return !notFormEncoded.test(text)
}
