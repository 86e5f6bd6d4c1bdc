import { StreamError } from '../errors.ts'
import type { Topic } from '../topics/topic.ts'

/** What IBKR keeps for one username. */
export interface Limits {
  /** Contracts with market data at a time. */
  readonly marketDataLines: number
  /** Histories at a time. */
  readonly historyRequests: number
}

/** @throws {StreamError} `ERR_STREAM_LIMIT` before IBKR would say so. */
export function refuseBeyond(limits: Limits, taken: number, what: Topic<unknown>['takes']): void {
  if (what === undefined) return
  const [limit, words] = {
    'market-data-line': [limits.marketDataLines, 'market data lines (limits.marketDataLines)'],
    'history-request': [limits.historyRequests, 'histories at a time (limits.historyRequests)'],
  }[what] as [number, string]
  if (taken >= limit)
    throw new StreamError('ERR_STREAM_LIMIT', `All ${limit} ${words} are taken: close a subscription first.`)
}
