import { createHmac } from 'node:crypto'
import { hmacSha256, type Signer } from '@ibkr-auth/oauth1-signing'
import type { ApiSession } from './api-session.ts'

/** What the server half of a Diffie-Hellman exchange keeps, so that a client's mistake in it can be found later. */
export interface ExchangeRecord {
  /** A, as the client sent it: hex. */
  readonly challengeHex: string
  /** b, the server's private exponent. */
  readonly exponent: Uint8Array
  readonly prime: bigint
  readonly accessTokenSecret: Uint8Array
}

/** A live session token in force, with the session that it opens. */
export class LiveSession {
  readonly session: ApiSession
  readonly expiresAtMs: number
  /** Prepared once, used for every request. */
  readonly signer: Signer<string>
  readonly #token: Uint8Array
  readonly #exchange: ExchangeRecord
  /** A fault can end it before its time. */
  endedByFault = false

  constructor(token: Uint8Array, session: ApiSession, exchange: ExchangeRecord) {
    this.#token = token
    this.session = session
    this.expiresAtMs = session.expiresAtMs
    this.signer = hmacSha256(token)
    this.#exchange = exchange
  }

  isLive(nowMs: number): boolean {
    return !this.endedByFault && this.expiresAtMs > nowMs
  }

  /** The 20 bytes of the token. */
  reveal(): Uint8Array {
    return this.#token.slice()
  }

  /** What the exchange was made of. */
  revealExchange(): ExchangeRecord {
    return this.#exchange
  }
}

/** LST = HMAC-SHA1(K, access token secret) ("OAuth at Interactive Brokers" 5.3). */
export function liveSessionTokenFrom(key: Uint8Array, accessTokenSecret: Uint8Array | string): Uint8Array {
  return createHmac('sha1', key).update(accessTokenSecret).digest()
}
