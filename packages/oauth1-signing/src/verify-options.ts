import type { Claims } from './claim.ts'
import type { NonceStore } from './nonce-store.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'
import type { Refusal } from './refusal.ts'
import type { ParametersIn } from './sign-request.ts'
import type { Signer, Verifier } from './signer.ts'

/** The server's record of a key. */
export interface KeyRecord {
  /**
   * The key with its signature method. For symmetric methods a signer, whose signature is made again and
   * compared in constant time; for RSA a verifier.
   */
  readonly key: Signer | Verifier
  /** Stands before the signature base string of this request; never shown. IBKR: live_session_token only. */
  readonly prefix?: string | undefined
}

/** Choices and stores of a server. */
export interface VerifyOptions<Found extends KeyRecord = KeyRecord> {
  /** Finds the key for a consumer and token; undefined if there is none. What it throws is passed on. */
  readonly lookupKey: (claims: Claims) => Found | undefined | Promise<Found | undefined>
  /** Remembers nonces. */
  readonly nonceStore: NonceStore
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** How far a timestamp may be off, in seconds, either way. Default 300. */
  readonly timestampWindowSeconds?: number | undefined
  /** Ways of signing the query that are accepted, tried in this order. Default `["rfc5849"]`. */
  readonly querySigning?: readonly RecognizedQuerySigning[] | undefined
  /** Takes `realm=name` without quotes. Default false. */
  readonly allowUnquotedRealm?: boolean | undefined
  /** Longest URL, body and header together, in characters (bytes of a byte body). Default 1,048,576. */
  readonly maximumLength?: number | undefined
}

/** A request whose signature is right and whose nonce was not used before. */
export interface VerifiedRequest<Found extends KeyRecord = KeyRecord> {
  readonly ok: true
  readonly consumerKey: string
  readonly token: string | undefined
  readonly realm: string | undefined
  readonly signatureMethod: string
  /** Where the protocol parameters travelled. */
  readonly parametersIn: ParametersIn
  /** The first of the accepted ways in which the signature is right. Without a query all are the same. */
  readonly querySigning: RecognizedQuerySigning
  /** Decoded, the signature among them. */
  readonly protocolParameters: ReadonlyMap<string, string>
  /** Decoded query parameters and form fields, protocol parameters not among them. */
  readonly requestParameters: readonly (readonly [name: string, value: string])[]
  /** Without the prefix. */
  readonly signatureBaseString: string
  /** What `lookupKey` returned. */
  readonly record: Found
}

/** Tell the two apart by `ok`. */
export type VerificationResult<Found extends KeyRecord = KeyRecord> = VerifiedRequest<Found> | Refusal
