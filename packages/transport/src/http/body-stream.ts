import { AsyncLocalStorage } from 'node:async_hooks'
import { pipeline, Readable, Transform } from 'node:stream'
import type { TransportError } from '../errors.ts'
import { type ContentCoding, decodingStream, explainDecoding, tooLarge } from './content-coding.ts'
import type { ExchangeFailure } from './failure.ts'

/** Runs something in the async context in which this was made. */
export type InContext = <Result>(action: () => Result) => Result

/** Remembers the async context of a caller: sockets are shared, and what they emit runs in that of whoever opened them. */
export function captureContext(): InContext {
  return AsyncLocalStorage.snapshot()
}

/** The body of a reply as it arrives. */
export class BodyStream extends Readable {
  readonly #onRead: () => void
  readonly #onClose: () => void

  constructor(onRead: () => void, onClose: () => void) {
    super()
    this.#onRead = onRead
    this.#onClose = onClose
    ignoreErrors(this)
  }

  override _read(): void {
    this.#onRead()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onClose()
    callback(error)
  }
}

/**
 * Decompresses a body as it arrives, and stops at `maxBytes`. What the decoder says of a broken body is explained; any
 * other error is the reader's own or has been explained before, and is handed on as it is.
 */
export function decodeStream(
  source: Readable,
  coding: ContentCoding,
  maxBytes: number,
  explain: (failure: ExchangeFailure) => TransportError,
): Readable {
  let decoded = 0
  let broken: unknown
  const decoder = decodingStream(coding).once('error', (error) => {
    broken = error
  })
  const limited = new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      decoded += chunk.length
      if (decoded <= maxBytes) callback(null, chunk)
      else callback(explain(tooLarge(maxBytes)))
    },
    destroy(error, callback) {
      callback(error !== null && error === broken ? explain(explainDecoding(error, maxBytes)) : error)
    },
  })
  ignoreErrors(limited)
  // A body of nothing is no broken one, though a decoder would say so.
  source.once('error', (error) => limited.destroy(error))
  limited.once('close', () => source.destroy())
  source.once('readable', () => {
    const first = source.read()
    if (first === null) limited.end()
    else {
      source.unshift(first)
      pipeline(source, decoder, limited, doNothing)
    }
  })
  return limited
}

/** The result reaches the reader through the last stream of the pipeline. */
function doNothing(): void {
  return
}

/** A stream that ends badly while nobody reads it must not take the process with it; whoever reads it does hear of it. */
function ignoreErrors(stream: Readable): void {
  stream.on('error', doNothing)
}
