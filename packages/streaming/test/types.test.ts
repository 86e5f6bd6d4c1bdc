import { expect, it } from 'vitest'
import {
  accountSummary,
  createStream,
  depth,
  history,
  ledger,
  marketData,
  marketDataFields,
  notifications,
  orders,
  profitAndLoss,
  type StreamOptions,
  type Topic,
  topic,
  trades,
} from '../src/index.ts'

// What these hold the compiler holds, with exactOptionalPropertyTypes.
it('topics of all kinds fit into one list', () => {
  const topics: readonly Topic<unknown>[] = [
    marketData(1, Object.keys(marketDataFields) as (keyof typeof marketDataFields)[]),
    orders(),
    trades({ days: undefined, realtimeUpdatesOnly: undefined }),
    profitAndLoss(),
    accountSummary('U1', { keys: undefined }),
    ledger('U1'),
    history(1, { period: '1d', bar: '1min', exchange: undefined }),
    depth('U1', 1, { exchange: undefined }),
    notifications(),
    topic('sxx', { frameTopic: undefined, unsubscribe: undefined }),
  ]
  expect(topics).toHaveLength(10)
})

it('every option may be undefined, each of its members too', () => {
  const options: StreamOptions = {
    url: 'wss://api.ibkr.com/v1/api/ws',
    connect: async () => ({ query: { name: 'oauth_token', value: { reveal: () => 'x' } }, session: 's' }),
    onCredential: undefined,
    dispatcher: undefined,
    openSocket: undefined,
    userAgent: undefined,
    rules: { ticIntervalMs: undefined },
    limits: { marketDataLines: undefined, historyRequests: undefined },
    maximumFrameBytes: undefined,
    clock: undefined,
    random: undefined,
  }
  expect(createStream(options).status().marketDataLines.limit).toBe(100)
})
