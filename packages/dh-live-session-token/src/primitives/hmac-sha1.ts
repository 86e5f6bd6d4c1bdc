const blockLength = 64
const constants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6]

/**
 * HMAC-SHA1 (RFC 2104) of a whole message. Written out because this is all that a live session token needs of a
 * hash library, and the smallest such library would be a quarter of what this package weighs in a browser.
 */
export function hmacSha1(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(blockLength)
  block.set(key.length > blockLength ? sha1(key) : key)
  const masked = (mask: number): Uint8Array => block.map((byte) => byte ^ mask)
  return sha1(masked(0x5c), sha1(masked(0x36), message))
}

/** SHA-1 (FIPS 180-4 6.1) of the parts, one after another. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const blocks = padded(parts)
  let state: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  for (let offset = 0; offset < blocks.byteLength; offset += blockLength) {
    state = compress(state, new DataView(blocks.buffer, offset))
  }
  const digest = new DataView(new ArrayBuffer(20))
  for (const [index, word] of state.entries()) digest.setUint32(4 * index, word)
  return new Uint8Array(digest.buffer)
}

/** The parts one after another, a one bit, zeros, and how many bits the parts have. */
function padded(parts: readonly Uint8Array[]): DataView {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new Uint8Array((length + 8 + blockLength) & -blockLength)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  bytes[length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 4, length * 8)
  return view
}

function compress(state: readonly number[], block: DataView): number[] {
  const words: number[] = []
  const word = (index: number): number => words[index] as number
  let [a, b, c, d, e] = state as [number, number, number, number, number]
  for (let index = 0; index < 80; index += 1) {
    const round = Math.floor(index / 20)
    words[index] =
      index < 16
        ? block.getUint32(4 * index)
        : rotateLeft(word(index - 3) ^ word(index - 8) ^ word(index - 14) ^ word(index - 16), 1)
    const mixed = round === 0 ? d ^ (b & (c ^ d)) : round === 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d
    const next = rotateLeft(a, 5) + mixed + e + (constants[round] as number) + word(index)
    ;[a, b, c, d, e] = [next | 0, a, rotateLeft(b, 30), c, d]
  }
  return [a, b, c, d, e].map((value, index) => (value + (state[index] as number)) | 0)
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count))
}
