import { percentEncode } from '@ibkr-auth/oauth1-signing'

/** Turns text into its percent-encoded form. */
export type Encoder = (text: string) => string

const loneSurrogate = /\p{Surrogate}/u

/** RFC 5849 3.6; text that cannot be UTF-8 stays as it is, since no signature of it can match either. */
export const rfc3986: Encoder = (text) => (loneSurrogate.test(text) ? text : percentEncode(text))

/** No encoding at all. */
export const identity: Encoder = (text) => text

/** `encodeURIComponent`: leaves `! ' ( ) *` raw. */
export const uriComponent: Encoder = (text) => (loneSurrogate.test(text) ? text : encodeURIComponent(text))

/** `encodeURIComponent` with a space as `+`. */
export const uriComponentPlus: Encoder = (text) => uriComponent(text).replaceAll('%20', '+')

/** Python's `urllib.parse.quote_plus`: a space becomes `+`. */
export const quotePlus: Encoder = (text) => rfc3986(text).replaceAll('%20', '+')

/** Python's `urllib.parse.quote`: leaves `/` raw. */
export const quote: Encoder = (text) => rfc3986(text).replaceAll('%2F', '/')

/** Correct but for the case of the hexadecimal digits. */
export const lowerCaseHex: Encoder = (text) =>
  rfc3986(text).replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())

/** `application/x-www-form-urlencoded`: a space as `+`, `*` raw, `~` encoded. */
export const formUrlEncoded: Encoder = (text) => new URLSearchParams([['', text]]).toString().slice(1)

/** Parameters joined as they are and encoded once, as IBKR's current documentation has them. */
export const encodedOnce: { readonly encodePart: Encoder } = { encodePart: identity }
