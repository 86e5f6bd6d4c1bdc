import type { CryptoKeyLike } from '@ibkr-auth/internal/key-forms'
import type { OpenEncryptedKey } from '@ibkr-auth/internal/key-input'
import type { RsaPrivateNumbers } from '@ibkr-auth/internal/rsa-numbers'

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
  /** Big-endian, without leading zeros. */
  readonly modulus: Uint8Array
  /**
   * c^d mod n, as many bytes as the modulus has, checked against c by the public exponent; `undefined` where the
   * numbers of the key contradict each other.
   *
   * @param ciphertext - As many bytes as the modulus has, and below it.
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
  createRsaPrivateKey(numbers: RsaPrivateNumbers): RsaPrivateKey
  /** Node's `KeyObject` of a `CryptoKey`; other runtimes give a key's numbers away by promises only. */
  readonly keyObjectFrom: ((key: CryptoKeyLike) => object) | undefined
  readonly openEncryptedKey: OpenEncryptedKey | undefined
  isProbablePrime(candidate: bigint): boolean
  /** Resolves after the event loop has gone round, so that whatever else waits on it gets its turn. */
  pause(): Promise<void>
}
