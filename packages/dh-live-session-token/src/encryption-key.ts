import { primitives } from '#primitives'
import { LiveSessionTokenError } from './errors.ts'
import { findPemBlocks } from './pem.ts'
import type { RsaPrivateKey } from './primitives/contract.ts'
import { asPrivateKey, asPublicKey, type RsaPublicIntegers } from './rsa-integers.ts'
import { type RsaKeyInput, readRsaNumbers } from './rsa-key-input.ts'

/** A private encryption key: PEM text (PKCS #1, PKCS #8, encrypted), DER of the first two, JWK, `KeyObject`. */
export type PrivateEncryptionKeyInput = RsaKeyInput | PrivateEncryptionKey

/** A public encryption key: PEM text (SubjectPublicKeyInfo, PKCS #1), DER of either, JWK, `KeyObject`. */
export type PublicEncryptionKeyInput = RsaKeyInput

export interface PrivateEncryptionKeyOptions {
  /** Opens an encrypted PEM. Node only. */
  readonly passphrase?: string | Uint8Array | undefined
}

// Not a field: the raw operation is for this package alone, since a public one would decrypt whatever it is given.
const rsaKeys = new WeakMap<PrivateEncryptionKey, RsaPrivateKey>()

/** The raw operation of a key; its constructor has put it there. */
export function rsaKeyOf(key: PrivateEncryptionKey): RsaPrivateKey {
  return rsaKeys.get(key) as RsaPrivateKey
}

/** A private encryption key taken apart once, for several decryptions. Shows nothing when printed. */
export class PrivateEncryptionKey {
  readonly #modulusLength: number

  /** @throws {LiveSessionTokenError} `ERR_LST_INVALID_KEY`, `ERR_LST_ENCRYPTED_KEY`. */
  constructor(key: RsaKeyInput, options: PrivateEncryptionKeyOptions = {}) {
    const rsaKey = importPrivateKey(key, options.passphrase)
    rsaKeys.set(this, rsaKey)
    this.#modulusLength = rsaKey.modulusLength
  }

  /** Bytes of the modulus: 256 for RSA-2048. A ciphertext has as many. */
  get modulusLength(): number {
    return this.#modulusLength
  }
}

function importPrivateKey(input: RsaKeyInput, passphrase: string | Uint8Array | undefined): RsaPrivateKey {
  const encrypted = typeof input === 'string' && findPemBlocks(input).find((block) => block.encrypted)
  const key = encrypted ? openEncrypted(encrypted.text, passphrase) : primitives.adoptKeyObject(input)
  if (key !== undefined) return key
  const integers = asPrivateKey(readRsaNumbers(input, 'PRIVATE KEY'))
  if (integers === undefined) throw invalidKey('private')
  return primitives.createRsaPrivateKey(integers)
}

function openEncrypted(pem: string, passphrase: string | Uint8Array | undefined): RsaPrivateKey | undefined {
  if (passphrase === undefined || primitives.openEncryptedPem === undefined) {
    throw encryptedKey('Pass its passphrase (Node only), or decrypt it: openssl pkcs8 -topk8 -nocrypt.')
  }
  try {
    return primitives.openEncryptedPem(pem, passphrase)
  } catch (cause) {
    throw encryptedKey('The passphrase or the cipher is wrong.', cause)
  }
}

export function readPublicEncryptionKey(input: PublicEncryptionKeyInput): RsaPublicIntegers {
  const integers = asPublicKey(readRsaNumbers(input, 'PUBLIC KEY'))
  if (integers === undefined) throw invalidKey('public')
  return integers
}

function invalidKey(kind: 'private' | 'public'): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_INVALID_KEY',
    `${kind}EncryptionKey is not a ${kind} RSA key: pass PEM, DER, JWK or KeyObject.`,
  )
}

function encryptedKey(problem: string, cause?: unknown): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_ENCRYPTED_KEY', `privateEncryptionKey is encrypted. ${problem}`, {
    cause,
  })
}
