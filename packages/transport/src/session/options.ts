import type { TransportOptions } from '../call/options.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { Priority } from '../pacing/permit.ts'
import type { Establish } from './credential.ts'
import type { BrokerageLeadership } from './leadership.ts'
import type { MaintenanceWindow } from './maintenance.ts'
import type { TakeOver } from './proof.ts'

/** How a session behaves. What a transport takes, a session takes too, but for `authorize`. */
export interface SessionOptions extends Omit<TransportOptions, 'authorize'> {
  /** Obtains a credential; see {@link Establish}. */
  readonly establish: Establish
  /** The IBKR username, to which IBKR's limits apply. Default: the session counts as a username of its own. */
  readonly username?: string | undefined
  readonly renewal?: RenewalOptions | undefined
  /** How many logins a session may make, whatever the reason. */
  readonly logins?: LoginOptions | undefined
  /**
   * The paths that are asked, by POST and in this order, after a refusal (401, 410) on any other path. The credential is replaced only
   * if all of them refuse it too, a second apart. Default: `/iserver/auth/status` and `/tickle`, or with
   * `brokerage: false` `/tickle` twice. Empty: the first refusal is believed.
   */
  readonly probe?: readonly string[] | undefined
  /** The brokerage session under `/iserver`. `false`: the caller looks after it. */
  readonly brokerage?: BrokerageOptions | false | undefined
  /** Limits and queue. Default: one for the whole process, with IBKR's limits. `false`: none. */
  readonly pacing?: Pacing | false | undefined
  /** Name of the address that requests leave from, which IBKR's penalty box goes by. Default: each dispatcher is an address. */
  readonly egress?: string | undefined
  /** When IBKR may be away. Default: {@link ibkrMaintenanceWindows}. */
  readonly maintenance?: readonly MaintenanceWindow[] | undefined
  /**
   * Whether an error of `establish()` will not go away by itself, so that the session is to fail rather than to try again. Given, it
   * counts always. Default: a 4xx status other than 408, 425 and 429, and an `ERR_…` code without a status (wrong keys, wrong input);
   * that counts only until IBKR has accepted a credential of this session once.
   */
  readonly isPermanent?: ((error: unknown) => boolean) | undefined
  /** Whether {@link Session.close} sends `POST /logout`. Default true. */
  readonly logout?: boolean | undefined
  /** How long {@link Session.close} waits for requests under way, and again for the logout, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number | undefined
}

/** When and how a credential is replaced. */
export interface RenewalOptions {
  /**
   * How long before its expiry a credential is replaced, in milliseconds; up to as much again is added at random.
   * Default 600,000, and at most a tenth of the lifetime.
   */
  readonly aheadMs?: number | undefined
  /** How long one call of `establish()` may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** Waits between failed attempts. */
  readonly backoff?: BackoffOptions | undefined
  /** After how many failed attempts in a row waiting requests are told. Default 3. */
  readonly patience?: number | undefined
}

/** A budget of logins. When it is spent the session waits, and says so; one place is kept for scheduled renewals. */
export interface LoginOptions {
  /** Logins at once. Default 5. */
  readonly size?: number | undefined
  /** Until one more is allowed, in milliseconds. Default 180,000. */
  readonly refillMs?: number | undefined
}

/** Waits between attempts: doubled each time, half of it at random. */
export interface BackoffOptions {
  /** The first wait at the most, in milliseconds. Default 1,000. */
  readonly baseMs?: number | undefined
  /** Any wait at the most, in milliseconds, up to an hour. Default 300,000. */
  readonly maxMs?: number | undefined
}

/** How the brokerage session is opened and kept. */
export interface BrokerageOptions {
  /**
   * What becomes of a brokerage session of the username that stands in the way of this one. `'own'`: it is ended if it is this
   * session's own, under the credential before. That is known if IBKR's status said so at most two minutes ago; whoever logs in
   * elsewhere within those two minutes, just when the credential is replaced, is thrown out by mistake. `'never'`: it is watched until
   * it ends by itself. `'always'`: it is ended, whosever it is. Without asking first not more often than once in ten minutes.
   * Default `'own'`.
   */
  readonly takeOver?: TakeOver | undefined
  /** Who among several processes opens and keeps it. Default: this session. */
  readonly leadership?: BrokerageLeadership | undefined
  /** Pause between `ssodh/init` and `/iserver/accounts`, in milliseconds. Default 3,000. */
  readonly settleMs?: number | undefined
  /** Pause between two looks at `/iserver/accounts`, in milliseconds. Default 1,000. */
  readonly accountsPauseMs?: number | undefined
  /** How often `/iserver/accounts` is asked before the attempt counts as failed. Default 5. */
  readonly accountsAttempts?: number | undefined
  /** How often a `tickle` is sent, in milliseconds, up to five minutes; up to a tenth is taken off at random. Default 60,000. */
  readonly keepAliveMs?: number | undefined
  /** Waits between failed attempts. */
  readonly backoff?: BackoffOptions | undefined
  /** After how many failed attempts in a row waiting requests are told. Default 3. */
  readonly patience?: number | undefined
}

/** What a request can tell its session, as `context` of the request. */
export interface SessionRequestContext {
  /** Default `normal`. */
  readonly priority?: Priority | undefined
  /** Requests of different callers of one username take turns. Default: each session is a caller. */
  readonly caller?: string | undefined
  /** Longest wait for a free place, in milliseconds, that is worth while. Default: the pacing's. */
  readonly maxWaitMs?: number | undefined
}
