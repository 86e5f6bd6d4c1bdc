import { recodeFormComponent } from './form-encoding.ts'
import { utf8Into, utf8Text } from './host.ts'
import { percentEncode } from './percent-encode.ts'
import { unreserved } from './unreserved.ts'

/**
 * A value of a form-encoded text as it stands in a signature base string: decoded, percent-encoded, and
 * percent-encoded once more with all that is around it.
 */
export function encodeFormValueTwice(value: string): string {
  const encoded = value.length <= longestShort ? encodeShort(value) : encodeLong(value)
  return encoded ?? encodeURIComponent(recodeFormComponent(value))
}

// Two ways for ASCII whose escapes are those that percentEncode writes, so that nothing need be decoded. Undefined
// for anything else.

/** Up to here texts put together are faster than bytes written one by one. */
const longestShort = 32

function encodeShort(value: string): string | undefined {
  let encoded = ''
  let done = 0
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (unreserved[code] === 1) continue
    if (code > 0x7f) return undefined
    if (code === percent && !isCanonical(value.charCodeAt(index + 1), value.charCodeAt(index + 2))) {
      return undefined
    }
    encoded += value.slice(done, index) + (replacements[code] ?? addReplacement(code))
    done = index + 1
  }
  return done === 0 ? value : encoded + value.slice(done)
}

const chunkLength = 4096

interface Chunk {
  readonly source: Uint8Array
  readonly target: Uint8Array
}

/** Made on first use: most programs send no long values, and none should wait for it when it starts. */
let chunk: Chunk | undefined

function encodeLong(value: string): string | undefined {
  chunk ??= { source: new Uint8Array(chunkLength), target: new Uint8Array(5 * chunkLength) }
  const { source, target } = chunk
  let encoded = ''
  for (let start = 0; start < value.length; ) {
    const end = utf8Into(value.slice(start, start + chunkLength), source)
    const { read, written } = encodeChunk(chunk, end)
    if (read === 0) return undefined
    encoded += utf8Text(target.subarray(0, written))
    start += read
  }
  return encoded
}

/** Encodes bytes of `source` into `target`, up to an escape that is cut off; none where one is not taken. */
function encodeChunk(
  { source, target }: Chunk,
  end: number,
): { readonly read: number; readonly written: number } {
  let written = 0
  let read = 0
  for (; read < end; read++) {
    const code = source[read] as number
    if (unreserved[code] === 1) {
      target[written++] = code
      continue
    }
    let high: number
    let low: number
    if (code === percent) {
      if (read + 2 >= end) break
      high = source[++read] as number
      low = source[++read] as number
      if (!isCanonical(high, low)) return { read: 0, written: 0 }
    } else {
      const octet = code === plus ? space : code
      if (octet > 0x7f) return { read: 0, written: 0 }
      high = hexDigit(octet >> 4)
      low = hexDigit(octet & 15)
    }
    target[written] = percent
    target[written + 1] = 0x32
    target[written + 2] = 0x35
    target[written + 3] = high
    target[written + 4] = low
    written += 5
  }
  return { read, written }
}

const percent = 0x25
const plus = 0x2b
const space = 0x20

/** For each ASCII character that came up what it becomes; for the sign of an escape what takes its place. */
const replacements: string[] = []

function addReplacement(code: number): string {
  const replacement = code === percent ? '%25' : percentEncode(recodeFormComponent(String.fromCharCode(code)))
  replacements[code] = replacement
  return replacement
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value
}

/** What a character of an escape counts; beyond every octet where it is no upper-case digit. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : 0x100
}

/** Whether `percentEncode` writes these two digits: upper case, an ASCII character, and no unreserved one. */
function isCanonical(high: number, low: number): boolean {
  const octet = digit(high) * 16 + digit(low)
  return octet < 0x80 && unreserved[octet] === 0
}
