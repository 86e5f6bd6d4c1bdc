import { AccessTokenSecret } from './access-token-secret.ts'
import { bytesFromBase64 } from './base64.ts'
import {
  PrivateEncryptionKey,
  type PrivateEncryptionKeyInput,
  type PrivateEncryptionKeyOptions,
  rsaKeyOf,
} from './encryption-key.ts'
import { LiveSessionTokenError } from './errors.ts'
import { inTurn } from './in-turn.ts'
import { unpad } from './pkcs1-padding.ts'

/**
 * Decrypts an access token secret, holding the thread for one raw RSA operation.
 *
 * @param encryptedSecret - `oauth_token_secret` as IBKR gives it: base64 of an RSAES-PKCS1-v1_5 ciphertext. Line
 * breaks, spaces, missing padding and the URL-safe alphabet are understood.
 * @param privateEncryptionKey - The private half of the encryption key registered with IBKR, not of the signature
 * key. For more than one decryption make a {@link PrivateEncryptionKey} of it first.
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
): AccessTokenSecret {
  const key =
    privateEncryptionKey instanceof PrivateEncryptionKey
      ? privateEncryptionKey
      : new PrivateEncryptionKey(privateEncryptionKey, options)
  const block = rsaKeyOf(key).decryptRaw(readCiphertext(encryptedSecret, key.modulusLength))
  if (block === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_OUT_OF_RANGE',
      'The encrypted access token secret is not below the modulus of privateEncryptionKey: it was altered, or encrypted to another key. Copy it again and check the key.',
    )
  }
  const message = unpad(block)
  block.fill(0)
  if (message === undefined) throw decryptionFailed()
  const secret = new AccessTokenSecret(message)
  message.fill(0)
  return secret
}

/**
 * {@link decryptAccessTokenSecret} for many at once: one after another, with a turn of the event loop between two
 * of them.
 *
 * @throws {LiveSessionTokenError} As {@link decryptAccessTokenSecret}.
 */
export function decryptAccessTokenSecretAsync(
  encryptedSecret: string,
  privateEncryptionKey: PrivateEncryptionKeyInput,
  options: PrivateEncryptionKeyOptions = {},
): Promise<AccessTokenSecret> {
  return inTurn(() => decryptAccessTokenSecret(encryptedSecret, privateEncryptionKey, options))
}

function readCiphertext(encryptedSecret: string, modulusLength: number): Uint8Array {
  const ciphertext = bytesFromBase64(encryptedSecret)
  if (ciphertext === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_NOT_BASE64',
      'The encrypted access token secret is not base64. Copy it again.',
    )
  }
  if (ciphertext.length !== modulusLength) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_LENGTH',
      `The encrypted access token secret has ${ciphertext.length} bytes, but privateEncryptionKey takes ${modulusLength}: characters were lost or added. Copy it again and check the key.`,
    )
  }
  return ciphertext
}

function decryptionFailed(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_SECRET_DECRYPTION',
    'The access token secret cannot be decrypted with privateEncryptionKey. Likely causes: it is the signature key, not the encryption key; the secret was since replaced in the portal; the key pair was regenerated since.',
  )
}
