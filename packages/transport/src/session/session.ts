import type { Transport } from '../call/transport.ts'
import type { SessionListener } from './events.ts'
import type { SessionStatus } from './status.ts'

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
  /** Replaces the credential now; the only way out of state `failed`. Joins an attempt that is under way. */
  renew(): Promise<void>
  /**
   * Opens the brokerage session, and resolves once it is authenticated, connected and not competing.
   *
   * @param options.compete - Throws out other sessions of the username, this once. Default false.
   * @throws {TransportError} `ERR_TRANSPORT_COMPETING_SESSION`, `ERR_TRANSPORT_BROKERAGE_UNAVAILABLE`, and those of {@link ready}.
   */
  openBrokerage(options?: OpenBrokerageOptions): Promise<void>
  status(): SessionStatus
  /** Calls `listener` for each event; the result ends that. */
  subscribe(listener: SessionListener): () => void
  /**
   * Refuses new and waiting requests with `ERR_TRANSPORT_SESSION_CLOSED`, lets those under way finish, logs out and
   * releases the credential. Never throws; what fails is told to listeners.
   */
  close(): Promise<void>
}

/** What {@link Session.ready} waits for. */
export interface ReadyOptions {
  readonly brokerage?: boolean
  readonly signal?: AbortSignal
}

/** How {@link Session.openBrokerage} opens. */
export interface OpenBrokerageOptions {
  readonly compete?: boolean
  readonly signal?: AbortSignal
}
