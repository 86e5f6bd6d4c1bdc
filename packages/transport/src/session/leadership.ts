import { containRejection } from '@ibkr-auth/internal/channel'
import type { BrokerageReport } from './brokerage-report.ts'
import type { BrokerageProof } from './credential.ts'

/** Who among several processes opens and keeps the brokerage session of a username: whoever follows neither opens nor tickles. */
export interface BrokerageLeadership {
  /** Whether this process may open and tickle now. */
  readonly leads: boolean
  /** The leader tells what it sees. */
  publish(report: PublishedBrokerageReport): void
  /** Calls `listener` when leadership changes, and with what the leader sees; the result ends that. */
  subscribe(listener: (told: LeadershipNews) => void): () => void
  /**
   * A process that follows has requests that wait for the brokerage session: whoever leads is to be told {@link LeadershipNews.wanted}. Without it a
   * leader opens once it has requests, or a credential, of its own.
   */
  readonly want?: (() => void) | undefined
}

/** What a leadership tells a session. */
export interface LeadershipNews {
  readonly leads: boolean
  /** What the leader saw last. */
  readonly report: PublishedBrokerageReport | undefined
  /** For a new leader: when the one before last saw its brokerage session in order. */
  readonly proof: BrokerageProof | undefined
  /** For the leader: whether others want the brokerage session. It is opened then, with a login if need be. */
  readonly wanted?: boolean | undefined
}

/** A brokerage status as the leader saw it. */
export interface PublishedBrokerageReport {
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
  readonly established?: boolean | undefined
  /** When, in milliseconds since 1970. */
  readonly atMs: number
}

/** What news say, as far as it can be meant. */
export interface ReadNews {
  readonly leads: boolean
  readonly report: BrokerageReport | undefined
  /** In milliseconds since 1970. */
  readonly provenAtMs: number | undefined
  readonly wanted: boolean
}

/** Reads what foreign code tells: only what is exactly true counts. */
export function readNews({ leads, report, proof, wanted }: LeadershipNews): ReadNews {
  const atMs: unknown = proof?.atMs
  // Promises say nothing here, and must not end the process when they reject.
  for (const member of [leads, report, proof, wanted, atMs]) containRejection(member, () => undefined)
  return {
    leads: leads === true,
    report: report === undefined || report === null ? undefined : readReport(report),
    provenAtMs: typeof atMs === 'number' && Number.isFinite(atMs) ? atMs : undefined,
    wanted: wanted === true,
  }
}

function readReport(report: PublishedBrokerageReport): BrokerageReport {
  const { authenticated, connected, competing, established } = report
  return {
    authenticated: authenticated === true,
    connected: connected === true,
    competing: competing === true,
    established: established === undefined ? undefined : established === true,
  }
}
