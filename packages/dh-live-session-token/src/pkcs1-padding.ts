import { invalidInput } from './arguments.ts'

/** Each draw replaces the zeros of the one before; a random source needs three or so. */
const mostDraws = 99

/** `00 02`, at least eight bytes of padding string, `00`. */
const overhead = 11

/**
 * Takes RSAES-PKCS1-v1_5 padding off (RFC 8017 7.2.2 step 3), looking at every byte whatever is found.
 *
 * @returns The message, or `undefined` for every kind of malformed block, an empty message among them.
 */
export function unpad(block: Uint8Array): Uint8Array | undefined {
  let separator = 0
  for (let index = block.length - 1; index >= 2; index -= 1) {
    const isZero = ((block[index] as number) - 1) >>> 31
    separator = isZero * index + (1 - isZero) * separator
  }
  const wellFormed =
    Number(block[0] === 0) &
    Number(block[1] === 2) &
    Number(separator >= overhead - 1) &
    Number(separator < block.length - 1)
  return wellFormed === 1 ? block.slice(separator + 1) : undefined
}

/**
 * Puts RSAES-PKCS1-v1_5 padding on (RFC 8017 7.2.1 step 2).
 *
 * @param draw - Gives that many random bytes, zeros among them.
 * @returns `undefined` where the message is empty or too long for the block.
 */
export function pad(
  message: Uint8Array,
  blockLength: number,
  draw: (length: number) => Uint8Array,
): Uint8Array | undefined {
  if (message.length === 0 || message.length > blockLength - overhead) return undefined
  const block = new Uint8Array(blockLength)
  block[1] = 2
  const end = blockLength - message.length - 1
  for (let index = 2, draws = 0; index < end; draws += 1) {
    if (draws > mostDraws) throw invalidInput('randomBytes must return random bytes.')
    for (const byte of draw(end - index)) {
      if (byte !== 0) {
        block[index] = byte
        index += 1
      }
    }
  }
  block.set(message, end + 1)
  return block
}
