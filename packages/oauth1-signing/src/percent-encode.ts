import { OAuth1Error } from './oauth1-error.ts'

/** Texts of unreserved characters alone, which mean themselves (RFC 5849 3.6). */
export const unreservedOnly: RegExp = /^[\w.~-]*$/

/**
 * Percent-encodes a text as OAuth wants it: UTF-8, every byte but `A-Z a-z 0-9 - . _ ~` as `%XX` with
 * upper-case digits. A space is `%20`; `! ' ( ) *` are encoded, which `encodeURIComponent` does not do.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if the text has no UTF-8 form.
 * @see RFC 5849 3.6
 */
export function percentEncode(text: string): string {
  if (unreservedOnly.test(text)) return text
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, escapeCharacter)
  } catch (cause) {
    throw new OAuth1Error(
      'ERR_OAUTH1_LONE_SURROGATE',
      'A name or value holds half a surrogate pair and cannot be written as UTF-8; pass well-formed text',
      { cause },
    )
  }
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
