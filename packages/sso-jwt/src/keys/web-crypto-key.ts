import { subtle } from '@ibkr-auth/internal/globals'
import type { CryptoKeyLike, JsonWebKeyLike } from '@ibkr-auth/internal/key-forms'
import { type KeyReadingOptions, readKey } from '@ibkr-auth/internal/key-input'
import { type KeyFault, type KeyMaterial, wipeCopy } from '@ibkr-auth/internal/key-reading'
import { wrapDer } from '@ibkr-auth/internal/wrap-der'
import { invalidInput, SsoJwtError, type SsoJwtErrorCode } from '../errors.ts'
import { algorithms, checkAlgorithm, type SigningAlgorithm } from './algorithms.ts'

/** A key that WebCrypto holds, with the one algorithm it is for. */
export interface WebCryptoKey {
  readonly alg: SigningAlgorithm
  readonly key: CryptoKeyLike
  /** Size of an RSA modulus, in bits. */
  readonly modulusBits: number | undefined
}

const codeOf: Readonly<Record<KeyFault, SsoJwtErrorCode>> = {
  'unknown-form': 'ERR_SSO_JWT_INVALID_INPUT',
  damaged: 'ERR_SSO_JWT_INVALID_KEY',
  'wrong-half': 'ERR_SSO_JWT_INVALID_KEY',
  'wrong-purpose': 'ERR_SSO_JWT_INVALID_KEY',
  unsupported: 'ERR_SSO_JWT_UNSUPPORTED',
  encrypted: 'ERR_SSO_JWT_INVALID_PASSPHRASE',
  passphrase: 'ERR_SSO_JWT_INVALID_PASSPHRASE',
}

/** Reads a key in any form into WebCrypto, where it cannot be exported again. */
export async function webCryptoKey(
  input: unknown,
  wanted: unknown,
  options: KeyReadingOptions,
): Promise<WebCryptoKey> {
  const alg = wanted === undefined ? undefined : checkAlgorithm(wanted, 'RS256')
  const reading = readKey(input, options)
  if (!reading.ok) {
    // With its passphrase at hand an encrypted key is left closed only where nothing opens it.
    const cannotOpen = reading.fault === 'encrypted' && options.passphrase !== undefined
    const code = cannotOpen ? 'ERR_SSO_JWT_UNSUPPORTED' : codeOf[reading.fault]
    throw new SsoJwtError(code, `key ${reading.message}`, { cause: reading.cause })
  }
  const usage = options.purpose === 'sign' ? 'sign' : 'verify'
  const { key } = reading
  if (key.form === 'crypto-key') return checkCryptoKey(key, alg, usage)
  try {
    const held = await importMaterial(key, algorithmFor(key, alg), usage)
    return checkCryptoKey({ key: held, said: held }, alg, usage)
  } finally {
    wipeCopy(key) // WebCrypto has its own.
  }
}

type Usage = 'sign' | 'verify'
type HeldKey = Pick<Extract<KeyMaterial, { form: 'crypto-key' }>, 'key' | 'said'>
type Material = Exclude<KeyMaterial, { form: 'crypto-key' }>

/** The algorithm asked for, or what the key says of itself. */
function algorithmFor(key: Material, wanted: SigningAlgorithm | undefined): SigningAlgorithm {
  if (key.algorithm !== 'rsa' && key.algorithm !== 'ec') {
    const kind =
      key.algorithm === 'rsa-pss' ? 'bound to RSASSA-PSS, which WebCrypto cannot import' : 'neither'
    throw invalidKey(`key must be RSA or EC on P-256; it is ${kind}`)
  }
  const own = key.form === 'jwk' ? key.jwk.alg : undefined
  const alg = checkAlgorithm(wanted, checkAlgorithm(own, key.algorithm === 'ec' ? 'ES256' : 'RS256'))
  if (own !== undefined && own !== alg) throw invalidInput(`alg ${alg} contradicts the JWK's own`)
  if (algorithms[alg].keyType !== key.algorithm) throw wrongKind(alg)
  return alg
}

async function importMaterial(key: Material, alg: SigningAlgorithm, usage: Usage): Promise<CryptoKeyLike> {
  const format = key.form === 'jwk' ? 'jwk' : key.half === 'private' ? 'pkcs8' : 'spki'
  const data = key.form === 'jwk' ? bare(key.jwk) : wrapDer(key)
  try {
    const imported = subtle().importKey(format, data, algorithms[alg].key, false, [usage])
    return (await imported) as CryptoKeyLike
  } catch (cause) {
    throw wrongKind(alg, cause)
  } finally {
    if (key.form === 'der' && data !== key.der) (data as Uint8Array).fill(0)
  }
}

/** The numbers alone: "alg" was weighed above. */
function bare({ alg: _, ...numbers }: JsonWebKeyLike): JsonWebKeyLike {
  return numbers
}

function wrongKind(alg: SigningAlgorithm, cause?: unknown): SsoJwtError {
  const wanted =
    alg === 'ES256' ? 'an EC key on P-256' : 'an RSA key with its primes (for an EC key, alg is "ES256")'
  return invalidKey(`key cannot be imported: ${alg} needs ${wanted}`, cause)
}

const algorithmOfName: ReadonlyMap<unknown, SigningAlgorithm> = new Map([
  ['RSASSA-PKCS1-v1_5', 'RS256'],
  ['RSA-PSS', 'PS256'],
  ['ECDSA', 'ES256'],
])

/** Checks a CryptoKey against the algorithm wanted: its name, hash or curve, and usage. */
function checkCryptoKey(
  { key, said }: HeldKey,
  wanted: SigningAlgorithm | undefined,
  usage: Usage,
): WebCryptoKey {
  const { name, hash, namedCurve, modulusLength }: CryptoAlgorithm = said.algorithm
  const alg = checkAlgorithm(wanted, algorithmOfName.get(name) ?? 'RS256')
  const { key: fit, keyType } = algorithms[alg]
  if (
    name !== fit.name ||
    hash?.name !== fit.hash ||
    namedCurve !== fit.namedCurve ||
    !said.usages.includes(usage)
  ) {
    const detail = keyType === 'ec' ? fit.namedCurve : fit.hash
    throw invalidKey(
      `key must be a CryptoKey of ${fit.name} with ${detail} and the usage "${usage}" for ${alg}`,
    )
  }
  return { alg, key, modulusBits: keyType === 'rsa' ? Number(modulusLength) : undefined }
}

interface CryptoAlgorithm {
  readonly name: string
  readonly hash?: { readonly name: string } | undefined
  readonly namedCurve?: string | undefined
  readonly modulusLength?: number | undefined
}

/** The error for key material that cannot be used. */
export function invalidKey(message: string, cause?: unknown): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_KEY', message, { cause })
}
