import type { TransportOptions } from '../call/options.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { Priority } from '../pacing/permit.ts'
import type { Establish } from './credential.ts'
import type { MaintenanceWindow } from './maintenance.ts'

/** How a session behaves. What a transport takes, a session takes too, but for `authorize`. */
export interface SessionOptions extends Omit<TransportOptions, 'authorize'> {
  /** Obtains a credential; see {@link Establish}. */
  readonly establish: Establish
  /** The IBKR username, to which IBKR's limits apply. Default: the session counts as a username of its own. */
  readonly username?: string
  readonly renewal?: RenewalOptions
  /** The brokerage session under `/iserver`. `false`: the caller looks after it. */
  readonly brokerage?: BrokerageOptions | false
  /** Limits and queue. Default: one for the whole process, with IBKR's limits. `false`: none. */
  readonly pacing?: Pacing | false
  /** Name of the address that requests leave from, which IBKR's penalty box goes by. Default: each dispatcher is an address. */
  readonly egress?: string
  /** When IBKR may be away. Default: {@link ibkrMaintenanceWindows}. */
  readonly maintenance?: readonly MaintenanceWindow[]
  /**
   * Whether an error of `establish()` will not go away by itself, so that the session is to fail rather than to try again.
   * Default: a 4xx status other than 408, 425 and 429, and an `ERR_…` code without a status (wrong keys, wrong input).
   */
  readonly isPermanent?: (error: unknown) => boolean
  /** Whether {@link Session.close} sends `POST /logout`. Default true. */
  readonly logout?: boolean
  /** How long {@link Session.close} waits for requests under way, and again for the logout, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number
}

/** When and how a credential is replaced. */
export interface RenewalOptions {
  /**
   * How long before its expiry a credential is replaced, in milliseconds; up to as much again is added at random.
   * Default 600,000, and at most a tenth of the lifetime.
   */
  readonly aheadMs?: number
  /** How long one call of `establish()` may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
  /** Waits between failed attempts. */
  readonly backoff?: BackoffOptions
  /** After how many failed attempts in a row waiting requests are told. Default 3. */
  readonly patience?: number
}

/** Waits between attempts: doubled each time, half of it at random. */
export interface BackoffOptions {
  /** The first wait at the most, in milliseconds. Default 1,000. */
  readonly baseMs?: number
  /** Any wait at the most, in milliseconds. Default 300,000. */
  readonly maxMs?: number
}

/** How the brokerage session is opened and kept. */
export interface BrokerageOptions {
  /** Throw out other sessions of the username, the first time the session is opened and never again. Default false. */
  readonly compete?: boolean
  /** Pause between `ssodh/init` and `/iserver/accounts`, in milliseconds. Default 2,000. */
  readonly settleMs?: number
  /** Pause between two looks at `/iserver/accounts`, in milliseconds. Default 1,000. */
  readonly accountsPauseMs?: number
  /** How often `/iserver/accounts` is asked before the attempt counts as failed. Default 5. */
  readonly accountsAttempts?: number
  /** Longest silence before a `tickle`, in milliseconds; up to a tenth is taken off at random. Default 60,000. */
  readonly keepAliveMs?: number
  /** Waits between failed attempts. */
  readonly backoff?: BackoffOptions
  /** After how many failed attempts in a row waiting requests are told. Default 3. */
  readonly patience?: number
}

/** What a request can tell its session, as `context` of the request. */
export interface SessionRequestContext {
  /** Default `normal`. */
  readonly priority?: Priority
  /** Requests of different callers of one username take turns. Default: each session is a caller. */
  readonly caller?: string
  /** Longest wait for a free place, in milliseconds, that is worth while. Default: the pacing's. */
  readonly maxWaitMs?: number
}
