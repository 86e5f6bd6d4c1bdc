import { beforeEach, describe, expect, it } from 'vitest'
import { type Trader, trader } from './trader.ts'

let bot: Trader

beforeEach(async () => {
  bot = await trader()
})

const account = 'DU1234567'
const limit = { conid: 265598, side: 'BUY', orderType: 'LMT', price: 190, quantity: 2, tif: 'DAY' }
const far = { ...limit, price: 150 }

const place = (...orders: readonly object[]): ReturnType<Trader['post']> =>
  bot.post(`/iserver/account/${account}/orders`, { orders })

async function placed(order: object = limit): Promise<number> {
  const { body } = await place(order)
  expect(body).toMatchObject([
    { order_id: expect.any(String), order_status: 'Submitted', encrypt_message: '1' },
  ])
  return Number(body[0].order_id)
}

describe('an order', () => {
  it('is placed with the id of the client, found again, and refused a second time', async () => {
    const { body } = await place({ ...limit, cOID: 'mine-1' })
    expect(body).toMatchObject([{ local_order_id: 'mine-1', order_status: 'Submitted' }])
    expect(await place({ ...limit, cOID: 'mine-1' })).toEqual({
      status: 200,
      body: { error: "Order couldn't be submitted: Local order ID=mine-1 is already registered." },
    })
    expect(bot.sandbox.orders).toHaveLength(1)
    expect(bot.sandbox.orders[0]).toMatchObject({ customerOrderId: 'mine-1', accountId: account })
  })

  it('without an id stands there as often as it was sent', async () => {
    await placed()
    await placed()
    expect(bot.sandbox.orders).toHaveLength(2)
  })

  it('is one of several that are placed together or not at all', async () => {
    expect((await place(limit, { ...limit, conid: 416904 })).body).toEqual({
      error: 'SPX cannot be traded: it is an index',
    })
    expect((await place(limit, { ...limit, conid: 999 })).body).toEqual({
      error: 'Contract 999 is not available for trading',
    })
    for (const wrong of [
      { conid: 0 },
      { side: 'HOLD' },
      { quantity: -1 },
      { orderType: '' },
      { price: 'high' },
    ]) {
      expect((await place(limit, { ...limit, ...wrong })).status).toBe(400)
    }
    expect((await place()).status).toBe(400)
    expect((await place({ ...limit, price: undefined })).body).toEqual({
      error: 'Order type LMT needs a price',
    })
    expect(bot.sandbox.orders).toEqual([])
  })

  it('is for an account of the caller only', async () => {
    const { status, body } = await bot.post('/iserver/account/DU9999999/orders', { orders: [limit] })
    expect([status, body.error]).toEqual([400, 'Bad Request: accountId is not valid: DU9999999'])
  })

  it('can be tried without being placed', async () => {
    const { body } = await bot.post(`/iserver/account/${account}/orders/whatif`, { orders: [limit] })
    expect(body).toMatchObject({
      amount: { amount: '380.00 USD (2 Shares)', commission: '1.00 USD', total: '381.00 USD' },
      position: { current: '0.00', change: '2.00', after: '2.00' },
      error: null,
    })
    expect(bot.sandbox.orders).toEqual([])
  })

  it('shows in the list from the second call on; force asks anew, filters choose', async () => {
    const id = await placed()
    const list = (query = ''): ReturnType<Trader['get']> => bot.get(`/iserver/account/orders${query}`)
    expect((await list()).body).toEqual({ orders: [], snapshot: false })
    expect((await list()).body).toMatchObject({
      snapshot: true,
      orders: [{ orderId: id, ticker: 'AAPL', status: 'Submitted', remainingQuantity: 2, price: '190' }],
    })
    expect((await list('?force=true')).body).toEqual({ orders: [], snapshot: false })
    expect((await list('?filters=filled')).body.orders).toEqual([])
    expect((await list('?filters=filled,submitted')).body.orders).toHaveLength(1)
    expect((await list('?accountId=U1')).body.orders).toEqual([])
  })

  it('is changed, but for contract and side, and what is left out stays', async () => {
    const id = await placed()
    const change = (fields: object): ReturnType<Trader['post']> =>
      bot.post(`/iserver/account/${account}/order/${id}`, fields)
    expect((await change({ price: 189 })).body).toMatchObject([
      { order_id: String(id), order_status: 'Submitted' },
    ])
    expect(bot.sandbox.orders).toMatchObject([{ orderId: id, price: 189, quantity: 2 }])
    expect((await change({ side: 'SELL' })).body.error).toMatch(/cannot be modified/)
    expect((await change({ quantity: 'many' })).status).toBe(400)
    expect((await bot.post(`/iserver/account/${account}/order/7`, {})).body).toEqual({
      error: "OrderID 7 doesn't exist",
    })
  })

  it('is cancelled once, alone or with all others', async () => {
    const id = await placed()
    const cancel = (which: number | string): ReturnType<Trader['get']> =>
      bot.call('DELETE', `/iserver/account/${account}/order/${which}`)
    const seen: string[] = []
    bot.sandbox.market.onOrder(({ status }) => seen.push(status))
    expect((await cancel(id)).body).toEqual({
      msg: 'Request was submitted',
      order_id: id,
      conid: 265598,
      account,
    })
    expect(seen).toEqual(['PendingCancel', 'Cancelled'])
    expect((await cancel(id)).body.error).toMatch(/is Cancelled/)
    expect((await cancel(7)).body).toEqual({ error: "OrderID 7 doesn't exist" })
    await placed()
    await placed()
    await cancel(-1)
    expect(bot.sandbox.orders.map(({ status }) => status)).toEqual(['Cancelled', 'Cancelled', 'Cancelled'])
  })

  it('tells its status; of an order that is not there, 503', async () => {
    const id = await placed()
    expect((await bot.get(`/iserver/account/order/status/${id}`)).body).toMatchObject({
      order_id: id,
      order_status: 'Submitted',
      symbol: 'AAPL',
      size_and_fills: '0/2',
      limit_price: '190',
    })
    expect(await bot.get('/iserver/account/order/status/99')).toEqual({
      status: 503,
      body: { error: "OrderID 99 doesn't exist" },
    })
  })
})

