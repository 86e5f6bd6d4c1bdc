import type { Clock } from '@ibkr-auth/internal/clock'
import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import type { ConnectionRules } from './connection/rules.ts'
import type { OpenSocket, StreamDispatcher } from './connection/socket.ts'
import type { Limits } from './subscriptions/limits.ts'

/** How a socket is let in: asked for anew before each connection. */
export interface StreamTicket {
  /** `oauth_token` with the OAuth 1.0a access token, or `bearer_token` with the SSO bearer. */
  readonly query: { readonly name: 'oauth_token' | 'bearer_token'; readonly value: SecretTextLike }
  /** `session` of a fresh `POST /tickle`. */
  readonly session: string
}

/** Any of the members; `undefined` stands for the default. */
export type SomeOf<Members> = { readonly [Name in keyof Members]?: Members[Name] | undefined }

/** What a stream needs; it imports no other package of ours, so these are functions and values. */
export interface StreamOptions {
  /** `wss://api.ibkr.com/v1/api/ws` */
  readonly url: string
  /**
   * Answers a ticket, after a fresh tickle. What it rejects with pauses the stream, which asks again from time to time:
   * while another login competes, while the session is refused or renewed. `signal` is aborted when it is too late.
   */
  readonly connect: (context: { readonly signal: AbortSignal }) => Promise<StreamTicket>
  /** Tells of each new credential; the stream then connects anew with it. A session's `onCredential` fits. */
  readonly onCredential?: ((listener: () => void) => () => void) | undefined
  /** Carries the connection: undici's `ProxyAgent`, a transport's dispatcher. Default: an agent of undici's own. */
  readonly dispatcher?: StreamDispatcher | undefined
  /** Opens sockets where there are no Node sockets. Default: undici's `WebSocket`. */
  readonly openSocket?: OpenSocket | undefined
  /** Default `ibkr-auth`; IBKR refuses connections without one. */
  readonly userAgent?: string | undefined
  /** Times of the connection in milliseconds; each has IBKR's or a measured default. */
  readonly rules?: SomeOf<ConnectionRules> | undefined
  /** What IBKR keeps for one username. Default: 100 market data lines, 5 histories. */
  readonly limits?: SomeOf<Limits> | undefined
  /** Longest frame, bytes. Default 4 MiB. */
  readonly maximumFrameBytes?: number | undefined
  readonly clock?: Clock | undefined
  /** 0 to 1, spreads reconnections. Default: the runtime's cryptographic generator. */
  readonly random?: (() => number) | undefined
}
