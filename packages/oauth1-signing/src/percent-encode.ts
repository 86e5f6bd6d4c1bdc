import { OAuth1Error } from './oauth1-error.ts'

const unreservedOnly = /^[\w.~-]*$/

/** What each ASCII character becomes; empty for the unreserved ones, which stay (RFC 3986 2.3). */
const escapes: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return unreservedOnly.test(character) ? '' : escapeCharacter(character)
})

/** Beyond this length the engine's own encoder wins over a loop written here. */
const shortText = 256

/**
 * Percent-encodes a text as OAuth wants it: UTF-8, every byte but `A-Z a-z 0-9 - . _ ~` as `%XX` with
 * upper-case digits. A space is `%20`; `! ' ( ) *` are encoded, which `encodeURIComponent` does not do.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if the text has no UTF-8 form.
 * @see RFC 5849 3.6
 */
export function percentEncode(text: string): string {
  return unreservedOnly.test(text) ? text : encodeReserved(text)
}

/** The same for a text that is known to need it. */
export function encodeReserved(text: string): string {
  if (text.length > shortText) return encodeAny(text)
  let encoded = ''
  let done = 0
  for (let index = 0; index < text.length; index++) {
    const replacement = escapes[text.charCodeAt(index)]
    if (replacement === '') continue
    if (replacement === undefined) return encoded + encodeAny(text.slice(done))
    encoded += text.slice(done, index) + replacement
    done = index + 1
  }
  return encoded + text.slice(done)
}

function encodeAny(text: string): string {
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
  return `%${(character.charCodeAt(0) + 256).toString(16).slice(1).toUpperCase()}`
}
