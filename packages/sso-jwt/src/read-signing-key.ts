import { encode } from 'jose/base64url'
import { importJWK, importPKCS8 } from 'jose/key/import'
import { decryptPem } from '#primitives'
import { signingKeyOf } from './compact-jws.ts'
import { wrapPkcs1, wrapSec1 } from './der.ts'
import { invalidInput, SsoJwtError } from './error.ts'
import { type CryptoKeyLike, decodeUtf8, subtle } from './host.ts'
import { checkCryptoKey, isCryptoKey, isKeyObject, type JsonWebKeyLike, keyObjectToJwk } from './key-forms.ts'
import { type PrivateKeyPem, readPrivateKeyPem } from './private-key-pem.ts'
import { checkAlgorithm, operations, type SigningAlgorithm } from './signing-algorithm.ts'
import { type SigningFunction, signingFunctionKey } from './signing-function.ts'
import type { ImportSigningKeyOptions, SigningKey, SigningKeyInput } from './signing-key.ts'
import type { SsoJwtWarning } from './warning.ts'

/** What `importSigningKey` does. */
export async function readSigningKey(
  input: SigningKeyInput,
  options: ImportSigningKeyOptions = {},
): Promise<SigningKey> {
  if (typeof input === 'string') return fromPem(input, options)
  if (typeof input !== 'object' || input === null) throw unknownInput()
  if (input instanceof Uint8Array) return fromPem(decodeUtf8(input), options)
  if (isCryptoKey(input)) return fromCryptoKey(input, options.alg)
  if (isKeyObject(input)) return fromJwk(keyObjectToJwk(input), options.alg)
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

const label = 'PRIVATE KEY' // the one label jose reads; every other form is brought to it

async function fromPem(text: string, options: ImportSigningKeyOptions): Promise<SigningKey> {
  const alg = checkAlgorithm(options.alg, 'RS256')
  const pkcs8 = await toPkcs8(readPrivateKeyPem(text), options.passphrase)
  const pem = `-----BEGIN ${label}-----\n${standardBase64(pkcs8)}\n-----END ${label}-----`
  return webCryptoSigningKey(await attempt(alg, () => importPKCS8(pem, alg)), alg)
}

async function toPkcs8(
  key: PrivateKeyPem,
  passphrase: ImportSigningKeyOptions['passphrase'],
): Promise<Uint8Array> {
  if (key.format === 'PKCS#8') return key.der
  if (key.format === 'PKCS#1') return wrapPkcs1(key.der)
  if (key.format === 'SEC 1') return wrapSec1(key.der)
  if (passphrase === undefined) throw passphraseError('the PEM is encrypted: give its passphrase')
  const secret = typeof passphrase === 'object' && 'reveal' in passphrase ? passphrase.reveal() : passphrase
  const der = await decryptPem(key.pem, secret)
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
  const key = await attempt(alg, () =>
    importJWK(jwk as Parameters<typeof importJWK>[0], alg, { extractable: false }),
  )
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

/** A key that WebCrypto holds. */
export function webCryptoSigningKey(key: CryptoKeyLike, alg: SigningAlgorithm): SigningKey {
  return signingKeyOf(alg, keySizeWarnings(key), async (signingInput) => {
    try {
      return new Uint8Array(await subtle().sign(operations[alg], key, signingInput))
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
