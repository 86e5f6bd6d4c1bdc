const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 with padding (RFC 4648 section 4). */
export function base64FromBytes(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(index, index + 3)
    const group = (first << 16) | (second << 8) | third
    const letters = [18, 12, 6, 0].map((shift) => alphabet.charAt((group >> shift) & 63)).join('')
    const missing = Math.max(0, index + 3 - bytes.length)
    text += letters.slice(0, 4 - missing) + '='.repeat(missing)
  }
  return text
}

/**
 * Reads base64 as people paste it: standard or URL-safe alphabet, padded or not, with white space
 * anywhere. `undefined` when it is not base64.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const letters = text
    .replace(/\s+/g, '')
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/={1,2}$/, '')
  if (letters.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(letters)) return undefined
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4))
  let buffer = 0
  let bits = 0
  let length = 0
  for (const letter of letters) {
    buffer = ((buffer << 6) | alphabet.indexOf(letter)) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length] = (buffer >> bits) & 255
      length += 1
    }
  }
  return bytes
}
