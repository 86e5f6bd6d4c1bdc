import type { StandardParameters } from '../protocol-parameters.ts'
import type { QuerySigning } from '../query-signing.ts'
import type { RequestToSign } from '../signature-base-string.ts'

/** Hash of a signature method. */
export type Hash = 'sha1' | 'sha256'

/** An RSA key as both sides of the primitives can import it. */
export type RsaKey =
  | { readonly form: 'der'; readonly kind: 'pkcs8' | 'spki'; readonly bytes: Uint8Array }
  | { readonly form: 'jwk'; readonly jwk: Readonly<Record<string, string>> }
  | { readonly form: 'crypto-key'; readonly key: object }

/** A short cut to the same texts for the usual request. */
export interface PlainPath {
  /** The signature base string, or undefined for a request that is too unusual. */
  baseString(
    request: RequestToSign,
    standard: StandardParameters,
    querySigning: QuerySigning | undefined,
  ): string | undefined
  /** The header around the signature. */
  header(realm: string | undefined, standard: StandardParameters, signature: string): string
}

/** What the two files of primitives have in common; portable code knows nothing else of them. */
export interface Primitives {
  /** Which of the two files this is. */
  readonly primitivesName: 'node' | 'portable'
  /** Only where signatures are so fast that what is around them counts more than the size of the code. */
  readonly plainPath: PlainPath | undefined
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
  /** Hex of that many cryptographically strong random bytes. */
  randomHex(bytes: number): string
  /** Compares without regard to content; texts of different length are unequal. */
  equalText(one: string, other: string): boolean
}
