import { AccessTokenSecret } from './access-token-secret.ts'
import { bytesFromBase64 } from './base64.ts'
import {
  PrivateEncryptionKey,
  type PrivateEncryptionKeyInput,
  type PrivateEncryptionKeyOptions,
} from './encryption-key.ts'
import { LiveSessionTokenError } from './errors.ts'
import { unpad } from './pkcs1-padding.ts'

/**
 * Decrypts an access token secret.
 *
 * @param encryptedSecret - `oauth_token_secret` as IBKR gives it: base64 of an RSAES-PKCS1-v1_5 ciphertext.
 * @param privateEncryptionKey - The private half of the encryption key registered with IBKR.
 * @see "OAuth at Interactive Brokers" 4.3, 8.3
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
  const block = key.decryptRaw(readCiphertext(encryptedSecret, key.modulusLength))
  if (block === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_OUT_OF_RANGE',
      'accessTokenSecret is not below the modulus of privateEncryptionKey, so it was encrypted to another key or altered. Copy it again, and check that the key is the registered encryption key.',
    )
  }
  const message = unpad(block)
  block.fill(0)
  if (message === undefined) throw decryptionFailed()
  const secret = new AccessTokenSecret(message)
  message.fill(0)
  return secret
}

function readCiphertext(encryptedSecret: string, modulusLength: number): Uint8Array {
  const ciphertext = typeof encryptedSecret === 'string' ? bytesFromBase64(encryptedSecret) : undefined
  if (ciphertext === undefined) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_NOT_BASE64',
      'accessTokenSecret is not base64. Pass oauth_token_secret exactly as the portal or the access token reply shows it.',
    )
  }
  if (ciphertext.length !== modulusLength) {
    throw new LiveSessionTokenError(
      'ERR_LST_SECRET_LENGTH',
      `accessTokenSecret decodes to ${ciphertext.length} bytes, but this key takes ${modulusLength}. Characters were lost or added in copying, or the key has another size than the registered one.`,
    )
  }
  return ciphertext
}

function decryptionFailed(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_SECRET_DECRYPTION',
    'accessTokenSecret cannot be decrypted with privateEncryptionKey. Likely causes: the signature key was passed in place of the encryption key; the portal has since issued a newer secret; the key pair was made anew after the token was issued.',
  )
}
