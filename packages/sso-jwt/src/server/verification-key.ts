import { subtle } from '@ibkr-auth/internal/globals'
import type { CryptoKeyLike, JsonWebKeyLike, KeyObjectLike } from '@ibkr-auth/internal/key-forms'
import { readMembers } from '../checks.ts'
import type { SsoJwtError } from '../errors.ts'
import { algorithms, type SigningAlgorithm } from '../keys/algorithms.ts'
import { invalidKey, webCryptoKey } from '../keys/web-crypto-key.ts'

/** A public key with the one algorithm it verifies, made by `importVerificationKey`. */
export class VerificationKey {
  readonly alg: SigningAlgorithm
  readonly #publicKey: CryptoKeyLike

  constructor(alg: SigningAlgorithm, publicKey: CryptoKeyLike) {
    this.alg = alg
    this.#publicKey = publicKey
  }

  /** @internal True for keys of this class, which a proxy of one is not. */
  static isOne(value: unknown): value is VerificationKey {
    return typeof value === 'object' && value !== null && #publicKey in value
  }

  /**
   * Verifies a signature of a JWS signing input (RFC 7515 5.2). Whatever is no signature is a wrong one.
   *
   * @param signature - Raw: modulus length for RSA, 64 bytes for ES256.
   */
  async verify(signingInput: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const { operation } = algorithms[this.alg]
    try {
      return (await subtle().verify(operation, this.#publicKey, signature, signingInput)) === true
    } catch {
      return false
    }
  }
}

/**
 * What a public key may come as: PEM as text or bytes (SubjectPublicKeyInfo or PKCS#1), the whole PEM in base64, DER
 * bytes, a public JWK, Node's `KeyObject`, or a `CryptoKey` with the usage `verify`.
 */
export type VerificationKeyInput = string | Uint8Array | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike

/** Choices of `importVerificationKey`. */
export interface ImportVerificationKeyOptions {
  /**
   * The algorithm registered with the key; tokens that name another are refused.
   * @defaultValue what a JWK or `CryptoKey` says of itself, else `RS256`, or `ES256` for an EC key
   */
  readonly alg?: SigningAlgorithm | undefined
}

/** RFC 7518 3.3, 3.5: "A key of size 2048 bits or larger MUST be used with these algorithms." */
const leastBits = 2048

/**
 * Imports a client's public key for the server half.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY` if it cannot be read, is private, is RSA under 2048 bits ("A key of
 *   size 2048 bits or larger MUST be used", RFC 7518 3.3, 3.5) or with an exponent below 3, or does not fit the algorithm; `ERR_SSO_JWT_UNSUPPORTED` if it is symmetric;
 *   `ERR_SSO_JWT_INVALID_INPUT` for anything else.
 */
export async function importVerificationKey(
  key: VerificationKeyInput,
  options: ImportVerificationKeyOptions = {},
): Promise<VerificationKey> {
  const { alg } = readMembers(options, 'options', ['alg'])
  const imported = await webCryptoKey(key, alg, { purpose: 'verify' })
  const { modulusBits } = imported
  if (modulusBits !== undefined && !(modulusBits >= leastBits)) throw tooSmall(modulusBits)
  return new VerificationKey(imported.alg, imported.key)
}

function tooSmall(modulusBits: number): SsoJwtError {
  return invalidKey(
    `key is RSA of ${modulusBits} bits, and RFC 7518 3.3 asks for ${leastBits} or more: register a larger one`,
  )
}
