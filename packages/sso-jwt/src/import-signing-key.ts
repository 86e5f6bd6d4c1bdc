import { encode } from 'jose/base64url'
import { importJWK, importPKCS8 } from 'jose/key/import'
import { decryptPem } from '#primitives'
import { wrapPkcs1, wrapSec1 } from './der.ts'
import { invalidInput, SsoJwtError } from './error.ts'
import { type CryptoKeyLike, decodeUtf8, type KeyObjectLike } from './host.ts'
import { checkCryptoKey, isCryptoKey, isKeyObject, type JsonWebKeyLike, keyObjectToJwk } from './key-forms.ts'
import { type PrivateKeyPem, readPrivateKeyPem } from './pem.ts'
import { checkAlgorithm, type SigningAlgorithm } from './signing-algorithm.ts'
import { type SigningFunction, signingFunctionKey } from './signing-function.ts'
import { type SigningKey, webCryptoSigningKey } from './signing-key.ts'

/** Bytes of a secret, or whatever hands them out. */
export type SecretBytesLike = Uint8Array | { reveal(): Uint8Array }

/**
 * What a signing key may come as: PEM text or its bytes (PKCS#8, PKCS#1, SEC 1, or encrypted), a private JWK, Node's
 * `KeyObject`, a `CryptoKey` with the usage `sign`, or a function that signs elsewhere.
 */
export type SigningKeyInput =
  | string
  | SecretBytesLike
  | JsonWebKeyLike
  | KeyObjectLike
  | CryptoKeyLike
  | SigningFunction

export interface ImportSigningKeyOptions {
  /**
   * Signature algorithm; a PEM cannot say which.
   * @defaultValue what a JWK, `CryptoKey` or signing function says of itself, else `RS256`
   */
  readonly alg?: SigningAlgorithm
  /** Passphrase of an encrypted PEM. Needs `node:crypto`. */
  readonly passphrase?: string | SecretBytesLike
}

/**
 * Imports a private key, once for all requests.
 *
 * IBKR asks for RSA of 3072 or 4096 bits; a smaller key is imported and pointed out in `warnings`.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY` if it cannot be read or does not fit the algorithm,
 *   `ERR_SSO_JWT_INVALID_PASSPHRASE` if the passphrase is missing or wrong, `ERR_SSO_JWT_UNSUPPORTED` for an encrypted
 *   PEM without `node:crypto`, `ERR_SSO_JWT_INVALID_INPUT` for anything else.
 * @see RFC 7518 3.3 to 3.5, RFC 5208, RFC 8017 A.1.2
 */
export async function importSigningKey(
  input: SigningKeyInput,
  options: ImportSigningKeyOptions = {},
): Promise<SigningKey> {
  if (typeof input === 'string') return fromPem(input, options)
  if (typeof input !== 'object' || input === null) throw unknownInput()
  if (input instanceof Uint8Array) return fromPem(decodeUtf8(input), options)
  if (isCryptoKey(input)) return fromCryptoKey(input, options.alg)
  if (isKeyObject(input)) return fromJwk(keyObjectToJwk(input, 'private'), options.alg)
  if ('reveal' in input && typeof input.reveal === 'function')
    return fromPem(decodeUtf8(input.reveal()), options)
  if ('sign' in input && typeof input.sign === 'function')
    return fromFunction(input as SigningFunction, options.alg)
  if ('kty' in input) return fromJwk({ ...(input as JsonWebKeyLike) }, options.alg)
  throw unknownInput()
}

function unknownInput(): SsoJwtError {
  return invalidInput('signing key must be PEM text, a JWK, a KeyObject, a CryptoKey or { alg, sign }')
}

function fromFunction(signer: SigningFunction, alg: SigningAlgorithm | undefined): SigningKey {
  const key = signingFunctionKey(signer)
  if (alg !== undefined && alg !== key.alg) throw contradiction(alg, `the signing function's ${key.alg}`)
  return key
}

async function fromPem(text: string, options: ImportSigningKeyOptions): Promise<SigningKey> {
  const alg = checkAlgorithm(options.alg, 'RS256')
  const pkcs8 = toPkcs8(readPrivateKeyPem(text), options.passphrase)
  const pem = `-----BEGIN PRIVATE KEY-----\n${standardBase64(pkcs8)}\n-----END PRIVATE KEY-----`
  return webCryptoSigningKey(await attempt(alg, () => importPKCS8(pem, alg)), alg)
}

function toPkcs8(key: PrivateKeyPem, passphrase: ImportSigningKeyOptions['passphrase']): Uint8Array {
  if (key.format === 'PKCS#8') return key.der
  if (key.format === 'PKCS#1') return wrapPkcs1(key.der)
  if (key.format === 'SEC 1') return wrapSec1(key.der)
  if (passphrase === undefined) throw passphraseError('the PEM is encrypted: give its passphrase')
  const secret = typeof passphrase === 'object' && 'reveal' in passphrase ? passphrase.reveal() : passphrase
  const der = decryptPem(key.pem, secret)
  if (der === undefined)
    throw passphraseError('the PEM cannot be decrypted: the passphrase is wrong or the PEM damaged')
  return der
}

function passphraseError(message: string): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_PASSPHRASE', message)
}

function standardBase64(bytes: Uint8Array): string {
  return encode(bytes).replaceAll('-', '+').replaceAll('_', '/')
}

async function fromJwk(jwk: JsonWebKeyLike, wanted: SigningAlgorithm | undefined): Promise<SigningKey> {
  const alg = checkAlgorithm(wanted, checkAlgorithm(jwk.alg, jwk.kty === 'EC' ? 'ES256' : 'RS256'))
  if (jwk.alg !== undefined && jwk.alg !== alg) throw contradiction(alg, `the JWK's own`)
  if (jwk.kty === 'oct' || jwk.d === undefined) {
    throw new SsoJwtError(
      'ERR_SSO_JWT_INVALID_KEY',
      'the JWK must be a private RSA or EC key: it has no member "d"',
    )
  }
  const key = await attempt(alg, () => importJWK({ ...jwk, alg } as Parameters<typeof importJWK>[0], alg))
  return fromCryptoKey(key as CryptoKeyLike, alg)
}

function fromCryptoKey(key: CryptoKeyLike, wanted: SigningAlgorithm | undefined): SigningKey {
  return webCryptoSigningKey(key, checkCryptoKey(key, wanted, 'private'))
}

function contradiction(alg: SigningAlgorithm, other: string): SsoJwtError {
  return invalidInput(`alg ${alg} contradicts ${other}`)
}

async function attempt<T>(alg: SigningAlgorithm, importKey: () => Promise<T>): Promise<T> {
  try {
    return await importKey()
  } catch (cause) {
    const wanted = alg === 'ES256' ? 'an EC key on P-256' : 'an RSA key (for an EC key, alg is "ES256")'
    throw new SsoJwtError('ERR_SSO_JWT_INVALID_KEY', `the key cannot be imported: ${alg} needs ${wanted}`, {
      cause,
    })
  }
}
