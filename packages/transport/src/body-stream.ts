import { pipeline, Readable, Transform } from 'node:stream'
import { type ContentCoding, decodingStream, explainDecoding, tooLarge } from './decode-content.ts'
import type { ExchangeFailure } from './exchange-failure.ts'
import { isTransportError, type TransportError } from './transport-error.ts'

/** The body of a reply as it arrives. */
export class BodyStream extends Readable {
  readonly #onRead: () => void
  readonly #onClose: () => void

  constructor(onRead: () => void, onClose: () => void) {
    super()
    this.#onRead = onRead
    this.#onClose = onClose
    toleratesNobodyListening(this)
  }

  override _read(): void {
    this.#onRead()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onClose()
    callback(error)
  }
}

/** Decompresses a body as it arrives, and stops at `maxBytes`. */
export function decodeStream(
  source: Readable,
  coding: ContentCoding,
  maxBytes: number,
  explain: (failure: ExchangeFailure) => TransportError,
): Readable {
  let decoded = 0
  const limited = new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      decoded += chunk.length
      if (decoded > maxBytes) callback(tooLarge(maxBytes))
      else callback(null, chunk)
    },
    destroy(error, callback) {
      callback(error === null || isTransportError(error) ? error : explain(explainDecoding(error, maxBytes)))
    },
  })
  toleratesNobodyListening(limited)
  pipeline(source, decodingStream(coding), limited, ignoreResult)
  return limited
}

/** The result reaches the reader through the last stream of the pipeline. */
function ignoreResult(): void {
  return
}

/** A stream that ends badly while nobody reads it must not take the process with it; whoever reads it does hear of it. */
function toleratesNobodyListening(stream: Readable): void {
  stream.on('error', ignoreResult)
}
