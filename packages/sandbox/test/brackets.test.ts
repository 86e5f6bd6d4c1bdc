import { beforeEach, describe, expect, it } from 'vitest'
import { type Trader, trader } from './trader.ts'

let bot: Trader

beforeEach(async () => {
  bot = await trader()
  bot.sandbox.market.setPrice(conid, 190)
})

const conid = 265598
const account = 'DU1234567'
const entry = { conid, side: 'BUY', orderType: 'LMT', price: 189, quantity: 10, tif: 'DAY', cOID: 'entry' }
const target = { ...entry, side: 'SELL', price: 194, cOID: 'target', parentId: 'entry' }
const stop = { ...target, orderType: 'STP', price: 185, cOID: 'stop' }

const place = (...orders: readonly object[]): ReturnType<Trader['post']> =>
  bot.post(`/iserver/account/${account}/orders`, { orders })
const statuses = (): readonly string[] => bot.sandbox.orders.map(({ status }) => status)
const idOf = (cOID: string): number =>
  bot.sandbox.orders.find(({ customerOrderId }) => customerOrderId === cOID)?.orderId ?? 0
const cancel = (which: number): ReturnType<Trader['get']> =>
  bot.call('DELETE', `/iserver/account/${account}/order/${which}`)

/** Moves the price; the next request lets the market reach what it reaches. */
async function priceGoesTo(price: number): Promise<void> {
  bot.sandbox.market.setPrice(conid, price)
  await bot.get('/tickle')
}

describe('a bracket', () => {
  beforeEach(async () => {
    const { body } = await place(entry, target, stop)
    const parent = String(idOf('entry'))
    expect(body).toMatchObject([
      { local_order_id: 'entry', order_status: 'Submitted' },
      { local_order_id: 'target', order_status: 'PreSubmitted', parent_order_id: parent },
      { local_order_id: 'stop', order_status: 'PreSubmitted', parent_order_id: parent },
    ])
    expect(body[0]).not.toHaveProperty('parent_order_id')
  })

  it('shows its children with their parent, as orders that can be changed and cancelled', async () => {
    await bot.get('/iserver/account/orders')
    const { body } = await bot.get('/iserver/account/orders?filters=pre_submitted')
    expect(body.orders).toMatchObject([
      { order_ref: 'target', parentId: idOf('entry'), status: 'PreSubmitted', orderType: 'Limit' },
      { order_ref: 'stop', parentId: idOf('entry'), status: 'PreSubmitted', orderType: 'Stop' },
    ])
    expect((await bot.get(`/iserver/account/order/status/${idOf('stop')}`)).body).toMatchObject({
      order_status: 'PreSubmitted',
      order_not_editable: false,
      cannot_cancel_order: false,
    })
  })

  it('fills no child before its parent, wherever the market goes', async () => {
    bot.sandbox.market.fillMarketable(true)
    await priceGoesTo(200)
    expect(statuses()).toEqual(['Submitted', 'PreSubmitted', 'PreSubmitted'])
    const child = idOf('target')
    expect(() => bot.sandbox.market.fill(child)).toThrow(
      `order ${child} waits until its parent, order ${idOf('entry')}, has filled`,
    )
    expect(await bot.state({ market: { fill: { orderId: child } } })).toBe(400)
    expect(bot.sandbox.market.executions).toEqual([])
  })

  it('ends at its target, and the stop is cancelled', async () => {
    bot.sandbox.market.fillMarketable(true)
    const seen: string[] = []
    bot.sandbox.market.onOrder(({ customerOrderId, status }) => seen.push(`${customerOrderId} ${status}`))
    await priceGoesTo(188)
    expect(statuses()).toEqual(['Filled', 'Submitted', 'PreSubmitted'])
    await priceGoesTo(195)
    expect(statuses()).toEqual(['Filled', 'Filled', 'Cancelled'])
    expect(seen).toEqual(['entry Filled', 'target Submitted', 'target Filled', 'stop Cancelled'])
    expect(bot.sandbox.market.executions.map(({ price, quantity }) => [price, quantity])).toEqual([
      [188.01, 10],
      [194.99, 10],
    ])
    expect((await bot.get(`/portfolio/${account}/positions/0`)).body).toEqual([])
  })

  it('ends at its stop, changed before, which sells at the market', async () => {
    bot.sandbox.market.fillMarketable(true)
    await priceGoesTo(188)
    const { body } = await bot.post(`/iserver/account/${account}/order/${idOf('stop')}`, { price: 187 })
    expect(body).toMatchObject([{ order_id: String(idOf('stop')), order_status: 'PreSubmitted' }])
    await priceGoesTo(187.01)
    expect(statuses()).toEqual(['Filled', 'Submitted', 'PreSubmitted'])
    await priceGoesTo(186)
    expect(statuses()).toEqual(['Filled', 'Cancelled', 'Filled'])
    expect(bot.sandbox.market.executions.at(-1)).toMatchObject({ price: 185.99 })
  })

  it('waits for the whole of its parent, which a script fills in parts', async () => {
    bot.sandbox.market.fill(idOf('entry'), { quantity: 4 })
    expect(statuses()).toEqual(['Submitted', 'PreSubmitted', 'PreSubmitted'])
    bot.sandbox.market.fill(idOf('entry'))
    expect(statuses()).toEqual(['Filled', 'Submitted', 'PreSubmitted'])
    bot.sandbox.market.fill(idOf('stop'), { quantity: 4 })
    expect(statuses()).toEqual(['Filled', 'Submitted', 'Submitted'])
    bot.sandbox.market.fill(idOf('stop'))
    expect(statuses()).toEqual(['Filled', 'Cancelled', 'Filled'])
  })

  it('goes with its parent, cancelled or rejected, each of it once', async () => {
    const seen: string[] = []
    bot.sandbox.market.onOrder(({ customerOrderId, status }) => seen.push(`${customerOrderId} ${status}`))
    expect((await cancel(-1)).status).toBe(200)
    expect(seen).toEqual(['entry PendingCancel', 'entry Cancelled', 'target Cancelled', 'stop Cancelled'])
    await place({ ...entry, cOID: 'second' }, { ...target, cOID: 'its child', parentId: 'second' })
    bot.sandbox.market.reject(idOf('second'), 'Rejected by the exchange')
    expect(statuses().slice(3)).toEqual(['Inactive', 'Cancelled'])
  })

  it('loses a child alone, and the other stays', async () => {
    await cancel(idOf('target'))
    expect(statuses()).toEqual(['Submitted', 'Cancelled', 'PreSubmitted'])
  })

  it('takes a child later too, free at once where the parent has filled', async () => {
    bot.sandbox.market.fill(idOf('entry'))
    expect((await place({ ...target, cOID: 'late' })).body).toMatchObject([{ order_status: 'Submitted' }])
    bot.sandbox.market.fill(idOf('late'))
    expect(statuses()).toEqual(['Filled', 'Cancelled', 'Cancelled', 'Filled'])
  })
})

