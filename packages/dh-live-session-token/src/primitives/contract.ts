import type { RsaIntegers } from '../rsa-integers.ts'

/** A private exponent with its public integer, for one key agreement. */
export interface DhKey {
  /** g^x mod p. */
  readonly publicInteger: bigint
  /**
   * other^x mod p, big-endian bytes of no fixed length, holding the thread for one modular power.
   * `undefined` for a result of 0, 1 or p-1, which is no secret.
   *
   * @param other - In 2 .. p-2.
   */
  agree(other: bigint): Uint8Array | undefined
  /** The same on another thread where the runtime can, in this one where it cannot. */
  agreeAsync(other: bigint): Promise<Uint8Array | undefined>
}

/** A private encryption key, ready for the raw operation. */
export interface RsaPrivateKey {
  readonly modulusLength: number
  /**
   * c^d mod n, as many bytes as the modulus has; `undefined` where the ciphertext is not below the modulus.
   *
   * @param ciphertext - As many bytes as the modulus has.
   */
  decryptRaw(ciphertext: Uint8Array): Uint8Array | undefined
}

/** What differs between runtimes: the native side is OpenSSL's constant-time code, the portable one BigInt. */
export interface Primitives {
  readonly name: 'node' | 'portable'
  randomBytes(length: number): Uint8Array
  hmacSha1(key: Uint8Array, message: Uint8Array): Uint8Array
  /** @param generator - Below the prime. */
  createDhKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey
  createRsaPrivateKey(integers: RsaIntegers): RsaPrivateKey
  /** Takes a private RSA key that the runtime itself holds; `undefined` for anything else. */
  adoptKeyObject(key: unknown): RsaPrivateKey | undefined
  /** Opens an encrypted PEM with an RSA key in it; throws for a wrong pass phrase. Not every runtime can. */
  readonly openEncryptedPem:
    | ((pem: string, passphrase: string | Uint8Array) => RsaPrivateKey | undefined)
    | undefined
  isProbablePrime(candidate: bigint): boolean
  /** Resolves after the event loop has gone round, so that whatever else waits on it gets its turn. */
  pause(): Promise<void>
}
