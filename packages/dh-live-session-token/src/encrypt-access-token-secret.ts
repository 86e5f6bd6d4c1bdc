import { primitives } from '#primitives'
import { base64FromBytes } from './base64.ts'
import { type PublicEncryptionKeyInput, readPublicEncryptionKey } from './encryption-key.ts'
import { invalidInput } from './errors.ts'
import { bytesFromInteger, integerFromBytes } from './integer-bytes.ts'
import { pad } from './pkcs1-padding.ts'
import { modPow } from './primitives/mod-pow.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

export interface EncryptAccessTokenSecretOptions {
  /** Source of the padding string. Default: the runtime's CSPRNG. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
}

/**
 * Server half of `decryptAccessTokenSecret`: encrypts a secret to a consumer's public encryption key.
 *
 * @returns `oauth_token_secret` as on the wire: base64 of an RSAES-PKCS1-v1_5 ciphertext.
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`, `ERR_LST_INVALID_KEY`.
 * @see "OAuth at Interactive Brokers" 4.3
 */
export function encryptAccessTokenSecret(
  accessTokenSecret: SecretInput,
  publicEncryptionKey: PublicEncryptionKeyInput,
  options: EncryptAccessTokenSecretOptions = {},
): string {
  const { n, e } = readPublicEncryptionKey(publicEncryptionKey)
  const length = bytesFromInteger(n).length
  const secret = copySecret(accessTokenSecret, 'accessTokenSecret')
  const block = pad(secret, length, options.randomBytes ?? primitives.randomBytes)
  secret.fill(0)
  if (block === undefined)
    throw invalidInput(`accessTokenSecret must have 1 to ${length - 11} bytes for this key.`)
  const ciphertext = modPow(integerFromBytes(block), e, n)
  block.fill(0)
  return base64FromBytes(bytesFromInteger(ciphertext, length))
}
