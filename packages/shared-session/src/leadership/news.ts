import { containRejection } from '@ibkr-auth/internal/channel'
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

/** A listener of somebody else's may throw, at once or later; that stops nobody's campaign. */
export function tellNews(
  listener: (news: LeadershipNews) => void,
  news: LeadershipNews,
  onError: (error: unknown) => void,
): void {
  try {
    containRejection(listener(news), onError)
  } catch (error) {
    onError(error)
  }
}
