/** Hash of a signature method. */
export type Hash = 'sha1' | 'sha256'

/** An RSA key as both sides of the primitives can import it. */
export type RsaKey =
  | { readonly form: 'der'; readonly kind: 'pkcs8' | 'spki'; readonly bytes: Uint8Array }
  | { readonly form: 'jwk'; readonly jwk: Readonly<Record<string, string>> }
  | { readonly form: 'crypto-key'; readonly key: object }

/** What the two files of primitives have in common; portable code knows nothing else of them. */
export interface Primitives {
  /** Which of the two files this is. */
  readonly primitivesName: 'node' | 'portable'
  /** Prepares a key once; the result gives the base64 of the MAC of a text's UTF-8 bytes. */
  prepareHmac(hash: Hash, key: Uint8Array): (text: string) => string
  /** RSASSA-PKCS1-v1_5; the result gives the base64 of the signature. */
  prepareRsaSign(hash: Hash, key: RsaKey): (text: string) => string | Promise<string>
  /** RSASSA-PKCS1-v1_5; the result tells whether the signature is right. */
  prepareRsaVerify(
    hash: Hash,
    key: RsaKey,
  ): (text: string, signature: Uint8Array) => boolean | Promise<boolean>
  /** Hex of that many cryptographically strong random bytes. */
  randomHex(bytes: number): string
  /** Compares without regard to content; texts of different length are unequal. */
  equalText(one: string, other: string): boolean
}
