import type { DerKey } from './der-key.ts'
import type { CryptoKeyLike, JsonWebKeyLike } from './key-forms.ts'
import type { RsaNumbers } from './rsa-numbers.ts'

/** What the key is to be used for; it decides which half is wanted, and what a JWK may say of itself. */
export type KeyPurpose = 'sign' | 'verify' | 'decrypt' | 'encrypt'

/** A key as it was found; its RSA numbers were checked. */
export type KeyMaterial =
  /** Decoded or copied here: nobody else has these bytes. */
  | ({ readonly form: 'der' } & DerKey & OfRsa)
  | ({ readonly form: 'jwk'; readonly algorithm: 'rsa' | 'ec'; readonly jwk: JsonWebKeyLike } & Half & OfRsa)
  | { readonly form: 'crypto-key'; readonly key: CryptoKeyLike; readonly said: CryptoKeyClaims }

/** What a `CryptoKey` says of itself, read once. That it is one, its runtime finds out. */
export type CryptoKeyClaims = Pick<CryptoKeyLike, 'type' | 'algorithm' | 'usages'>

type Half = Pick<DerKey, 'half'>

interface OfRsa {
  /** What was read of an RSA key and checked. */
  readonly numbers?: RsaNumbers | undefined
}

/** Why a key is not taken. */
export type KeyFault =
  | 'unknown-form'
  | 'damaged'
  | 'wrong-half'
  | 'wrong-purpose'
  | 'unsupported'
  | 'encrypted'
  | 'passphrase'

/** What is wrong with a key: a sentence that goes on after "the key …" and never holds a part of it. */
export interface UnusableKey {
  readonly ok: false
  readonly fault: KeyFault
  readonly message: string
  readonly cause?: unknown
}

export type KeyReading = { readonly ok: true; readonly key: KeyMaterial } | UnusableKey

/** Wipes what was decoded of a key, once its numbers or its import are all that is wanted. */
export function wipeCopy(key: KeyMaterial): void {
  if (key.form === 'der') key.der.fill(0)
}

export function isPrivate(purpose: KeyPurpose): boolean {
  return purpose === 'sign' || purpose === 'decrypt'
}

export function fault(kind: KeyFault, message: string, cause?: unknown): UnusableKey {
  return { ok: false, fault: kind, message, cause }
}

/** @param found - What it is in place of the half that is wanted. */
export function wrongHalf(found: string, purpose: KeyPurpose): UnusableKey {
  return fault('wrong-half', `is ${found}; the ${isPrivate(purpose) ? 'private' : 'public'} key is wanted`)
}
