import { hmacSha256, type Signer } from '@ibkr-auth/oauth1-signing'
import { type ApiSession, hasEnded } from './api-session.ts'

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
  #sharedSecret: bigint | undefined

  constructor(token: Uint8Array, session: ApiSession, exchange: ExchangeRecord) {
    this.#token = token
    this.session = session
    this.expiresAtMs = session.expiresAtMs
    this.signer = hmacSha256(token)
    this.#exchange = exchange
  }

  isLive(nowMs: number): boolean {
    return !hasEnded(this.session, nowMs)
  }

  /** The 20 bytes of the token. */
  reveal(): Uint8Array {
    return this.#token.slice()
  }

  /** K = A^b mod p. Derived when it is first asked for: only the explanation of a refusal does. */
  sharedSecret(): bigint {
    const { challengeHex, exponent, prime } = this.#exchange
    this.#sharedSecret ??= power(
      BigInt(`0x${challengeHex}`),
      BigInt(`0x${Buffer.from(exponent).toString('hex')}`),
      prime,
    )
    return this.#sharedSecret
  }

  /** What the exchange was made of. */
  revealExchange(): ExchangeRecord {
    return this.#exchange
  }
}

/** Not constant-time: the exchange is over, and the keys belong to a test. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
