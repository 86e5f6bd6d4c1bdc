import { bytesFromBase64 } from '@ibkr-auth/internal/bytes'
import {
  invalidKey,
  type PrivateEncryptionKeyInput,
  type PrivateEncryptionKeyOptions,
  rsaKeyOf,
} from '../encryption-key.ts'
import { LiveSessionTokenError } from '../errors.ts'
import { unpad } from '../pkcs1-padding.ts'
import type { RsaPrivateKey } from '../primitives/contract.ts'
import { usingBytes } from '../secret.ts'
import { SecretBytes } from '../secret-bytes.ts'
import { inTurn } from './in-turn.ts'

/** Characters of a ciphertext, white space included: several times that of the longest key. */
const longestText = 16_384

/**
 * Decrypts an access token secret, holding the thread for one raw RSA operation.
 *
 * @param encryptedSecret - `oauth_token_secret` as IBKR gives it: base64 of an RSAES-PKCS1-v1_5 ciphertext. Line
 * breaks, spaces, missing padding and the URL-safe alphabet are understood.
 * @param privateEncryptionKey - The private half of the encryption key registered with IBKR, not of the signature
 * key. For more than one decryption make a `PrivateEncryptionKey` of it first.
 * @returns 32 bytes in IBKR's example, other lengths are fine.
 * @throws {LiveSessionTokenError} Before anything is decrypted: `ERR_LST_INVALID_KEY`, `ERR_LST_ENCRYPTED_KEY`,
 * `ERR_LST_SECRET_NOT_BASE64`, `ERR_LST_SECRET_LENGTH`, `ERR_LST_SECRET_OUT_OF_RANGE`. Whatever goes wrong after
 * that: `ERR_LST_SECRET_DECRYPTION`. A wrong key can also go unnoticed here, about once in 65,000 times: then
 * `exchange.complete` refuses.
 * @see "OAuth at Interactive Brokers" 4.3, 8.3; RFC 8017 7.2.2
 */
export function decryptAccessTokenSecret(
  encryptedSecret: string,
  privateEncryptionKey: PrivateEncryptionKeyInput,
  options: PrivateEncryptionKeyOptions = {},
): SecretBytes {
  const rsaKey = rsaKeyOf(privateEncryptionKey, options)
  const block = rsaKey.decryptRaw(readCiphertext(encryptedSecret, rsaKey))
  if (block === undefined)
    throw invalidKey(
      'decrypt',
      'is no sound RSA key, its private exponent is of another: take it from a backup',
    )
  const message = usingBytes(block, unpad)
  if (message === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_DECRYPTION',
      'encryptedSecret cannot be decrypted with privateEncryptionKey. Check that it is not the signature key, and that neither secret nor key pair was replaced in the portal since.',
    )
  }
  return usingBytes(message, () => new SecretBytes(message))
}

/**
 * {@link decryptAccessTokenSecret} for many at once: one after another, with a turn of the event loop between two
 * of them. The arguments are read when its turn comes.
 *
 * @throws {LiveSessionTokenError} As {@link decryptAccessTokenSecret}.
 */
export function decryptAccessTokenSecretInTurn(
  encryptedSecret: string,
  privateEncryptionKey: PrivateEncryptionKeyInput,
  options: PrivateEncryptionKeyOptions = {},
): Promise<SecretBytes> {
  return inTurn(() => decryptAccessTokenSecret(encryptedSecret, privateEncryptionKey, options))
}

function readCiphertext(encryptedSecret: string, { modulus }: RsaPrivateKey): Uint8Array {
  const isShort = typeof encryptedSecret !== 'string' || encryptedSecret.length <= longestText
  const ciphertext = isShort ? bytesFromBase64(encryptedSecret) : new Uint8Array()
  if (ciphertext === undefined) throw unusable('NOT_BASE64', 'is not base64')
  if (ciphertext.length !== modulus.length) {
    const length = isShort ? `${ciphertext.length} bytes` : `${encryptedSecret.length} characters`
    throw unusable('LENGTH', `has ${length}, not the ${modulus.length} bytes that privateEncryptionKey takes`)
  }
  if (!isBelow(ciphertext, modulus))
    throw unusable('OUT_OF_RANGE', 'is not below the modulus of privateEncryptionKey')
  return ciphertext
}

function unusable(code: 'NOT_BASE64' | 'LENGTH' | 'OUT_OF_RANGE', problem: string): LiveSessionTokenError {
  return new LiveSessionTokenError(
    `ERR_LST_SECRET_${code}`,
    `encryptedSecret ${problem}: copy it again and check the key.`,
  )
}

/** Of two big-endian integers of one length. Both are public. */
function isBelow(value: Uint8Array, limit: Uint8Array): boolean {
  const index = value.findIndex((byte, position) => byte !== limit[position])
  return index >= 0 && (value[index] as number) < (limit[index] as number)
}
