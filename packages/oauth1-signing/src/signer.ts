/**
 * A signature method with its key. Anyone can write one: `method` goes out as `oauth_signature_method`,
 * `sign` gets the signature base string (behind its prefix, where there is one) and returns the text of
 * `oauth_signature`, not yet percent-encoded.
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
  /** `signature` is the decoded `oauth_signature`. Returns false, and does not throw, for any that is not right. */
  verify(signatureBaseString: string, signature: string): boolean | Promise<boolean>
}

/** Calls `use` with the signature, at once if it is there already. */
export function whenSigned<Result extends string | Promise<string>, Value>(
  signature: Result,
  use: (signature: string) => Value,
): Signed<Result, Value> {
  const value = typeof signature === 'string' ? use(signature) : signature.then(use)
  return value as Signed<Result, Value>
}
