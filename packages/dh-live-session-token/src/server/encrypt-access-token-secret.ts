import { base64FromBytes } from '@ibkr-auth/internal/bytes'
import { bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { invalidInput, membersOf } from '../arguments.ts'
import { type PublicEncryptionKeyInput, readPublicEncryptionKey } from '../encryption-key.ts'
import { pad } from '../pkcs1-padding.ts'
import { modPow } from '../primitives/big-integers.ts'
import { drawBytes, type RandomBytes } from '../random-bytes.ts'
import { copySecret, usingBytes } from '../secret.ts'

/** Randomness of the encryption. */
export interface EncryptAccessTokenSecretOptions {
  /** Source of the padding string. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes | undefined
}

/**
 * Server half of `decryptAccessTokenSecret`: encrypts a secret to a consumer's public encryption key, over BigInt on
 * every runtime. The key is a stranger's: its modulus has 1024 to 8192 bits, its exponent 64 at most.
 *
 * @returns `oauth_token_secret` as on the wire: base64 of an RSAES-PKCS1-v1_5 ciphertext.
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`, `ERR_LST_INVALID_KEY`.
 * @see "OAuth at Interactive Brokers" 4.3
 */
export function encryptAccessTokenSecret(
  accessTokenSecret: SecretBytesLike,
  publicEncryptionKey: PublicEncryptionKeyInput,
  options: EncryptAccessTokenSecretOptions = {},
): string {
  const { randomBytes } = membersOf(options, 'options', ['randomBytes'])
  const { n, e } = readPublicEncryptionKey(publicEncryptionKey)
  const length = bytesFromInteger(n).length
  const block = usingBytes(copySecret(accessTokenSecret, 'accessTokenSecret'), (secret) =>
    pad(secret, length, (count) => drawBytes(randomBytes, count)),
  )
  if (block === undefined)
    throw invalidInput(`accessTokenSecret must have 1 to ${length - 11} bytes for this key.`)
  return usingBytes(block, () =>
    base64FromBytes(bytesFromInteger(modPow(integerFromBytes(block), e, n), length)),
  )
}
