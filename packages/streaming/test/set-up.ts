import { createStream, type StreamEvent, type StreamItem, type StreamOptions } from '../src/index.ts'
import { settle, TestClock, testSockets } from './support.ts'

/** A stream whose sockets, clock and credentials are the test's. */
export function setUp(options: Partial<StreamOptions> = {}) {
  const clock = new TestClock()
  const sockets = testSockets()
  const events: StreamEvent[] = []
  let connects = 0
  const stream = createStream({
    url: 'wss://api.ibkr.com/v1/api/ws',
    connect: async () => {
      connects += 1
      return { query: { name: 'oauth_token', value: 'to+ken/=' }, session: `session${connects}` }
    },
    openSocket: sockets.open,
    clock,
    random: () => 0.5,
    ...options,
  })
  stream.on((event) => events.push(event))
  return { clock, sockets, stream, events, connects: () => connects }
}

/** One that has been greeted. */
export async function opened(options: Partial<StreamOptions> = {}) {
  const set = setUp(options)
  const ready = set.stream.ready()
  await settle()
  set.sockets.last().greet()
  await ready
  return set
}

/** All items of a subscription, as they come. */
export function collect<Value>(subscription: {
  on(listener: (item: StreamItem<Value>) => void): unknown
}): StreamItem<Value>[] {
  const items: StreamItem<Value>[] = []
  subscription.on((item) => items.push(item))
  return items
}
