import { expect, it } from 'vitest'
import { Market } from '../src/market/market.ts'
import type { NewOrder } from '../src/market/order.ts'
import { Subscriptions } from '../src/market/subscriptions.ts'
import type { FeedContext } from '../src/ws/feed.ts'
import { readStreamRequest } from '../src/ws/request.ts'
import { orders, trades } from '../src/ws/topics/orders.ts'

it('tells nobody of the orders and executions of other accounts', () => {
  const market = new Market(1)
  const sent: unknown[] = []
  const context = {
    state: { market },
    accountIds: ['DU1'],
    send: (frame: object) => sent.push(frame),
  } as unknown as FeedContext
  const order: NewOrder = {
    accountId: 'DU2',
    placedAtMs: 0,
    conid: 265_598,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    price: 190,
    timeInForce: 'DAY',
    customerOrderId: undefined,
    auxPrice: undefined,
    parentId: undefined,
    isSingleGroup: false,
  }
  const place = (accountId: string): void => {
    const [placed] = market.orders.place([{ ...order, accountId }]) ?? []
    if (placed !== undefined) market.fill(placed, undefined, undefined, 1)
  }
  place('DU2')
  orders({ topic: 'sor', targets: [], options: {} }, context)
  trades({ topic: 'str', targets: [], options: {} }, context, 1)
  expect(sent).toEqual([{ topic: 'str', args: [] }])
  place('DU2')
  expect(sent).toHaveLength(1)
  place('DU1')
  expect(sent).toHaveLength(4)
  expect(JSON.stringify(sent)).not.toContain('DU2')
})

it('gives a session a hundred lines, and a lapsed or ended one to whoever asks next', () => {
  const lines = new Subscriptions()
  const session = {}
  for (let conid = 0; conid < 100; conid++) expect(lines.renew(session, conid, conid)).toBe(true)
  expect(lines.renew(session, 100, 200)).toBe(false)
  expect(lines.renew(session, 99, 200)).toBe(true)
  expect(lines.renew({}, 100, 200)).toBe(true)
  lines.end(session, 5)
  expect(lines.renew(session, 100, 200)).toBe(true)
  expect(lines.renew(session, 101, 200)).toBe(false)
  expect(lines.renew(session, 101, 900_000)).toBe(true)
  expect(lines.isRunning(session, 0, 900_000)).toBe(false)
})

it.each([
  ['tic', 'tic', [], {}],
  ['utr', 'utr', [], {}],
  ['sor+{}', 'sor', [], {}],
  ['smd+265598@SMART+{"fields":["31"]}', 'smd', ['265598@SMART'], { fields: ['31'] }],
  ['sbd+DU1+265598', 'sbd', ['DU1', '265598'], {}],
  ['umh+20477', 'umh', ['20477'], {}],
])('reads %s', (text, topic, targets, options) => {
  expect(readStreamRequest(text)).toEqual({ topic, targets, options })
})

it.each(['sor+{', 'sor+{"a":1}}', '{"session":'])('takes %s for none', (text) => {
  expect(readStreamRequest(text)).toBeUndefined()
})
