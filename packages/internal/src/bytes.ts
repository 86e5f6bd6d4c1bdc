import { globals } from './globals.ts'

// Made when they are first used: an import then pays for none of them.
let encoder: InstanceType<typeof globals.TextEncoder> | undefined
let lenient: InstanceType<typeof globals.TextDecoder> | undefined
let strict: InstanceType<typeof globals.TextDecoder> | undefined

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  encoder ??= new globals.TextEncoder()
  return encoder.encode(text)
}

/** Writes as many whole characters as there is room for; returns the number of bytes. */
export function utf8Into(text: string, bytes: Uint8Array): number {
  encoder ??= new globals.TextEncoder()
  return encoder.encodeInto(text, bytes).written
}

/** Text of UTF-8 bytes; malformed sequences become U+FFFD, a byte order mark goes. */
export function utf8Text(bytes: Uint8Array): string {
  lenient ??= new globals.TextDecoder()
  return lenient.decode(bytes)
}

/** Text of UTF-8 bytes with every character kept; `undefined` where they are malformed. */
export function utf8TextStrict(bytes: Uint8Array): string | undefined {
  strict ??= new globals.TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Its getter tells what kind a view is, and of anything else nothing: no proxy and no own member answers in its place. */
const typedArray: object = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype)

/** A `Uint8Array`, whichever realm made it. */
export function isBytes(value: unknown): value is Uint8Array {
  return Reflect.get(typedArray, Symbol.toStringTag, value) === 'Uint8Array'
}

const hexDigits = '0123456789abcdef'

/** Lower-case hex, two digits a byte. */
export function hexFromBytes(bytes: Uint8Array): string {
  let digits = ''
  // By index: an iterator makes an object for each byte until the engine has learnt to leave it out.
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number
    digits += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15)
  }
  return digits
}

/** Bytes of an even number of hex digits in either case; `undefined` for any other text. */
export function bytesFromHex(digits: string): Uint8Array | undefined {
  if (digits.length % 2 !== 0 || !/^[\da-f]*$/i.test(digits)) return undefined
  const bytes = new Uint8Array(digits.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = (nibbleAt(digits, 2 * index) << 4) | nibbleAt(digits, 2 * index + 1)
  }
  return bytes
}

/** Digits are 0x30 to 0x39; letters of either case differ from that by one known bit and 9. */
function nibbleAt(digits: string, index: number): number {
  const code = digits.charCodeAt(index)
  return (code & 15) + 9 * (code >> 6)
}

const chunk = 8192 // Arguments of one call; engines overflow their stack somewhat above 65,536.

/** Base64 with padding (RFC 4648 4). */
export function base64FromBytes(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += chunk) {
    // Not spread, for which an engine walks an iterator.
    binary += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + chunk))
  }
  return globals.btoa(binary)
}

/** Base64 of the URL-safe alphabet without padding (RFC 4648 5, RFC 7515 2). */
export function base64urlFromBytes(bytes: Uint8Array): string {
  return base64FromBytes(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/**
 * Reads base64 as people paste it: standard or URL-safe alphabet, padded or not, white space anywhere, bits that
 * fill no byte dropped. `undefined` for anything that is no such text.
 */
export function bytesFromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined
  // Anchored at the start, since /=+$/ would search a long row of = anew from each of them.
  const letters = /^([\w+/-]*)=*$/.exec(text.replace(/\s+/g, ''))?.[1]
  if (letters === undefined) return undefined
  const whole = letters.length % 4 === 1 ? letters.slice(0, -1) : letters
  return bytesFromBinary(globals.atob(whole.replaceAll('-', '+').replaceAll('_', '/')))
}

/**
 * Reads base64url as the JOSE standards write it, one spelling for each value (RFC 4648 3.5, RFC 7515 2): no padding,
 * no white space, no bits beyond the last byte. `undefined` for anything else.
 */
export function bytesFromBase64url(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  const bytes = bytesFromBinary(globals.atob(text.replaceAll('-', '+').replaceAll('_', '/')))
  const tail =
    text.length % 4 === 0 ? bytes.subarray(0, 0) : bytes.subarray(bytes.length - (bytes.length % 3))
  return text.endsWith(base64urlFromBytes(tail)) ? bytes : undefined
}

function bytesFromBinary(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}

/** Compares without stopping at the first difference. Lengths are public here; contents are not. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index += 1) {
    difference |= (left[index] as number) ^ (right[index] as number)
  }
  return difference === 0
}