describe('a question', () => {
  it('is asked of a price far from the market, and answered by the very next request', async () => {
    const { body } = await place(far)
    expect(body).toEqual([
      {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        message: [expect.stringContaining('price exceeds \nthe Percentage constraint of 3%')],
        isSuppressed: false,
        messageIds: ['o163'],
      },
    ])
    expect(bot.sandbox.orders).toEqual([])
    const replied = await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true })
    expect(replied.body).toMatchObject([{ order_status: 'Submitted' }])
    expect(bot.sandbox.orders).toHaveLength(1)
    expect(await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true })).toMatchObject({
      status: 400,
      body: { error: 'Bad Request: reply id not found' },
    })
    expect(bot.sandbox.orders).toHaveLength(1)
  })

  it('comes after another one, until all are answered', async () => {
    await bot.state({ market: { setAvailability: { conid: 265598, availability: 'none' } } })
    let { body } = await place({ ...far, quantity: 1_000 })
    const asked: string[] = []
    for (let _count = 0; 'messageIds' in body[0]; _count++) {
      asked.push(...body[0].messageIds)
      ;({ body } = await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true }))
    }
    expect(asked).toEqual(['o354', 'o163', 'o383', 'o451'])
    expect(body).toMatchObject([{ order_status: 'Submitted' }])
  })

  it('is void when another request comes between, whichever', async () => {
    const between: readonly (() => Promise<unknown>)[] = [
      () => bot.post('/tickle'),
      () => bot.get('/portfolio/accounts'),
      () => place(limit),
      () => bot.get('/nothing'),
    ]
    for (const request of between) {
      const { body } = await place(far)
      await request()
      const replied = await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true })
      expect(replied.status).toBe(503)
      expect(bot.sandbox.log.last?.explanation?.mistake).toBe('reply-void')
    }
    expect(bot.sandbox.orders.every(({ price }) => price === 190)).toBe(true)
  })

  it('answered with no discards the order', async () => {
    const { body } = await place(far)
    expect((await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: false })).body.error).toMatch(
      /discarded/,
    )
    expect((await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: 'yes' })).status).toBe(400)
    expect(bot.sandbox.orders).toEqual([])
  })

  it('is asked of a change too', async () => {
    const id = await placed()
    const { body } = await bot.post(`/iserver/account/${account}/order/${id}`, { price: 100 })
    expect(body).toMatchObject([{ messageIds: ['o163'] }])
    expect(bot.sandbox.orders).toMatchObject([{ price: 190 }])
    await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true })
    expect(bot.sandbox.orders).toMatchObject([{ price: 100 }])
  })

  it('can be suppressed, and unsuppressed', async () => {
    const suppress = (messageIds: unknown): ReturnType<Trader['post']> =>
      bot.post('/iserver/questions/suppress', { messageIds })
    expect((await suppress(['o163'])).body).toEqual({ status: 'submitted' })
    expect((await place(far)).body).toMatchObject([{ order_status: 'Submitted' }])
    expect((await bot.post('/iserver/questions/suppress/reset')).body).toEqual({ status: 'submitted' })
    expect((await place(far)).body).toMatchObject([{ messageIds: ['o163'] }])
    for (const wrong of [undefined, 'o163', ['nonsense'], [{}]])
      expect((await suppress(wrong)).status).toBe(400)
  })

  it('can be scripted', async () => {
    expect(await bot.state({ market: { askNext: ['o10331', 'o403'] } })).toBe(204)
    const { body } = await place(limit)
    expect(body).toMatchObject([{ messageIds: ['o10331'] }])
    expect((await bot.post(`/iserver/reply/${body[0].id}`, { confirmed: true })).body).toMatchObject([
      { messageIds: ['o403'] },
    ])
    expect((await place(limit)).body).toMatchObject([{ order_status: 'Submitted' }])
  })
})

