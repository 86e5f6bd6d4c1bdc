import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  brotliDecompress,
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  gunzip,
  gunzipSync,
} from 'node:zlib'
import { ExchangeFailure } from './failure.ts'

/** A content coding that is asked for, and so may come. */
export type ContentCoding = 'gzip' | 'br'

const decoders = {
  gzip: { now: gunzipSync, later: promisify(gunzip), stream: createGunzip },
  br: { now: brotliDecompressSync, later: promisify(brotliDecompress), stream: createBrotliDecompress },
}

/** Up to this size a body is decompressed at once: that takes less time than to hand it to a thread. */
const smallBytes = 65_536

/** Reads `Content-Encoding`: undefined if the body is plain. */
export function readContentCoding(header: string | null): ContentCoding | undefined {
  const coding = header?.trim().toLowerCase()
  if (coding === undefined || coding === '' || coding === 'identity') return undefined
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  if (coding === 'br') return 'br'
  throw new ExchangeFailure('bad-response', 'the reply has a content encoding that was not asked for')
}

/** Decompresses a body; never to more than `maxBytes`. */
export async function decodeContent(
  body: Uint8Array,
  coding: ContentCoding,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    return plainBytes(decodeSmall(body, coding, maxBytes) ?? (await decodeLarge(body, coding, maxBytes)))
  } catch (cause) {
    throw explainDecoding(cause, maxBytes)
  }
}

function decodeSmall(body: Uint8Array, coding: ContentCoding, maxBytes: number): Buffer | undefined {
  if (body.length > smallBytes) return undefined
  try {
    return decoders[coding].now(body, { maxOutputLength: Math.min(maxBytes, smallBytes) || 1 })
  } catch (error) {
    if (isTooLarge(error) && maxBytes > smallBytes) return undefined
    throw error
  }
}

function decodeLarge(body: Uint8Array, coding: ContentCoding, maxBytes: number): Promise<Buffer> {
  return decoders[coding].later(body, { maxOutputLength: Math.min(maxBytes, 2 ** 31) })
}

function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

/** Decompresses a body as it arrives. */
export function decodingStream(coding: ContentCoding): Transform {
  return decoders[coding].stream()
}

/** Tells a body that grows too large from one that is broken. */
export function explainDecoding(cause: unknown, maxBytes: number): ExchangeFailure {
  if (cause instanceof ExchangeFailure) return cause
  if (isTooLarge(cause)) return tooLarge(maxBytes)
  return new ExchangeFailure('bad-response', 'the reply cannot be decompressed', cause)
}

/** What is said of a body beyond the limit. */
export function tooLarge(maxBytes: number): ExchangeFailure {
  return new ExchangeFailure(
    'too-large',
    `the reply has more than ${maxBytes} bytes, the limit of maxResponseBytes`,
  )
}

/** Puts pieces together in memory of their own: a piece may be a view of a buffer that is large, or used again. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
