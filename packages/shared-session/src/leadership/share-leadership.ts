import { callable } from '../check.ts'
import { invalidInput } from '../errors.ts'
import { StoreAccess, type StoreStatus } from '../store/store-access.ts'
import { LeaderElection } from './election.ts'
import { type BrokerageReport, isReport } from './leader-record.ts'
import type { LeadershipNews } from './news.ts'
import { leadershipSettings, type ShareLeadershipOptions } from './options.ts'

/** Who leads a brokerage session, as plain data. */
export interface LeadershipStatus extends LeadershipNews {
  readonly store: StoreStatus
  /** Code or name of the last failure; undefined if all went well since. */
  readonly lastError: string | undefined
}

/** A `leadership` for the brokerage session of `createSession`. */
export interface SharedLeadership {
  /** Whether this process may open the brokerage session and tickle now. */
  readonly leads: boolean
  /** The leader tells what it sees; from anybody else it is not taken. */
  publish(report: BrokerageReport): void
  /**
   * Calls `listener` with what is known, and at each change. From the first one on this process would lead.
   *
   * @returns a function that ends this.
   */
  subscribe(listener: (news: LeadershipNews) => void): () => void
  /** Somebody here waits for the brokerage session; whoever leads is told that it is wanted, for five minutes. */
  want(): void
  status(): LeadershipStatus
  /** Gives up the lead, for another process to take at once. Ends nobody's brokerage session. */
  close(): Promise<void>
}

/**
 * Makes one process the leader of a brokerage session: it opens and tickles, the others use it and never compete.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function shareLeadership(options: ShareLeadershipOptions): SharedLeadership {
  const settings = leadershipSettings(options)
  const access = new StoreAccess(settings.store, settings.clock, settings.storeTimeoutMs)
  const election = new LeaderElection(settings, access)
  return {
    get leads() {
      return election.leads
    },
    publish(report) {
      if (!isReport(report))
        throw invalidInput('report must be { authenticated, connected, competing, atMs }')
      election.publish(report)
    },
    subscribe: (listener) => election.subscribe(callable('listener', listener)),
    want: () => election.want(),
    status: () => ({ ...election.news, store: access.status(), lastError: election.lastError }),
    close: () => election.close(),
  }
}
