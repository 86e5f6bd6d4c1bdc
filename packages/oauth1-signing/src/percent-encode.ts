import { OAuth1Error } from './oauth1-error.ts'

const unreservedOnly = /^[\w.~-]*$/

/** True where every character is of RFC 3986's unreserved set, so that encoding changes nothing. */
export function isUnreserved(text: string): boolean {
  return unreservedOnly.test(text)
}

/**
 * Percent-encodes a text as OAuth wants it: UTF-8, every byte but `A-Z a-z 0-9 - . _ ~` as `%XX` with
 * upper-case digits. A space is `%20`; `! ' ( ) *` are encoded, which `encodeURIComponent` does not do.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if the text has no UTF-8 form.
 * @see RFC 5849 3.6
 */
export function percentEncode(text: string): string {
  return isUnreserved(text) ? text : encode(text)
}

function encode(text: string): string {
  let encoded: string
  try {
    encoded = encodeURIComponent(text)
  } catch (cause) {
    throw new OAuth1Error(
      'ERR_OAUTH1_LONE_SURROGATE',
      'A name or value holds half a surrogate pair and cannot be written as UTF-8; pass well-formed text',
      { cause },
    )
  }
  return leftByEncodeUriComponent.test(encoded)
    ? encoded.replace(everyLeftByEncodeUriComponent, encodeCharacter)
    : encoded
}

const leftByEncodeUriComponent = /[!'()*]/
const everyLeftByEncodeUriComponent = /[!'()*]/g

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
