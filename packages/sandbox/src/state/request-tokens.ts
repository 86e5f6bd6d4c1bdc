import { hexText } from '../credentials/random-text.ts'
import { ExpiringMap } from './expiring-map.ts'

/** A request token on its way from issue over approval to its exchange. */
export interface RequestToken {
  readonly value: string
  readonly consumerKey: string
  readonly expiresAtMs: number
  /** Who approved. */
  username: string | undefined
  /** Set when the user approves: 20 hex digits. */
  verifier: string | undefined
  /** A token that was decided on cannot be decided on again. */
  state: 'issued' | 'approved' | 'cancelled' | 'used'
}

/** Request tokens: valid for `lifetimeMs`, exchanged once ("OAuth at Interactive Brokers" 4.1 to 4.3). */
export class RequestTokens {
  readonly #tokens: ExpiringMap<RequestToken>
  readonly #lifetimeMs: number

  constructor(lifetimeMs: number, capacity = 10_000) {
    this.#lifetimeMs = lifetimeMs
    this.#tokens = new ExpiringMap(capacity)
  }

  /** Undefined if there is no room for another one. */
  issue(consumerKey: string, nowMs: number): RequestToken | undefined {
    const token: RequestToken = {
      value: hexText(10),
      consumerKey,
      expiresAtMs: nowMs + this.#lifetimeMs,
      username: undefined,
      verifier: undefined,
      state: 'issued',
    }
    return this.#tokens.set(token.value, token, nowMs) ? token : undefined
  }

  find(value: string, nowMs: number): RequestToken | undefined {
    const token = this.#tokens.get(value)
    return token !== undefined && token.expiresAtMs > nowMs ? token : undefined
  }

  approve(token: RequestToken, username: string): string {
    token.username = username
    token.verifier = hexText(10)
    token.state = 'approved'
    return token.verifier
  }
}