describe('a script', () => {
  it('fills orders in part and whole; positions, cash, trades and ledger follow', async () => {
    const id = await placed()
    expect(await bot.state({ market: { fill: { orderId: id, quantity: 1, price: 189.5 } } })).toBe(204)
    await bot.get('/iserver/account/orders')
    expect((await bot.get('/iserver/account/orders')).body.orders).toMatchObject([
      { status: 'Submitted', filledQuantity: 1, remainingQuantity: 1, avgPrice: '189.5' },
    ])
    bot.sandbox.market.fill(id)
    expect(bot.sandbox.orders).toMatchObject([{ status: 'Filled', averagePrice: 189.75 }])
    expect((await bot.get('/iserver/account/trades/')).body).toMatchObject([
      { order_id: id, side: 'B', size: 1, price: '189.5', symbol: 'AAPL' },
      { order_id: id, side: 'B', size: 1, price: '190' },
    ])
    bot.sandbox.market.setPrice(265598, 200)
    expect((await bot.get(`/portfolio/${account}/positions/0`)).body).toMatchObject([
      { conid: 265598, position: 2, avgPrice: 189.75, mktPrice: 200, mktValue: 400, unrealizedPnl: 20.5 },
    ])
    expect((await bot.get(`/portfolio/${account}/positions/1`)).body).toEqual([])
    expect((await bot.get(`/portfolio/${account}/ledger`)).body.BASE).toMatchObject({
      cashbalance: 1_000_000 - 379.5 - 2,
      stockmarketvalue: 400,
      netliquidationvalue: 1_000_000 - 379.5 - 2 + 400,
      unrealizedpnl: 20.5,
    })
    expect((await bot.get(`/portfolio/${account}/summary`)).body).toMatchObject({
      accountcode: { value: account },
      netliquidation: { amount: 1_000_018.5, currency: 'USD' },
    })
    bot.nowMs += 2 * 86_400_000
    expect(() => bot.sandbox.market.fill(id)).toThrow(/no longer open/)
  })

  it('realizes a profit when a position is closed, and turns it when more is sold', async () => {
    bot.sandbox.market.setPosition(account, 265598, 10, 100)
    const id = await placed({ ...limit, side: 'SELL', quantity: 15 })
    bot.sandbox.market.fill(id, { price: 110 })
    expect((await bot.get(`/portfolio/${account}/position/265598`)).body).toMatchObject([
      { position: -5, avgPrice: 110, realizedPnl: 100 },
    ])
  })

  it('rejects orders, those to come and those that stand', async () => {
    await bot.state({ market: { rejectNext: 'No trading permissions' } })
    expect((await place(limit)).body).toMatchObject([{ order_status: 'Inactive' }])
    const id = await placed()
    bot.sandbox.market.reject(id, 'Exchange closed')
    await bot.get('/iserver/account/orders')
    expect((await bot.get('/iserver/account/orders')).body.orders).toMatchObject([
      { status: 'Inactive', order_cancellation_by_system_reason: 'No trading permissions' },
      { status: 'Inactive', order_cancellation_by_system_reason: 'Exchange closed' },
    ])
  })

  it('lets the market fill what it reaches', async () => {
    await bot.state({ fillMarketable: true })
    bot.sandbox.market.setPrice(265598, 195)
    const waiting = await placed()
    const now = await placed({ ...limit, orderType: 'MKT', price: undefined })
    const status = (id: number): string | undefined =>
      bot.sandbox.orders.find(({ orderId }) => orderId === id)?.status
    expect([status(waiting), status(now)]).toEqual(['Submitted', 'Filled'])
    bot.sandbox.market.setPrice(265598, 189)
    expect([status(waiting), bot.sandbox.market.executions.length]).toEqual(['Filled', 2])
  })

  it('fills the book up to its brim: whole requests or none, until it is emptied', async () => {
    const fifty = Array.from({ length: 50 }, () => limit)
    for (let count = 0; count < 199; count++) await place(...fifty)
    expect((await place(...fifty.slice(1))).body).toHaveLength(49)
    expect((await place(limit, limit)).body).toEqual({ error: 'The order book of the sandbox is full' })
    expect(bot.sandbox.orders).toHaveLength(9_999)
    await bot.state({ market: { emptyBook: true } })
    expect(bot.sandbox.orders).toEqual([])
    await placed()
  })

  it('that is not right is refused by name', async () => {
    const wrong: readonly object[] = [
      { market: 7 },
      { market: { explode: 1 } },
      { market: { fill: { orderId: 1 } } },
      { market: { setPrice: { conid: 1, price: 5 } } },
      { market: { setPrice: { conid: 265598, price: -5 } } },
      { market: { setAvailability: { conid: 265598, availability: 'late' } } },
      { market: { askNext: ['<b>'] } },
      { market: { setPosition: { accountId: 'DU1', conid: 265598, quantity: '1' } } },
      { fillMarketable: 1 },
    ]
    for (const change of wrong)
      expect(`${JSON.stringify(change)} ${await bot.state(change)}`).toMatch(/ 400$/)
  })
})
