// The few conversions that the suite needs, with what every runtime has.

export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

/** A source of randomness that gives this number, padded to the length asked for. */
export const randomnessOf = (hex) => (length) => fromHex(hex.padStart(2 * length, '0'))

export const formOf = (pairs) =>
  pairs.map((pair) => pair.map((text) => encodeURIComponent(text).replaceAll('%20', '+')).join('=')).join('&')

/** The PEM (PKCS#8) of a private JWK, as a user's key file holds it. */
export async function pemOf(jwk) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign'])
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g)
  const label = 'PRIVATE KEY'
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
