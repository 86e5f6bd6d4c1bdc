import { bytesFromBase64 } from '@ibkr-auth/internal/bytes'
import {
  type PrivateEncryptionKeyInput,
  type PrivateEncryptionKeyOptions,
  rsaKeyOf,
} from '../encryption-key.ts'
import { LiveSessionTokenError } from '../errors.ts'
import { unpad } from '../pkcs1-padding.ts'
import type { RsaPrivateKey } from '../primitives/contract.ts'
import { SecretBytes, usingBytes } from '../secret.ts'
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
  if (block === undefined) throw contradictoryKey()
  const message = usingBytes(block, unpad)
  if (message === undefined) throw decryptionFailed()
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
  if (ciphertext === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_NOT_BASE64',
      'encryptedSecret, the encrypted access token secret, is not base64. Copy it again.',
    )
  }
  if (ciphertext.length !== modulus.length) {
    const length = isShort ? `${ciphertext.length} bytes` : `${encryptedSecret.length} characters`
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_LENGTH',
      `encryptedSecret, the encrypted access token secret, has ${length}, but privateEncryptionKey takes ${modulus.length} bytes: characters were lost or added. Copy it again and check the key.`,
    )
  }
  if (!isBelow(ciphertext, modulus)) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_OUT_OF_RANGE',
      'encryptedSecret, the encrypted access token secret, is not below the modulus of privateEncryptionKey: it was altered, or encrypted to another key. Copy it again and check the key.',
    )
  }
  return ciphertext
}

/** Of two big-endian integers of one length. Both are public. */
function isBelow(value: Uint8Array, limit: Uint8Array): boolean {
  const index = value.findIndex((byte, position) => byte !== limit[position])
  return index >= 0 && (value[index] as number) < (limit[index] as number)
}

function contradictoryKey(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_INVALID_KEY',
    'privateEncryptionKey is damaged: its private exponent does not belong to its modulus. Take the file from a backup.',
  )
}

function decryptionFailed(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_SECRET_DECRYPTION',
    'The access token secret cannot be decrypted with privateEncryptionKey. Likely causes: it is the signature key, not the encryption key; the secret was since replaced in the portal; the key pair was regenerated since.',
  )
}
