import { subtle } from '@ibkr-auth/internal/globals'
import type { KeyInput } from '@ibkr-auth/internal/key-forms'
import type { SecretBytesLike, SecretTextLike } from '@ibkr-auth/internal/secret'
import { openEncryptedKey } from '#primitives'
import { readMembers } from '../checks.ts'
import { SsoJwtError, type SsoJwtWarning } from '../errors.ts'
import { algorithms, checkAlgorithm, type SigningAlgorithm } from './algorithms.ts'
import { isSigningFunction, type SigningFunction, signingFunctionKey } from './signing-function.ts'
import { SigningKey } from './signing-key.ts'
import { type WebCryptoKey, webCryptoKey } from './web-crypto-key.ts'

/**
 * What a signing key may come as: PEM as text or bytes (PKCS#8, PKCS#1, SEC 1, or encrypted), with its line breaks
 * written `\n`, the whole PEM in base64, DER bytes, a private JWK, Node's `KeyObject`, a `CryptoKey` with the usage
 * `sign`, or a function that signs elsewhere.
 */
export type SigningKeyInput = KeyInput | SigningFunction

/** Choices of `importSigningKey`. */
export interface ImportSigningKeyOptions {
  /**
   * Signature algorithm; an RSA key in PEM cannot say which.
   * @defaultValue what a JWK, `CryptoKey` or signing function says of itself, else `RS256`, or `ES256` for an EC key
   */
  readonly alg?: SigningAlgorithm | undefined
  /** Passphrase of an encrypted key. Needs `node:crypto`. */
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined
}

/**
 * Imports a private key, once for all requests.
 *
 * IBKR asks for RSA of 3072 or 4096 bits; a smaller key is imported and pointed out in `warnings`. WebCrypto holds the
 * key from then on and gives it out no more; what the caller read it from stays in memory until the engine frees it.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY` if it cannot be read, is damaged, or does not fit the algorithm,
 *   `ERR_SSO_JWT_INVALID_PASSPHRASE` if the passphrase is missing or wrong, `ERR_SSO_JWT_UNSUPPORTED` for an encrypted
 *   key without `node:crypto` and for OpenSSH's own form, `ERR_SSO_JWT_INVALID_INPUT` for anything else.
 * @see RFC 7518 3.3 to 3.5, RFC 5208, RFC 8017 A.1.2
 */
export async function importSigningKey(
  key: SigningKeyInput,
  options: ImportSigningKeyOptions = {},
): Promise<SigningKey> {
  const { alg, passphrase } = readMembers(options, 'options', ['alg', 'passphrase'])
  if (isSigningFunction(key)) {
    return signingFunctionKey(key, alg === undefined ? undefined : checkAlgorithm(alg, 'RS256'))
  }
  return signingKeyOf(await webCryptoKey(key, alg, { purpose: 'sign', passphrase, openEncryptedKey }))
}

/** A signing key over a key that WebCrypto holds. */
function signingKeyOf({ alg, key, modulusBits }: WebCryptoKey): SigningKey {
  return new SigningKey(alg, sizeWarnings(modulusBits), async (signingInput) => {
    try {
      return new Uint8Array(await subtle().sign(algorithms[alg].operation, key, signingInput))
    } catch (cause) {
      throw new SsoJwtError('ERR_SSO_JWT_SIGNING_FAILED', `signing with ${alg} failed`, { cause })
    }
  })
}

function sizeWarnings(modulusBits: number | undefined): readonly SsoJwtWarning[] {
  if (modulusBits === undefined || modulusBits >= 3072) return []
  const message = `the RSA key has ${modulusBits} bits; IBKR asks for 3072 or 4096${
    modulusBits < 2048 ? ', and RFC 7518 3.3 allows none under 2048' : ''
  }: make a new one with "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"`
  return [{ code: 'WARN_SSO_JWT_SMALL_KEY', field: 'key', message }]
}
