import type { KeyObject } from 'node:crypto'
import type { MistakeName } from './mistake-names.ts'
import type { Pair } from './signing-plan.ts'

/** The two documented treatments of query parameters that count as strict. */
export type StrictForm = 'rfc5849' | 'omit'

/** A key that a client may have used by mistake, with the name of the mistake that leads to it. */
export interface MistakenKey {
  readonly mistake: MistakeName
  readonly key: Uint8Array
  readonly detail: string
}

/** What the sandbox knows about a request signed with the live session token. */
export interface HmacKnowledge {
  readonly kind: 'hmac-sha256'
  /** The live session tokens in force, newest first: 20 bytes each. */
  readonly keys: readonly Uint8Array[]
  /** Computed only when a refusal is explained: the tokens of failed exchanges and of earlier ones. */
  readonly mistakenKeys: () => readonly MistakenKey[]
}

/** What the sandbox knows about a request signed with an RSA key. */
export interface RsaKnowledge {
  readonly kind: 'rsa-sha256'
  readonly signingKey: KeyObject
  readonly encryptionKey: KeyObject
  /** The access token secret, where the request has a prefix (live_session_token only). */
  readonly accessTokenSecret?: Uint8Array
  /** Base64 of its ciphertext as the consumer holds it. */
  readonly accessTokenSecretCiphertext?: string
  /** Secrets of this consumer's other access tokens. */
  readonly otherAccessTokenSecrets: readonly Uint8Array[]
}

/** Everything about a signed request that its refusal can be explained from. */
export interface SignatureEvidence {
  /** As on the request line. */
  readonly method: string
  /** Scheme, Host header and request target, as received. */
  readonly url: string
  /** Decoded, in the order they came, without `realm` and `oauth_signature`. */
  readonly protocolParameters: readonly Pair[]
  readonly realm: string | undefined
  /** The value of `oauth_signature`, decoded once. */
  readonly signature: string
  readonly signatureMethod: string
  readonly queryParameters: readonly Pair[]
  /** Fields of a form body; undefined where the body is not a form. */
  readonly formParameters: readonly Pair[] | undefined
  /** The text of a body that is not a form; empty without one. */
  readonly otherBody: string
  /** The treatments of the query that the sandbox takes. */
  readonly strictForms: readonly StrictForm[]
  readonly knowledge: HmacKnowledge | RsaKnowledge
  /** Origins that a client may have hard-coded, such as `https://api.ibkr.com`. */
  readonly otherOrigins: readonly string[]
  readonly nowSeconds: number
  /** How far `oauth_timestamp` may be from `nowSeconds`, in seconds. */
  readonly timestampWindowSeconds: number
  readonly nonceSeen: boolean
  /** Values that are never shown, such as the access token. */
  readonly secrets: readonly string[]
}
