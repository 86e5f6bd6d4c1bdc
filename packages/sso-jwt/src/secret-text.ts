/** A bearer token or other secret text. It shows in no log, JSON or `inspect`; `reveal()` hands it out. */
export class SecretText {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret itself. */
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

/** A token as text, or whatever hands it out. */
export type SecretTextLike = string | { reveal(): string }
