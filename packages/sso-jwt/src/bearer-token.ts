import { invalidInput } from './error.ts'

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

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/

/** True for what may stand after `Bearer ` (RFC 6750 2.1). */
export function isBearerToken(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 16_384 && b64token.test(text)
}

/** `Authorization` value for a bearer token (RFC 6750 2.1). */
export function bearer(accessToken: SecretTextLike): string {
  const token = typeof accessToken === 'object' && accessToken !== null ? accessToken.reveal() : accessToken
  if (!isBearerToken(token)) {
    throw invalidInput(
      'accessToken must be the access_token of a token reply: 1 to 16384 characters of RFC 6750 2.1, or an object whose reveal() gives it',
    )
  }
  return `Bearer ${token}`
}
