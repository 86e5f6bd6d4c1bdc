import type { KeyObject } from 'node:crypto'
import type { Encoder } from './encoders.ts'
import type { MistakeName } from './names.ts'
import type { Proof } from './signature-test.ts'

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
  readonly accessTokenSecret?: Uint8Array | undefined
  /** Base64 of its ciphertext as the consumer holds it. */
  readonly accessTokenSecretCiphertext?: string | undefined
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
  readonly clockToleranceSeconds: number
  readonly nonceSeen: boolean
  /** Values that are never shown, such as the access token. */
  readonly secrets: readonly string[]
}

/** Why a request was refused, told from the evidence. Holds no secret: tokens, keys and prefixes are masked. */
export interface Explanation {
  /** The one mistake that accounts for everything seen, or `unknown`. */
  readonly mistake: MistakeName
  /** One sentence: what the client did. */
  readonly summary: string
  /** One sentence: what to change. */
  readonly remedy: string
  /** What only this request shows, such as the number of seconds a clock is off. */
  readonly detail?: string | undefined
  /** The signature base string that the sandbox expected, secrets masked. */
  readonly expectedBaseString?: string | undefined
  /**
   * The base string under which the received signature verifies, secrets masked. It does not travel with the
   * request, so it is known only where the mistake is.
   */
  readonly receivedBaseString?: string | undefined
  /** Other mistakes that would have produced the very same bytes. */
  readonly indistinguishableFrom?: readonly MistakeName[] | undefined
}

/** A mistake that the evidence shows. */
export interface Finding {
  readonly mistake: MistakeName
  readonly summary: string
  readonly remedy: string
  readonly detail?: string | undefined
  /** The base string under which the signature verifies, where one is known. */
  readonly receivedBaseString?: string | undefined
  readonly indistinguishableFrom?: readonly MistakeName[] | undefined
}

/** One way in which a mistake may have been made. */
export interface Variant {
  readonly plan: SigningPlan
  readonly detail?: string | undefined
}

/** A known mistake in what is signed or in what it is signed with: how a correct plan turns into the wrong one. */
export interface Mistake {
  readonly name: MistakeName
  readonly summary: string
  readonly remedy: string
  variants(correct: SigningPlan, evidence: SignatureEvidence): readonly Variant[]
}

/** A decoded name and value. */
export type Pair = readonly [name: string, value: string]

/** The order in which a client joins its parameters. */
export type Order = 'encoded' | 'joined' | 'as-sent'

/**
 * How a client arrives at a signature: everything that it has to decide, as values. Each known mistake
 * changes one of them; building both strings from plans is what lets them stand side by side.
 */
export interface SigningPlan {
  readonly method: string
  /** The base string URI before encoding (RFC 5849 3.4.1.2). */
  readonly uri: string
  readonly parameters: readonly Pair[]
  readonly order: Order
  /** Applied to each name and value (RFC 5849 3.4.1.3.2). */
  readonly encodePart: Encoder
  /** Applied to the URI and to the joined parameters (RFC 5849 3.4.1.1). */
  readonly encodeUri: Encoder
  readonly encodeParameters: Encoder
  /** Put before the base string; only live_session_token has one ("OAuth at Interactive Brokers" 5.2). */
  readonly prefix: string
  readonly proof: Proof
}
