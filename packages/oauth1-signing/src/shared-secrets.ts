import { percentEncode } from './percent-encode.ts'
import { revealText, type SecretText } from './secret.ts'

/** RFC 5849's two shared secrets. Without a token yet, the second is left out. */
export interface SharedSecrets {
  readonly consumerSecret: SecretText
  readonly tokenSecret?: SecretText | undefined
}

export function isSharedSecrets(value: object): value is SharedSecrets {
  return 'consumerSecret' in value
}

/** Both secrets, percent-encoded and joined by `&`, which stands there even if one is empty (RFC 5849 3.4.2). */
export function sharedSecretKey({ consumerSecret, tokenSecret = '' }: SharedSecrets): string {
  return `${percentEncode(revealText(consumerSecret))}&${percentEncode(revealText(tokenSecret))}`
}
