import type { BrokerageProof } from './credential.ts'

/** Who among several processes opens and keeps the brokerage session of a username: whoever follows neither opens nor tickles. */
export interface BrokerageLeadership {
  /** Whether this process may open and tickle now. */
  readonly leads: boolean
  /** The leader tells what it sees. */
  publish(report: PublishedBrokerageReport): void
  /** Calls `listener` when leadership changes, and with what the leader sees; the result ends that. */
  subscribe(listener: (told: LeadershipNews) => void): () => void
}

/** What a leadership tells a session. */
export interface LeadershipNews {
  readonly leads: boolean
  /** What the leader saw last. */
  readonly report: PublishedBrokerageReport | undefined
  /** For a new leader: when the one before last saw its brokerage session in order. */
  readonly proof: BrokerageProof | undefined
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
