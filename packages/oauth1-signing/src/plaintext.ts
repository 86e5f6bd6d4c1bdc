import { OAuth1Error } from './oauth1-error.ts'
import { isSharedSecrets, type SharedSecrets, sharedSecretKey } from './shared-secrets.ts'
import type { Signer } from './signer.ts'

/**
 * PLAINTEXT: the signature is the two secrets themselves and protects nothing; for TLS only.
 *
 * @see RFC 5849 3.4.4
 */
export function plaintext(secrets: SharedSecrets): Signer<string> {
  if (typeof secrets !== 'object' || secrets === null || !isSharedSecrets(secrets)) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_KEY', 'PLAINTEXT takes { consumerSecret, tokenSecret }')
  }
  const signature = sharedSecretKey(secrets)
  return { method: 'PLAINTEXT', sign: () => signature }
}
