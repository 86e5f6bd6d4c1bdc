/** Secret bytes, bare or inside anything that hands them out by `reveal()`. */
export type SecretBytes = Uint8Array | { reveal(): Uint8Array }

/** A secret text, bare or inside anything that hands it out by `reveal()`. */
export type SecretText = string | { reveal(): string }

/** A secret text that prints as `[secret]` and is handed out by `reveal()` only. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }
}

export function revealText(secret: SecretText): string {
  return typeof secret === 'string' ? secret : secret.reveal()
}
