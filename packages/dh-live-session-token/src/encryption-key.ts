import { primitives } from '#primitives'
import { LiveSessionTokenError } from './errors.ts'
import { findPemBlocks, type PemBlock } from './pem.ts'
import type { RsaPrivateKey } from './primitives/contract.ts'
import {
  type RsaIntegers,
  rsaIntegersFromJwk,
  rsaIntegersFromPkcs1,
  rsaIntegersFromPkcs8,
} from './rsa-integers.ts'

/** Node's `KeyObject`, by shape. */
export interface KeyObjectLike {
  readonly type: string
  export(options: { format: 'jwk' }): unknown
}

/** A JSON Web Key (RFC 7517, RFC 7518 6.3). */
export type RsaJwk = { readonly kty?: string | undefined } & Readonly<Record<string, unknown>>

/** A private encryption key: PEM text (PKCS #1, PKCS #8, encrypted), DER of either, JWK or `KeyObject`. */
export type PrivateEncryptionKeyInput = string | Uint8Array | RsaJwk | KeyObjectLike | PrivateEncryptionKey

export interface PrivateEncryptionKeyOptions {
  /** Opens an encrypted PEM. Node only. */
  readonly passphrase?: string | Uint8Array | undefined
}

/** A private encryption key taken apart once, for several decryptions. Shows nothing when printed. */
export class PrivateEncryptionKey {
  readonly #key: RsaPrivateKey

  constructor(
    key: Exclude<PrivateEncryptionKeyInput, PrivateEncryptionKey>,
    options: PrivateEncryptionKeyOptions = {},
  ) {
    this.#key = readPrivateKey(key, options.passphrase)
  }

  /** Bytes of the modulus: 256 for RSA-2048. A ciphertext has as many. */
  get modulusLength(): number {
    return this.#key.modulusLength
  }

  /** c^d mod n without looking at any padding; `undefined` where the ciphertext is not below the modulus. */
  decryptRaw(ciphertext: Uint8Array): Uint8Array | undefined {
    return this.#key.decryptRaw(ciphertext)
  }

  toString(): string {
    return '[PrivateEncryptionKey]'
  }

  toJSON(): string {
    return this.toString()
  }
}

function readPrivateKey(
  input: Exclude<PrivateEncryptionKeyInput, PrivateEncryptionKey>,
  passphrase: string | Uint8Array | undefined,
): RsaPrivateKey {
  const block = typeof input === 'string' ? privateKeyBlock(input) : undefined
  const key = block?.encrypted ? openEncrypted(block, passphrase) : primitives.adoptKeyObject(input)
  if (key !== undefined) return key
  const integers = block === undefined ? integersFromValue(input) : integersFromBlock(block)
  if (integers !== undefined) return primitives.createRsaPrivateKey(integers)
  throw new LiveSessionTokenError(
    'ERR_LST_INVALID_KEY',
    `privateEncryptionKey is not an RSA private key${block === undefined ? '' : ` (found "${block.label}")`}: pass PEM or DER (PKCS #1 or PKCS #8), a private JWK or a private KeyObject.`,
  )
}

function privateKeyBlock(text: string): PemBlock | undefined {
  const blocks = findPemBlocks(text)
  return blocks.find(({ label }) => label.endsWith('PRIVATE KEY')) ?? blocks[0]
}

function integersFromBlock({ label, bytes }: PemBlock): RsaIntegers | undefined {
  if (!label.endsWith('PRIVATE KEY')) return undefined
  return label === 'RSA PRIVATE KEY' ? rsaIntegersFromPkcs1(bytes) : rsaIntegersFromPkcs8(bytes)
}

function integersFromValue(
  key: Exclude<PrivateEncryptionKeyInput, PrivateEncryptionKey>,
): RsaIntegers | undefined {
  if (key instanceof Uint8Array) return rsaIntegersFromPkcs8(key) ?? rsaIntegersFromPkcs1(key)
  if (key === null || typeof key !== 'object') return undefined
  if (!isKeyObject(key)) return rsaIntegersFromJwk(key)
  return key.type === 'private' ? rsaIntegersFromJwk(key.export({ format: 'jwk' }) as RsaJwk) : undefined
}

export function isKeyObject(key: RsaJwk | KeyObjectLike): key is KeyObjectLike {
  return 'export' in key && typeof key.export === 'function'
}

function openEncrypted(
  { text }: PemBlock,
  passphrase: string | Uint8Array | undefined,
): RsaPrivateKey | undefined {
  if (passphrase === undefined || primitives.openEncryptedPem === undefined) {
    const remedy =
      passphrase === undefined ? 'Pass its passphrase in the options' : 'This runtime cannot open it'
    throw encryptedKey(`${remedy}, or write it without one: openssl pkcs8 -topk8 -nocrypt.`)
  }
  try {
    return primitives.openEncryptedPem(text, passphrase)
  } catch (cause) {
    throw encryptedKey('The passphrase does not open it, or its cipher is unknown to this OpenSSL.', cause)
  }
}

function encryptedKey(problem: string, cause?: unknown): LiveSessionTokenError {
  const options = cause === undefined ? {} : { cause }
  return new LiveSessionTokenError(
    'ERR_LST_ENCRYPTED_KEY',
    `privateEncryptionKey is encrypted. ${problem}`,
    options,
  )
}
