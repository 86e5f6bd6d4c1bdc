import { importJWK, importSPKI } from 'jose/key/import'
import { invalidInput, SsoJwtError } from './error.ts'
import { type CryptoKeyLike, decodeUtf8, type KeyObjectLike } from './host.ts'
import { checkCryptoKey, isCryptoKey, isKeyObject, type JsonWebKeyLike, keyObjectToJwk } from './key-forms.ts'
import { checkAlgorithm, type SigningAlgorithm } from './signing-algorithm.ts'

/** A public key with the one algorithm it verifies. */
export interface VerificationKey {
  readonly alg: SigningAlgorithm
  readonly publicKey: CryptoKeyLike
}

/** What a public key may come as: SPKI PEM text or its bytes, a public JWK, Node's `KeyObject`, or a `CryptoKey`. */
export type VerificationKeyInput = string | Uint8Array | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike

/** What the public function of this name does. */
export async function importVerificationKey(
  input: VerificationKeyInput,
  options: { readonly alg?: SigningAlgorithm } = {},
): Promise<VerificationKey> {
  const key = await toCryptoKey(input, options.alg)
  const alg = checkCryptoKey(key, options.alg, 'public')
  const { modulusLength = 2048 } = key.algorithm as { readonly modulusLength?: number }
  if (modulusLength < 2048) throw invalidKey('an RSA key under 2048 bits verifies nothing (RFC 7518 3.3)')
  return { alg, publicKey: key }
}

async function toCryptoKey(
  input: VerificationKeyInput,
  wanted: SigningAlgorithm | undefined,
): Promise<CryptoKeyLike> {
  if (typeof input === 'string') return fromPem(input, checkAlgorithm(wanted, 'RS256'))
  if (typeof input !== 'object' || input === null)
    throw invalidInput('public key must be PEM, JWK, KeyObject or CryptoKey')
  if (input instanceof Uint8Array) return fromPem(decodeUtf8(input), checkAlgorithm(wanted, 'RS256'))
  if (isCryptoKey(input)) return input
  if (isKeyObject(input)) return fromJwk(keyObjectToJwk(input), wanted)
  return fromJwk(input as JsonWebKeyLike, wanted)
}

async function fromPem(text: string, alg: SigningAlgorithm): Promise<CryptoKeyLike> {
  const body = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]{1,65536})-----END PUBLIC KEY-----/.exec(text)?.[1]
  if (body === undefined) throw invalidKey('public key PEM has no block "-----BEGIN PUBLIC KEY-----"')
  const pem = `-----BEGIN PUBLIC KEY-----\n${body.replace(/\s/g, '')}\n-----END PUBLIC KEY-----`
  return attempt(alg, () => importSPKI(pem, alg))
}

async function fromJwk(jwk: JsonWebKeyLike, wanted: SigningAlgorithm | undefined): Promise<CryptoKeyLike> {
  if (jwk.kty === 'oct' || jwk.d !== undefined) {
    throw invalidKey('a JWK to verify with must be a public RSA or EC key')
  }
  const alg = checkAlgorithm(wanted, checkAlgorithm(jwk.alg, jwk.kty === 'EC' ? 'ES256' : 'RS256'))
  return attempt(alg, () => importJWK({ ...jwk } as Parameters<typeof importJWK>[0], alg))
}

async function attempt(alg: SigningAlgorithm, importKey: () => Promise<unknown>): Promise<CryptoKeyLike> {
  try {
    return (await importKey()) as CryptoKeyLike
  } catch (cause) {
    throw invalidKey(`the public key cannot be imported for ${alg}`, cause)
  }
}

function invalidKey(message: string, cause?: unknown): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_KEY', message, cause === undefined ? {} : { cause })
}
