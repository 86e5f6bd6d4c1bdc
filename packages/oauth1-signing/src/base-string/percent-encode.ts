import { invalidInput, OAuth1Error } from '../errors.ts'

const reserved = /[^\w.~-]/
const marks = /[!'()*]/
const everyMark = /[!'()*]/g

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
  if (!reserved.test(text)) return text
  const encoded = encodeUtf8(name, text)
  return marks.test(encoded) ? encoded.replace(everyMark, escapeCharacter) : encoded
}

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

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Encodes once more what is percent-encoded: nothing but its percent signs is left to encode. */
export function encodeAgain(encoded: string): string {
  return encoded.includes('%') ? encoded.replaceAll('%', '%25') : encoded
}
