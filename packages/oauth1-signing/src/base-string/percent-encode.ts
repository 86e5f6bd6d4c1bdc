import { utf8Bytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { invalidInput } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'

const reserved = /[^\w.~-]/
const marks = /[!'()*]/

/**
 * Percent-encodes a text as OAuth wants it: UTF-8, every byte but `A-Z a-z 0-9 - . _ ~` as `%XX` with
 * upper-case digits. A space is `%20`; `! ' ( ) *` are encoded, which `encodeURIComponent` does not do.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if the text has no UTF-8 form; `ERR_OAUTH1_INVALID_INPUT` if it is
 *   no string.
 * @see RFC 5849 3.6
 */
export function percentEncode(text: string): string {
  return encodeNamed('text', text)
}

/** `percentEncode` of a text whose name an error shall give. */
export function encodeNamed(name: string, text: unknown): string {
  if (typeof text !== 'string') throw invalidInput(`${name} must be a string`)
  return isUnreserved(text) ? text : encodeReserved(name, text)
}

/** The same for a text that is known to hold something to encode. */
export function encodeReserved(name: string, text: string): string {
  const encoded = encodeUtf8(name, text)
  return marks.test(encoded) ? encodeBytes(utf8Bytes(text)) : encoded
}

/** True for a text that is its own percent-encoded form. */
export function isUnreserved(text: string): boolean {
  return !reserved.test(text)
}

/** 1 for each byte that is its own percent-encoded form. Made with the first query or form, which many processes never sign. */
let unreserved: Uint8Array | undefined

/** True for a byte, or a UTF-16 code unit, that is its own percent-encoded form. */
export function isUnreservedCode(code: number): boolean {
  unreserved ??= Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(isUnreserved(String.fromCharCode(byte))),
  )
  return code < 256 && unreserved[code] === 1
}

/** Up to here the engine's own functions are faster than a loop over bytes; far beyond, a hundred times slower. */
export const longestShort = 256

function encodeUtf8(name: string, text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw new OAuth1Error(
      'ERR_OAUTH1_LONE_SURROGATE',
      `${name} holds half a surrogate pair and cannot be written as UTF-8; pass well-formed text`,
    )
  }
}

/** Percent-encodes bytes, whether they are UTF-8 or not. */
export function encodeBytes(bytes: Uint8Array): string {
  const piece = newPiece(bytes.length)
  let text = ''
  for (let index = 0; index < bytes.length; ) {
    let length = 0
    for (const end = endOfPiece(index, bytes.length); index < end; index++) {
      length = writeEncoded(piece, length, bytes[index] as number)
    }
    text += utf8Text(piece.subarray(0, length))
  }
  return text
}

// Long texts are made in pieces: what is larger costs more to be given by the system than to be filled.
const pieceLength = 8192

/** Room for the percent-encoded form of a piece. */
export function newPiece(bytes: number): Uint8Array {
  return new Uint8Array(3 * Math.min(bytes, pieceLength))
}

export function endOfPiece(start: number, end: number): number {
  return Math.min(start + pieceLength, end)
}

/** Writes a byte percent-encoded; returns where the next one belongs. */
export function writeEncoded(piece: Uint8Array, at: number, byte: number): number {
  if (isUnreservedCode(byte)) {
    piece[at] = byte
    return at + 1
  }
  piece[at] = 0x25
  piece[at + 1] = hexDigit(byte >> 4)
  piece[at + 2] = hexDigit(byte & 15)
  return at + 3
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value
}
