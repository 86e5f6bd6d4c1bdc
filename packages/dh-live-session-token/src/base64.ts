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
 * Reads base64 as people paste it: standard or URL-safe alphabet, padded or not, white space anywhere, bits that
 * fill no byte dropped. `undefined` when a character is of neither alphabet.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const letters = text.replace(/\s+/g, '').replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4))
  let buffer = 0
  let bits = 0
  let length = 0
  for (let index = 0; index < letters.length; index += 1) {
    const value = values[letters.charCodeAt(index)] ?? unknown
    if (value === unknown) return undefined
    buffer = (buffer << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length] = buffer >> bits
      length += 1
    }
  }
  return bytes
}

const unknown = 255
const values: Uint8Array = new Uint8Array(128).fill(unknown)
for (const [value, letter] of [...alphabet].entries()) values[letter.charCodeAt(0)] = value
values['-'.charCodeAt(0)] = 62
values['_'.charCodeAt(0)] = 63
