/** Secret bytes, bare or inside anything that hands them out by `reveal()`. */
export type SecretBytesLike = Uint8Array | { reveal(): Uint8Array }

/** A secret text, bare or inside anything that hands it out by `reveal()`. */
export type SecretTextLike = string | { reveal(): string }

/** A secret was asked for after it had been disposed of. */
export class DisposedSecretError extends Error {
  override readonly name = 'DisposedSecretError'
  readonly code = 'ERR_SECRET_DISPOSED'

  constructor() {
    super('This secret was disposed of; obtain it anew.')
  }
}

/** A secret text that prints as `[secret]` and is handed out by `reveal()` only. */
export class SecretText {
  #text: string | undefined

  constructor(text: string) {
    this.#text = text
  }

  /**
   * The text itself.
   *
   * @throws {DisposedSecretError} `ERR_SECRET_DISPOSED` after {@link dispose}.
   */
  reveal(): string {
    if (this.#text === undefined) throw new DisposedSecretError()
    return this.#text
  }

  /** Forgets the text. A text cannot be wiped: the engine frees it when nobody else holds it. */
  dispose(): void {
    this.#text = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}

/** Bytes that come out by `reveal()` only: printing, JSON and `structuredClone` show none of them. */
export class SecretBytes {
  #bytes: Uint8Array | undefined

  /** @param bytes - Copied. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes)
  }

  /**
   * A copy of the bytes.
   *
   * @throws {DisposedSecretError} `ERR_SECRET_DISPOSED` after {@link dispose}.
   */
  reveal(): Uint8Array {
    if (this.#bytes === undefined) throw new DisposedSecretError()
    return this.#bytes.slice()
  }

  /** Zeroes the bytes kept here (copies handed out before are their owners' business). */
  dispose(): void {
    this.#bytes?.fill(0)
    this.#bytes = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}
