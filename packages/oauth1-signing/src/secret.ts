import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import { encodeNamed } from './base-string/percent-encode.ts'
import { invalidInput, invalidKey, reading } from './checks.ts'

/** RFC 5849's two shared secrets. Without a token yet, the second is left out. */
export interface SharedSecrets {
  readonly consumerSecret: SecretTextLike
  readonly tokenSecret?: SecretTextLike | undefined
  /**
   * Takes a secret of no characters, which RFC 5849 3.4.2 allows and which is otherwise taken for one that was not
   * found. Default false.
   */
  readonly allowEmptySecrets?: boolean | undefined
}

/** The text of a secret, which may be empty; whatever else it turns out to be is refused by name. */
export function revealText(name: string, secret: unknown): string {
  const text = revealed(name, secret)
  if (typeof text !== 'string') throw invalidInput(`${name} must be a string, or { reveal() } of one`)
  return text
}

/** What `reveal()` gives; anything without it as it is. */
export function revealed(name: string, secret: unknown): unknown {
  if (typeof secret !== 'object' || secret === null) return secret
  const reveal = reading(name, () => ('reveal' in secret ? { member: secret.reveal } : undefined))
  if (reveal === undefined) return secret
  const { member } = reveal
  if (typeof member !== 'function') throw invalidInput(`${name}.reveal must be a function`)
  try {
    return Reflect.apply(member, secret, [])
  } catch (cause) {
    throw invalidInput(`${name}.reveal() threw; obtain the secret anew`, cause)
  }
}

/** Both secrets, percent-encoded and joined by `&`, which stands there even if one is empty (RFC 5849 3.4.2). */
export function sharedSecretKey(secrets: SharedSecrets): string {
  const { consumerSecret, tokenSecret, allowEmptySecrets } = reading('consumerSecret', () => ({
    consumerSecret: secrets.consumerSecret,
    tokenSecret: secrets.tokenSecret,
    allowEmptySecrets: secrets.allowEmptySecrets,
  }))
  const mayBeEmpty = allowEmptySecrets === true
  const start = encodedSecret('consumerSecret', consumerSecret, mayBeEmpty)
  return `${start}&${tokenSecret === undefined ? '' : encodedSecret('tokenSecret', tokenSecret, mayBeEmpty)}`
}

function encodedSecret(name: string, secret: unknown, mayBeEmpty: boolean): string {
  const text = revealed(name, secret)
  if (typeof text !== 'string') throw invalidKey(`${name} must be a string, or { reveal() } of one`)
  if (text === '' && !mayBeEmpty) {
    throw invalidKey(`${name} is empty; if it is meant to be, set allowEmptySecrets`)
  }
  return encodeNamed(name, text)
}
