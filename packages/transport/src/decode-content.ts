import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, createBrotliDecompress, createGunzip, gunzip } from 'node:zlib'
import { ExchangeFailure } from './exchange-failure.ts'

/** A content coding that is asked for, and so may come. */
export type ContentCoding = 'gzip' | 'br'

const decoders = { gzip: promisify(gunzip), br: promisify(brotliDecompress) }
const streams = { gzip: createGunzip, br: createBrotliDecompress }

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
    const decoded = await decoders[coding](body, { maxOutputLength: Math.min(maxBytes, 2 ** 31) })
    return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength)
  } catch (cause) {
    throw explainDecoding(cause, maxBytes)
  }
}

/** Decompresses a body as it arrives. */
export function decodingStream(coding: ContentCoding): Transform {
  return streams[coding]()
}

/** Tells a body that grows too large from one that is broken. */
export function explainDecoding(cause: unknown, maxBytes: number): ExchangeFailure {
  if (cause instanceof ExchangeFailure) return cause
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
    return tooLarge(maxBytes)
  return new ExchangeFailure('bad-response', 'the reply cannot be decompressed', cause)
}

/** What is said of a body beyond the limit. */
export function tooLarge(maxBytes: number): ExchangeFailure {
  return new ExchangeFailure(
    'too-large',
    `the reply has more than ${maxBytes} bytes, the limit of maxResponseBytes`,
  )
}