describe('a child', () => {
  it('without a parent is refused, and so is one before its parent, and with it the whole request', async () => {
    const unknown = 'Parent order entry is not known: parentId is the cOID of the parent'
    expect((await place(target)).body).toEqual({ error: unknown })
    expect((await place(target, entry)).body).toEqual({ error: unknown })
    await place(entry)
    await cancel(idOf('entry'))
    expect((await place(target)).body).toEqual({ error: 'Parent order entry is Cancelled' })
    expect(statuses()).toEqual(['Cancelled'])
  })

  it('is rejected with a parent that a script has rejected', async () => {
    bot.sandbox.market.rejectNext('No trading permissions')
    await place(entry, target, stop)
    expect(statuses()).toEqual(['Inactive', 'Cancelled', 'Cancelled'])
  })
})

it('takes a cOID once, within one request too', async () => {
  expect((await place(entry, entry)).body.error).toMatch(/Local order ID=entry is already registered/)
  expect(bot.sandbox.orders).toEqual([])
})

it('cancels what is left of a single group once one of it has filled', async () => {
  const grouped = { ...entry, isSingleGroup: true }
  await place({ ...grouped, cOID: 'one' }, { ...grouped, cOID: 'two', price: 188 })
  await place({ ...grouped, cOID: 'other group' })
  bot.sandbox.market.fill(idOf('two'))
  expect(statuses()).toEqual(['Cancelled', 'Filled', 'Submitted'])
})

it('keeps a script that fills and rejects at once from rejecting what has filled', async () => {
  bot.sandbox.market.rejectNext('No trading permissions')
  bot.sandbox.market.onOrder(({ orderId, status }) => {
    if (status === 'Submitted') bot.sandbox.market.fill(orderId)
  })
  await place(entry)
  expect(statuses()).toEqual(['Filled'])
})

describe('a stop order', () => {
  const buyStop = { ...entry, orderType: 'STP', price: 193, cOID: 'buy stop' }
  const stopLimit = { ...entry, orderType: 'STOP_LIMIT', price: 193.5, auxPrice: 193, cOID: 'stop limit' }

  it('rests until its price is reached, then takes what the market gives', async () => {
    bot.sandbox.market.fillMarketable(true)
    await place(buyStop)
    await priceGoesTo(192.99)
    expect(statuses()).toEqual(['PreSubmitted'])
    await priceGoesTo(195)
    expect(bot.sandbox.market.executions).toMatchObject([{ price: 195.01 }])
  })

  it('with a limit becomes a limit order', async () => {
    bot.sandbox.market.fillMarketable(true)
    expect((await place({ ...stopLimit, auxPrice: undefined })).body).toEqual({
      error: 'Order type STOP_LIMIT needs price, the limit, and auxPrice, the stop',
    })
    expect((await place({ ...stopLimit, auxPrice: 'low' })).status).toBe(400)
    await place(stopLimit)
    await bot.get('/iserver/account/orders')
    expect((await bot.get('/iserver/account/orders')).body.orders).toMatchObject([
      { orderType: 'Stop Limit', price: '193.5', auxPrice: '193', status: 'PreSubmitted' },
    ])
    await priceGoesTo(195)
    expect(statuses()).toEqual(['Submitted'])
    await priceGoesTo(193)
    expect(statuses()).toEqual(['Filled'])
  })

  it('that becomes another type goes to the exchange, and back', async () => {
    await place(buyStop)
    const change = (fields: object): ReturnType<Trader['post']> =>
      bot.post(`/iserver/account/${account}/order/${idOf('buy stop')}`, fields)
    expect((await change({ orderType: 'LMT' })).body).toMatchObject([{ order_status: 'Submitted' }])
    expect((await change({ orderType: 'STP' })).body).toMatchObject([{ order_status: 'PreSubmitted' }])
  })
})
