import type { BrokerageProof, BrokerageReport } from './leader-record.ts'

/** What a listener is told; times by this machine's clock. */
export interface LeadershipNews {
  /** Whether this process may open the brokerage session and tickle. */
  readonly leads: boolean
  /** What the leader saw last. */
  readonly report: BrokerageReport | undefined
  readonly proof: BrokerageProof | undefined
  /** Whether somebody who follows wants the brokerage session. */
  readonly wanted: boolean
}
