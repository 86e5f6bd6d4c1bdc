import { invalidInput } from './errors.ts'

/** Secret bytes, or anything that hands them out by `reveal()`. */
export type SecretInput = Uint8Array | { reveal(): Uint8Array }

/** A private copy of the secret's bytes, which the caller of this function may zero. */
export function copySecret(secret: SecretInput, field: string): Uint8Array {
  const bytes = secret instanceof Uint8Array ? secret : secret?.reveal?.()
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    throw invalidInput(`${field} must be a non-empty Uint8Array or { reveal() } of one.`)
  }
  return Uint8Array.from(bytes)
}
