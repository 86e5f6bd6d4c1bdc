import { invalidInput, SsoJwtError } from './error.ts'
import type { CryptoKeyLike } from './host.ts'
import { subtle } from './host.ts'
import { algorithmFacts, type SigningAlgorithm } from './signing-algorithm.ts'
import type { SsoJwtWarning } from './warning.ts'

type Sign = (signingInput: Uint8Array) => Promise<Uint8Array>

/**
 * A key ready to sign, made once by `importSigningKey` and used for every request. It prints as its algorithm and
 * warnings, never as key material.
 */
export class SigningKey {
  readonly alg: SigningAlgorithm
  /** `WARN_SSO_JWT_SMALL_KEY` for an RSA key under 3072 bits; empty when nothing is odd. */
  readonly warnings: readonly SsoJwtWarning[]
  readonly #sign: Sign

  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], sign: Sign) {
    this.alg = alg
    this.warnings = warnings
    this.#sign = sign
  }

  /**
   * Signs a JWS signing input (RFC 7515 5.1), ASCII bytes.
   *
   * @returns Raw signature: modulus length for RSA, 64 bytes for ES256.
   * @throws {SsoJwtError} `ERR_SSO_JWT_SIGNING_FAILED`
   */
  sign(signingInput: Uint8Array): Promise<Uint8Array> {
    return this.#sign(signingInput)
  }
}

/** Refuses anything but what `importSigningKey` gave. */
export function checkSigningKey(key: unknown): SigningKey {
  if (key instanceof SigningKey) return key
  throw invalidInput('signingKey must come from importSigningKey() (await it)')
}

/** A key that WebCrypto holds. */
export function webCryptoSigningKey(key: CryptoKeyLike, alg: SigningAlgorithm): SigningKey {
  const { operation } = algorithmFacts[alg]
  return new SigningKey(alg, keySizeWarnings(key), async (signingInput) => {
    try {
      return new Uint8Array(await subtle().sign(operation, key, signingInput))
    } catch (cause) {
      throw new SsoJwtError('ERR_SSO_JWT_SIGNING_FAILED', `signing with ${alg} failed`, { cause })
    }
  })
}

function keySizeWarnings(key: CryptoKeyLike): readonly SsoJwtWarning[] {
  const { modulusLength } = key.algorithm as { readonly modulusLength?: unknown }
  if (typeof modulusLength !== 'number' || modulusLength >= 3072) return []
  const message = `the RSA key has ${modulusLength} bits; IBKR asks for 3072 or 4096${
    modulusLength < 2048 ? ', and RFC 7518 3.3 allows none under 2048' : ''
  }: make a new one with "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"`
  return [{ code: 'WARN_SSO_JWT_SMALL_KEY', field: 'signingKey', message }]
}
