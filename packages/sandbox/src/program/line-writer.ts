import type { Writable } from 'node:stream'

/** More than this waits for nobody: a reader that has stopped reading must not cost memory. */
const mostWaitingBytes = 1_048_576

/** Writes lines to a stream, and leaves lines out for as long as nobody reads them. */
export class LineWriter {
  readonly #stream: Writable
  #leftOut = 0

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** Writes a line, unless too many wait; how many were left out is said with the next one that is written. */
  write(line: string): void {
    if (this.#stream.writableLength > mostWaitingBytes) {
      this.#leftOut++
      return
    }
    if (this.#leftOut > 0) this.#stream.write(`(${this.#leftOut} lines left out: nobody read them)\n`)
    this.#leftOut = 0
    this.#stream.write(`${line}\n`)
  }
}
