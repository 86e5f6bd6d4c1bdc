import type { OpenEncryptedKey } from '@ibkr-auth/internal/key-input'

/** Hash of a signature method. */
export type Hash = 'sha1' | 'sha256'

/** An RSA key by its numbers, as a JSON Web Key of nothing else. */
export interface RsaKeyNumbers {
  readonly form: 'numbers'
  readonly jwk: Readonly<Record<string, string | undefined>>
}

/** An RSA key as both sides of the primitives can import it. */
export type RsaKey = RsaKeyNumbers | { readonly form: 'crypto-key'; readonly key: object }

/** What the two files of primitives have in common; portable code knows nothing else of them. */
export interface Primitives {
  /** Which of the two files this is. */
  readonly primitivesName: 'node' | 'portable'
  /** Prepares a key once; the result gives the base64 of the MAC of a text's UTF-8 bytes. */
  prepareHmacSha1(key: Uint8Array): (text: string) => string
  prepareHmacSha256(key: Uint8Array): (text: string) => string
  /** RSASSA-PKCS1-v1_5; the result gives the base64 of the signature. */
  prepareRsaSign(hash: Hash, key: RsaKey): (text: string) => string | Promise<string>
  /** RSASSA-PKCS1-v1_5; the result tells whether the signature is right. */
  prepareRsaVerify(
    hash: Hash,
    key: RsaKey,
  ): (text: string, signature: Uint8Array) => boolean | Promise<boolean>
  /** Undefined where the runtime opens no encrypted keys. */
  readonly openEncryptedKey: OpenEncryptedKey | undefined
  /** Hex of that many cryptographically strong random bytes. */
  randomHex(bytes: number): string
  /** Compares without regard to content; texts of different length are unequal. */
  equalText(one: string, other: string): boolean
}
