import { StreamError } from '../errors.ts'
import type { Topic } from '../topics/topic.ts'

/** What IBKR keeps for one username. */
export interface Limits {
  /** Contracts with market data at a time. */
  readonly marketDataLines: number
  /** Histories at a time. */
  readonly historyRequests: number
}

type Takes = Topic<unknown>['takes']

/** How many of a limit these take: a contract is one line, whoever asks for which of its fields; each history is one. */
export function taken(topics: readonly Topic<unknown>[], what: Takes): number {
  const taking = topics.filter(({ takes }) => takes === what)
  return what === 'history-request' ? taking.length : new Set(taking.map(({ frameTopic }) => frameTopic)).size
}

/** @throws {StreamError} `ERR_STREAM_LIMIT` before IBKR would say so. */
export function refuseBeyond(limits: Limits, topics: readonly Topic<unknown>[], topic: Topic<unknown>): void {
  if (topic.takes === undefined) return
  if (taken([...topics, topic], topic.takes) <= limitOf(limits, topic.takes)) return
  const what =
    topic.takes === 'market-data-line'
      ? 'market data lines (limits.marketDataLines)'
      : 'histories at a time (limits.historyRequests)'
  const limit = limitOf(limits, topic.takes)
  throw new StreamError('ERR_STREAM_LIMIT', `All ${limit} ${what} are taken: close a subscription first.`)
}

function limitOf({ marketDataLines, historyRequests }: Limits, takes: Takes): number {
  return takes === 'market-data-line' ? marketDataLines : historyRequests
}
