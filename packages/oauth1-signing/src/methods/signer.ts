import { thenOf } from '@ibkr-auth/internal/settle'
import { invalidInput, reading, requireObject, requireText } from '../checks.ts'

/**
 * A signature method with its key. Anyone can write one: `method` goes out as `oauth_signature_method`,
 * `sign` gets the signature base string (behind its prefix, where there is one) and returns the text of
 * `oauth_signature`, not yet percent-encoded. What it throws is passed on.
 *
 * The type parameter says whether it answers at once: `Signer<string>` makes every function that takes it
 * synchronous, `Signer<Promise<string>>` makes it return a promise.
 */
export interface Signer<Result extends string | Promise<string> = string | Promise<string>> {
  readonly method: string
  sign(signatureBaseString: string): Result
}

/** A value where the signer answers at once, a promise of it where it does not. */
export type Signed<Result extends string | Promise<string>, Value> = Result extends string
  ? Value
  : Promise<Value>

/** The server's side of an asymmetric signature method: a public key with the method it is for. */
export interface Verifier {
  readonly method: string
  /** What is weak about the key, for a log; undefined where nothing is. */
  readonly warning?: string | undefined
  /**
   * `signature` is the decoded `oauth_signature`. Returns false, and does not throw, for any that is not right; nothing
   * but `true` is taken for yes.
   */
  verify(signatureBaseString: string, signature: string): boolean | Promise<boolean>
}

/** A signer of ours signs texts alone: anything else would be signed as something that nobody sent. */
export function requireBaseString(text: unknown): void {
  if (typeof text !== 'string') throw invalidInput('signatureBaseString must be a string')
}

/** The same before each use of a signing function. */
export function ofTexts<Result>(sign: (text: string) => Result): (text: string) => Result {
  return (text) => {
    requireBaseString(text)
    return sign(text)
  }
}

export function requireSigner(signer: Signer): void {
  requireObject('signer', signer)
  reading('signer', () => {
    requireText('signer.method', signer.method)
    if (typeof signer.sign !== 'function') throw invalidInput('signer.sign must be a function')
  })
}

/** Calls `use` with the signature, at once if it is there already. */
export function whenSigned<Result extends string | Promise<string>, Value>(
  signature: Result,
  use: (signature: string) => Value,
): Signed<Result, Value> {
  const value =
    typeof signature === 'string'
      ? use(usable(signature))
      : later(signature).then((text) => use(usable(text)))
  return value as Signed<Result, Value>
}

function later(signature: unknown): Promise<unknown> {
  const promise = thenOf(signature)
  if (!promise.ok || promise.subscribe === undefined)
    throw invalidInput('signer.sign must return a string, or a promise of one')
  return Promise.resolve(signature)
}

function usable(signature: unknown): string {
  requireText('what signer.sign returns', signature)
  return signature
}
