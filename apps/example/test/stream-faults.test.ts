import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  marketData,
  orders,
  type Row,
  type Stream,
  type StreamEvent,
  type StreamItem,
} from '@ibkr-auth/streaming'
import type { Session } from '@ibkr-auth/transport/session'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { openOrders, placeOrder } from '../src/clients/orders.ts'
import { openStream } from '../src/clients/stream.ts'
import { sessionOptions } from './session-options.ts'

// What can go wrong with a WebSocket, one after the other, under the example's own wiring: quotes come back, and no order
// is lost.

let sandbox: RunningSandbox
let session: Session
let stream: Stream
const events: StreamEvent[] = []
const items: StreamItem<readonly Row[]>[] = []
let quotes: AsyncIterator<StreamItem<{ readonly receivedAtMs: number }>>

beforeEach(async () => {
  sandbox = await startSandbox({ stream: { greetingDelayMs: 10, heartbeatMs: 100, updateMs: 50 } })
  session = createOAuth1Session(sessionOptions(sandbox), {
    pacing: false,
    brokerage: { settleMs: 0, accountsPauseMs: 0 },
  })
  const { accessToken, baseUrl } = sandbox.credentials
  stream = openStream(session, {
    baseUrl,
    query: () => ({ name: 'oauth_token', value: accessToken }),
    rules: {
      heartbeatTimeoutMs: 2_000,
      greetingTimeoutMs: 2_000,
      backoffBaseMs: 50,
      backoffMaxMs: 100,
      pauseBaseMs: 50,
    },
  })
  stream.on((event) => events.push(event))
  const book = stream.subscribe(orders(), { catchUp: () => openOrders(session) })
  book.on((item) => items.push(item))
  quotes = stream.subscribe(marketData(265_598, ['last', 'bid', 'ask']))[Symbol.asyncIterator]()
  await stream.ready()
  await freshQuote()
})

afterEach(async () => {
  stream.close()
  await session.close()
  await sandbox.close()
  events.length = 0
  items.length = 0
})

/** A quote that came after now, on a connection that is current. */
async function freshQuote(): Promise<void> {
  const sinceMs = Date.now()
  for (;;) {
    const { value, done } = await quotes.next()
    if (done === true) throw new Error('the quotes ended')
    if (value.kind === 'update' && value.stale === undefined && value.receivedAtMs >= sinceMs) return
  }
}

async function place(): Promise<string> {
  const [account = ''] = (await session.get('/portfolio/accounts'))
    .json<{ id: string }[]>()
    .map(({ id }) => id)
  const order = {
    conid: 265_598,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    price: 150,
    tif: 'DAY',
  } as const
  const { orderId } = await placeOrder(session, account, order, { answer: () => true })
  return orderId
}

/** Whether anything that came, or was caught up with, says that an order is filled. */
function isFilled(orderId: string): boolean {
  return items.some(
    (item) =>
      item.kind !== 'gap' &&
      (item.value as readonly Row[]).some(
        (row) => String(row.orderId) === orderId && row.status === 'Filled',
      ),
  )
}

async function fillAndSee(orderId: string): Promise<void> {
  sandbox.market.fill(Number(orderId))
  await expect.poll(() => isFilled(orderId), { timeout: 60_000 }).toBe(true)
}

const reasons = () => events.flatMap((event) => (event.type === 'state' ? [event.reason] : []))
const poll = (look: () => unknown) => expect.poll(look, { timeout: 60_000 })

it.each<[string, () => void, () => void]>([
  ['messages in pieces', () => sandbox.streams.split(true), () => sandbox.streams.split(false)],
  ['binary messages', () => sandbox.streams.binary(true), () => sandbox.streams.binary(false)],
  ['late messages', () => sandbox.streams.slow(150), () => sandbox.streams.slow(0)],
])('%s are read as any', async (_name, begin, end) => {
  const orderId = await place()
  begin()
  await freshQuote()
  await fillAndSee(orderId)
  end()
  await freshQuote()
  expect(stream.status()).toMatchObject({ state: 'open' })
})

it('garbage is told of and left out', async () => {
  const orderId = await place()
  sandbox.streams.garbage()
  sandbox.streams.garbage('[]')
  await fillAndSee(orderId)
  const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []))
  expect(errors).toMatchObject([{ code: 'ERR_STREAM_BAD_FRAME' }, { code: 'ERR_STREAM_BAD_FRAME' }])
  expect(stream.status()).toMatchObject({ state: 'open', connections: 1 })
})

it('a connection that freezes is given up, and what happened meanwhile is caught up with', async () => {
  const orderId = await place()
  sandbox.streams.freeze(true)
  sandbox.market.fill(Number(orderId))
  await poll(() => reasons()).toContain('no-heartbeat')
  expect(isFilled(orderId)).toBe(false)
  expect(stream.status().subscriptions).toContainEqual(expect.objectContaining({ stale: 'not-connected' }))
  sandbox.streams.freeze(false)
  await poll(() => isFilled(orderId)).toBe(true)
  expect(items.some(({ kind }) => kind === 'gap')).toBe(true)
  await freshQuote()
})

it.each([
  ['dropped', () => sandbox.streams.drop()],
  ['closed', () => sandbox.streams.close(1000)],
])('a connection that is %s comes back with what happened meanwhile', async (_name, end) => {
  const orderId = await place()
  end()
  sandbox.market.fill(Number(orderId))
  await poll(() => isFilled(orderId)).toBe(true)
  expect(reasons()).toContain('closed')
  await freshQuote()
})

it('a competing login pauses it, says so, and is over when connect() answers', async () => {
  const orderId = await place()
  sandbox.streams.status({ competing: true })
  await poll(() => reasons()).toContain('competing')
  await poll(() => stream.status().connections).toBe(2)
  await fillAndSee(orderId)
  await freshQuote()
})

it('a brokerage session that is gone and back is a gap on the same connection', async () => {
  const orderId = await place()
  sandbox.streams.status({ authenticated: false })
  await poll(() => stream.status().brokerage.authenticated).toBe(false)
  sandbox.market.fill(Number(orderId))
  sandbox.streams.status({ authenticated: true })
  await poll(() => items.filter(({ kind }) => kind === 'caught-up').length).toBe(1)
  expect(isFilled(orderId)).toBe(true)
  expect(stream.status().connections).toBe(1)
  await freshQuote()
})
