/** Secret bytes, bare or inside anything that hands them out by `reveal()`. */
export type SecretBytesLike = Uint8Array | { reveal(): Uint8Array }

/** A secret text, bare or inside anything that hands it out by `reveal()`. */
export type SecretTextLike = string | { reveal(): string }

/**
 * What an object that hands its secret out holds, and anything else itself; `undefined` where `reveal` is no function.
 *
 * @throws Whatever a foreign `reveal()` throws.
 */
export function revealed(secret: unknown): unknown {
  if (typeof secret !== 'object' || secret === null || !('reveal' in secret)) return secret
  return typeof secret.reveal === 'function' ? secret.reveal() : undefined
}

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
