import { bitLength } from '@ibkr-auth/internal/integers'
import type { CryptoKeyLike, KeyInput } from '@ibkr-auth/internal/key-forms'
import { readKey } from '@ibkr-auth/internal/key-input'
import { type CryptoKeyClaims, type KeyFault, wipeCopy } from '@ibkr-auth/internal/key-reading'
import type { RsaNumbers, RsaPrivateNumbers, RsaPublicNumbers } from '@ibkr-auth/internal/rsa-numbers'
import type { SecretBytesLike, SecretTextLike } from '@ibkr-auth/internal/secret'
import * as primitives from '#primitives'
import { membersOf } from './arguments.ts'
import { LiveSessionTokenError } from './errors.ts'
import type { RsaPrivateKey } from './primitives/contract.ts'

/**
 * A private encryption key: PEM as text or bytes (PKCS #1, PKCS #8, encrypted), DER of the first two, JWK,
 * `KeyObject`, `{ reveal() }` of text or bytes; on Node a `CryptoKey` too.
 */
export type PrivateEncryptionKeyInput = KeyInput | PrivateEncryptionKey

/** A public encryption key: PEM (SubjectPublicKeyInfo, PKCS #1), DER of either, JWK, `KeyObject`; on Node a `CryptoKey`. */
export type PublicEncryptionKeyInput = KeyInput

/** How a private key is opened. */
export interface PrivateEncryptionKeyOptions {
  /** Opens an encrypted PEM or DER. Node only. */
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined
}

/** Bits: below, the key is no protection; above, whoever registered it decides how long an operation takes. */
const fewestBits = 1024
const mostBits = 8192

/** WebCrypto has OAEP alone (RFC 7518 4.3), so its keys are bound to that when they are exported. */
const encryptionAlgorithms = /^RSA(?:1_5|-OAEP(?:-\d+)?)$/

// Not a field: the raw operation is for this package alone, since a public one would decrypt whatever it is given.
const rsaKeys = new WeakMap<PrivateEncryptionKey, RsaPrivateKey>()

/** The raw operation of a key that was taken apart before, or of what is to be one. */
export function rsaKeyOf(
  key: PrivateEncryptionKeyInput,
  options: PrivateEncryptionKeyOptions,
): RsaPrivateKey {
  const known = rsaKeys.get(key as PrivateEncryptionKey)
  return known ?? rsaKeyOf(new PrivateEncryptionKey(key as KeyInput, options), options)
}

/** A private encryption key taken apart once, for several decryptions. Shows nothing when printed. */
export class PrivateEncryptionKey {
  readonly #modulusLength: number

  /** @throws {LiveSessionTokenError} `ERR_LST_INVALID_KEY`, `ERR_LST_ENCRYPTED_KEY`, `ERR_LST_INVALID_INPUT`. */
  constructor(key: KeyInput, options: PrivateEncryptionKeyOptions = {}) {
    const { passphrase } = membersOf(options, 'options', ['passphrase'])
    const numbers = readRsaNumbers(key, 'decrypt', passphrase) as RsaPrivateNumbers
    const rsaKey = primitives.createRsaPrivateKey(numbers)
    rsaKeys.set(this, rsaKey)
    this.#modulusLength = rsaKey.modulus.length
  }

  /** Bytes of the modulus: 256 for RSA-2048. A ciphertext has as many. */
  get modulusLength(): number {
    return this.#modulusLength
  }
}

export function readPublicEncryptionKey(input: PublicEncryptionKeyInput): RsaPublicNumbers {
  return readRsaNumbers(input, 'encrypt') as RsaPublicNumbers
}

type Purpose = 'encrypt' | 'decrypt'

/** The numbers of an RSA key, which the reader has found to belong together. */
function readRsaNumbers(input: unknown, purpose: Purpose, passphrase?: unknown): RsaNumbers {
  const reading = readKey(input, { purpose, passphrase, openEncryptedKey: primitives.openEncryptedKey })
  if (!reading.ok) throw invalidKey(purpose, reading.message, reading)
  const { key } = reading
  wipeCopy(key) // Its numbers are wanted.
  if (key.form === 'crypto-key') return readRsaNumbers(keyObjectOf(key, purpose), purpose)
  const { numbers } = key
  if (key.form === 'jwk' && !encryptionAlgorithms.test(key.jwk.alg ?? 'RSA1_5'))
    throw invalidKey(purpose, 'is a JWK whose "alg" is not RSA1_5 or one of RSA-OAEP')
  if (numbers?.n === undefined) throw invalidKey(purpose, 'is no RSA key for encryption: IBKR takes RSA only')
  const bits = bitLength(numbers.n)
  if (bits < fewestBits || bits > mostBits)
    throw invalidKey(purpose, `has ${bits} bits, not ${fewestBits} to ${mostBits} (IBKR asks for 2048)`)
  return numbers
}

/** What a `CryptoKey` holds, where the runtime can say so without waiting, and if it is a key for this purpose. */
function keyObjectOf(
  { key, said }: { readonly key: CryptoKeyLike; readonly said: CryptoKeyClaims },
  purpose: Purpose,
): object {
  if (primitives.keyObjectFrom === undefined)
    throw invalidKey(purpose, 'is a CryptoKey, which is taken on Node only: export it as JWK or PKCS #8')
  if (!said.usages.includes(purpose))
    throw invalidKey(purpose, `is a CryptoKey without the usage "${purpose}"`)
  try {
    return primitives.keyObjectFrom(key)
  } catch (cause) {
    throw invalidKey(purpose, 'is no CryptoKey of this runtime', { cause })
  }
}

/** @param problem - Goes on after the name of the argument. */
export function invalidKey(
  purpose: Purpose,
  problem: string,
  { fault, cause }: { readonly fault?: KeyFault | undefined; readonly cause?: unknown } = {},
): LiveSessionTokenError {
  const isEncrypted = fault === 'encrypted' || fault === 'passphrase'
  return new LiveSessionTokenError(
    isEncrypted ? 'ERR_LST_ENCRYPTED_KEY' : 'ERR_LST_INVALID_KEY',
    `${purpose === 'decrypt' ? 'privateEncryptionKey' : 'publicEncryptionKey'} ${problem}.`,
    { cause },
  )
}
