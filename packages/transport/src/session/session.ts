import type { Transport } from '../call/transport.ts'
import type { Conversation } from './conversation.ts'
import type { BrokerageProof, SessionCredential } from './credential.ts'
import type { SessionListener } from './events.ts'
import type { SessionHealth, SessionStatus } from './status.ts'

/**
 * A transport with a life: it obtains its credential, replaces it, opens the brokerage session when `/iserver` is
 * first asked for, and keeps to IBKR's limits.
 */
export interface Session extends Transport {
  /**
   * Obtains a credential if there is none, and resolves once there is one.
   *
   * @param options.brokerage - Also open the brokerage session. Default false.
   * @throws {TransportError} `ERR_TRANSPORT_SESSION_FAILED`, `ERR_TRANSPORT_SESSION_UNAVAILABLE`, `ERR_TRANSPORT_MAINTENANCE`,
   * `ERR_TRANSPORT_SESSION_CLOSED`, and those of {@link openBrokerage}.
   */
  ready(options?: ReadyOptions): Promise<void>
  /**
   * Replaces the credential now; the only way out of state `failed`. Joins an attempt that is under way.
   *
   * @throws {TransportError} those of {@link ready}; `ERR_TRANSPORT_SESSION_UNAVAILABLE` also while the login budget is spent.
   */
  renew(): Promise<void>
  /**
   * Opens the brokerage session, and resolves once it is authenticated, connected and not competing.
   *
   * @param options.takeOver - Ends whichever other session of the username is found, this once. Default false.
   * @throws {TransportError} `ERR_TRANSPORT_COMPETING_SESSION`, `ERR_TRANSPORT_BROKERAGE_UNAVAILABLE`, and those of {@link ready}.
   */
  openBrokerage(options?: OpenBrokerageOptions): Promise<void>
  /**
   * Requests with nothing of this username in between, as `POST /iserver/reply/{id}` must follow its question: from the first request
   * made through `talk` on, others wait, for five seconds at the most; only cancellations of orders pass. That first one waits for the
   * answers to what was sent before, a second at the most. Requests that `converse` makes past `talk` are others, too.
   *
   * @returns What `converse` resolves to.
   */
  conversation<Result>(converse: (talk: Conversation) => Promise<Result>): Promise<Result>
  status(): SessionStatus
  /** Is it working, what is it waiting for, what can be done. */
  health(): SessionHealth
  /** Calls `listener` for each event; the result ends that. */
  subscribe(listener: SessionListener): () => void
  /** Calls `listener` with each new credential, as `establish()` handed it over; the result ends that. */
  onCredential(listener: (credential: SessionCredential) => void): () => void
  /** `Set-Cookie` texts that tie the session to its host, to travel with its credential to another process. */
  cookies(): readonly string[]
  /** When IBKR's status last said that this session has the brokerage session; undefined if that does not count any more. */
  brokerageProof(): BrokerageProof | undefined
  /**
   * Refuses new and waiting requests with `ERR_TRANSPORT_SESSION_CLOSED`, lets those under way finish, logs out and
   * releases the credential. Never throws; what fails is told to listeners.
   */
  close(): Promise<void>
}

/** What {@link Session.ready} waits for. */
export interface ReadyOptions {
  readonly brokerage?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** How {@link Session.openBrokerage} opens. */
export interface OpenBrokerageOptions {
  readonly takeOver?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}
