import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunningSandbox } from '../src/index.ts'
import { listening, opened, type StreamClient } from './stream-client.ts'
import type { Trader } from './trader.ts'

let sandbox: RunningSandbox
let trader: Trader
let client: StreamClient

beforeEach(async () => {
  ;({ sandbox, trader } = await listening({ idleTimeoutMs: 3_600_000 }))
  client = await opened(sandbox, trader)
})

afterEach(() => sandbox.close())

const apple = 265_598
const account = (): string => 'DU1234567'

describe('the greeting', () => {
  it('is system, act, sts, in that order, then heartbeats', async () => {
    const heartbeat = await client.frame(({ hb }) => hb !== undefined)
    expect(client.frames.slice(0, 3).map(({ topic }) => topic)).toEqual(['system', 'act', 'sts'])
    const [system, act, sts] = client.frames
    expect(system).toEqual({
      topic: 'system',
      success: sandbox.credentials.username,
      isFT: false,
      isPaper: true,
    })
    expect(act.args).toMatchObject({ accounts: [account()], selectedAccount: account() })
    expect(sts.args).toMatchObject({
      authenticated: true,
      connected: true,
      competing: false,
      established: true,
    })
    expect(heartbeat).toEqual({ topic: 'system', hb: trader.nowMs })
  })

  it('answers tic with the session of tickle, which stands in no log', async () => {
    await client.topic('system')
    client.send('tic')
    const tic = await client.topic('tic')
    expect(tic).toMatchObject({ alive: true, lastAccessed: trader.nowMs })
    const logged = JSON.stringify(sandbox.streams.frames.entries)
    expect(logged).toContain('lastAccessed')
    expect(logged).not.toContain(tic.id)
  })
})

describe('market data', () => {
  it('comes whole first and then by its changes, each with its availability as long as it changes', async () => {
    await client.topic('system')
    sandbox.market.setPrice(apple, 200)
    client.send(`smd+${apple}+{"fields":["31","84","55"]}`)
    const first = await client.topic(`smd+${apple}`)
    expect(first).toMatchObject({ conid: apple, 31: '200.00', 84: '199.99', 55: 'AAPL', 6509: 'RpB' })
    expect(first._updated).toBe(trader.nowMs)
    sandbox.market.setPrice(apple, 201)
    const second = await client.frame((frame) => frame[31] === '201.00')
    expect(second).not.toHaveProperty('55')
    expect(second).not.toHaveProperty('6509')
    sandbox.market.setAvailability(apple, 'delayed')
    expect(await client.frame((frame) => frame[6509] === 'DPB')).not.toHaveProperty('31')
  })

  it('conflates: of prices within one interval only the newest is sent', async () => {
    await client.topic('system')
    await client.sent(`smd+${apple}+{"fields":["31"]}`)
    for (let price = 300; price <= 400; price++) sandbox.market.setPrice(apple, price)
    await client.frame((frame) => frame[31] === '400.00')
    expect(client.frames.some((frame) => frame[31] === '350.00')).toBe(false)
  })

  it('lapses after fifteen minutes without a word, unless it was asked for again', async () => {
    await client.topic('system')
    await client.sent(`smd+${apple}+{"fields":["31"]}`)
    await client.sent('smd+8314+{"fields":["31"]}')
    trader.nowMs += 600_000
    await trader.post('/tickle')
    await client.sent(`smd+${apple}+{"fields":["31"]}`)
    trader.nowMs += 299_000
    await trader.post('/tickle')
    trader.nowMs += 2_000
    sandbox.market.setPrice(8_314, 77)
    sandbox.market.setPrice(apple, 78)
    await client.frame((frame) => frame[31] === '78.00')
    expect(client.frames.some((frame) => frame[31] === '77.00')).toBe(false)
  })

  it('ends with umd, and with the HTTP endpoint for the same line', async () => {
    await client.topic('system')
    await client.sent(`smd+${apple}+{"fields":["31"]}`)
    await client.sent('smd+8314+{"fields":["31"]}')
    await client.sent(`umd+${apple}+{}`)
    await trader.post('/iserver/marketdata/unsubscribe', { conid: 8_314 })
    sandbox.market.setPrice(apple, 77)
    sandbox.market.setPrice(8_314, 77)
    sandbox.market.setPrice(272_093, 78)
    await client.sent('smd+272093+{"fields":["31"]}')
    await client.frame((frame) => frame[31] === '78.00')
    expect(client.frames.some((frame) => frame[31] === '77.00')).toBe(false)
  })

  it('refuses an unknown contract for itself, and goes on', async () => {
    await client.topic('system')
    client.send('smd+1+{"fields":["31"]}')
    expect(await client.topic('smd+1')).toEqual({ topic: 'smd+1', error: 'contract is not available' })
    expect(sandbox.streams.frames.entries.find(({ text }) => text.startsWith('smd+1+'))?.note).toContain(
      'GET /iserver/secdef/search',
    )
    await client.sent('smd+8314+{"fields":["31"]}')
    await client.topic('smd+8314')
  })
})

describe('orders and trades', () => {
  const order = { conid: apple, side: 'BUY', orderType: 'LMT', quantity: 10, price: 150, tif: 'DAY' }
  const place = async (): Promise<number> => {
    sandbox.market.setPrice(apple, 151)
    const { body } = await trader.post(`/iserver/account/${account()}/orders`, { orders: [order] })
    return Number(body[0].order_id)
  }

  it('tell each status of an order, and executions with what came before', async () => {
    await client.topic('system')
    await client.sent('sor+{}')
    await client.sent('str+{"realtimeUpdatesOnly":false,"days":1}')
    expect(await client.topic('str')).toEqual({ topic: 'str', args: [] })
    const orderId = await place()
    expect((await client.topic('sor')).args[0]).toMatchObject({
      orderId,
      status: 'Submitted',
      acct: account(),
    })
    sandbox.market.fill(orderId, { quantity: 4 })
    sandbox.market.fill(orderId)
    const filled = await client.frame(({ topic, args }) => topic === 'sor' && args[0].status === 'Filled')
    expect(filled.args[0]).toMatchObject({ filledQuantity: 10, remainingQuantity: 0 })
    const both = await client.frame(({ topic, args }) => topic === 'str' && args.length === 2)
    expect(new Set(both.args.map((row: { execution_id: string }) => row.execution_id)).size).toBe(2)
  })

  it('keep to the filter, and end with uor and utr', async () => {
    await client.topic('system')
    await client.sent('sor+{"filters":["Filled"]}')
    await client.sent('str+{"realtimeUpdatesOnly":true,"days":1}')
    const orderId = await place()
    sandbox.market.fill(orderId)
    const told = await client.topic('sor')
    expect(told.args[0].status).toBe('Filled')
    await client.sent('uor+{}')
    await client.sent('utr')
    const from = client.frames.length
    sandbox.market.fill(await place())
    await client.sent('tic')
    expect(client.frames.slice(from).filter(({ topic }) => topic === 'sor' || topic === 'str')).toEqual([])
  })

  it('fill what the market reaches while nobody calls over HTTP', async () => {
    await client.topic('system')
    await client.sent('sor+{}')
    await place()
    sandbox.market.fillMarketable(true)
    sandbox.market.setPrice(apple, 149)
    await client.frame(({ topic, args }) => topic === 'sor' && args[0].status === 'Filled')
  })
})

describe('accounts', () => {
  it('send profit and loss, summary and ledger, and answer what IBKR answers at their end', async () => {
    await client.topic('system')
    client.send('spl+{}')
    expect((await client.topic('spl')).args[`${account()}.Core`]).toMatchObject({ rowType: 1, nl: 1_000_000 })
    client.send(`ssd+${account()}+{"keys":["NetLiquidation"],"fields":["monetaryValue","currency"]}`)
    const { result } = await client.topic(`ssd+${account()}`)
    expect(result).toEqual([
      { key: 'NetLiquidation', timestamp: trader.nowMs / 1_000, monetaryValue: 1_000_000, currency: 'USD' },
    ])
    client.send(`sld+${account()}+{"keys":["LedgerListBASE"],"fields":["cashbalance"]}`)
    expect((await client.topic(`sld+${account()}`)).result[0]).toMatchObject({ cashbalance: 1_000_000 })
    trader.nowMs += 10_000
    const quiet = await client.frame(
      (frame) => frame.topic === `sld+${account()}` && frame.result[0].cashbalance === undefined,
    )
    expect(quiet.result[0]).toEqual({ key: 'LedgerListBASE', timestamp: trader.nowMs / 1_000 })
    client.send(`usd+${account()}+{}`)
    await client.frame((frame) => frame.result === 'unsubscribed from summary' && frame.topic === undefined)
    client.send(`uld+${account()}+{}`)
    await client.frame((frame) => frame.result === 'unsubscribed from ledger')
  })

  it('have the values of the summary over HTTP', async () => {
    await client.topic('system')
    trader.sandbox.market.setPrice(apple, 190)
    trader.sandbox.market.setPosition(account(), apple, -100)
    client.send(`ssd+${account()}+{"fields":["monetaryValue"]}`)
    const { result } = await client.topic(`ssd+${account()}`)
    const values = Object.fromEntries(
      result.map(({ key, monetaryValue }: { key: string; monetaryValue: number }) => [key, monetaryValue]),
    )
    const { body } = await trader.get(`/portfolio/${account()}/summary`)
    expect(values).toEqual({
      'NetLiquidation-S': body.netliquidation.amount,
      NetLiquidation: body.netliquidation.amount,
      TotalCashValue: body.totalcashvalue.amount,
      AvailableFunds: body.availablefunds.amount,
      BuyingPower: body.buyingpower.amount,
      GrossPositionValue: body.grosspositionvalue.amount,
    })
    expect(values).toMatchObject({ GrossPositionValue: 19_000, AvailableFunds: 971_500 })
  })

  it('refuse the account of somebody else', async () => {
    await client.topic('system')
    client.send('ssd+DU999+{"keys":["NetLiquidation"]}')
    expect((await client.topic('ssd+DU999')).error).toBe('account is not valid')
  })

  it('send to somebody without a brokerage session, whom every other topic refuses', async () => {
    sandbox.faults.loseBrokerageSession()
    await client.frame(({ topic, args }) => topic === 'sts' && args.authenticated === false)
    client.send('spl+{}')
    await client.topic('spl')
    client.send('sor+{}')
    expect(await client.topic('sor')).toEqual({ topic: 'sor', error: 'not authenticated' })
  })
})

describe('charts', () => {
  it('send bars once and count five requests at the most', async () => {
    await client.topic('system')
    for (let count = 0; count < 6; count++) await client.sent(`smh+${apple}+{"period":"1d","bar":"1h"}`)
    const charts = client.frames.filter(({ topic }) => topic === `smh+${apple}`)
    expect(charts.filter(({ data }) => data?.length === 24)).toHaveLength(5)
    expect(charts.at(-1).error).toBe('max number of smh requests reached')
    const { serverId } = charts[0]
    client.send(`umh+${serverId}`)
    await client.frame(({ message }) => message === `Unsubscribed ${serverId}`)
    const from = client.frames.length
    client.send(`smh+${apple}+{"period":"1d","bar":"1h"}`)
    expect((await client.topic(`smh+${apple}`, from)).data).toHaveLength(24)
  })

  it('send the book, the highest price first', async () => {
    await client.topic('system')
    sandbox.market.setPrice(apple, 200)
    client.send(`sbd+${account()}+${apple}`)
    const { data } = await client.topic(`sbd+${account()}+${apple}`)
    expect(data).toHaveLength(10)
    expect(data[0]).toEqual({ row: 1, focus: 0, price: '200.05', ask: '4500' })
    expect(data[5]).toEqual({ row: 6, focus: 0, price: '199.99', bid: '1200' })
  })
})

it('names a topic that it does not know, and a message that it cannot read', async () => {
  await client.topic('system')
  client.send('xyz+{}')
  expect(await client.frame(({ error }) => error !== undefined)).toEqual({
    code: 1,
    error: "Topic unknown 'xyz'",
  })
  client.send('smd+1+{"fields":')
  await client.frame(({ error }) => error === 'Malformed request')
  client.send('__proto__+{}')
  await client.frame(({ error }) => error === "Topic unknown '__proto__'")
  client.socket.pong()
  await client.frame(({ error }) => error === "Topic unknown 'null'")
})

it('tells a login elsewhere as deltas, one member to a frame', async () => {
  await client.topic('sts')
  const from = client.frames.length
  sandbox.faults.compete()
  await client.frame(({ args }) => args?.competing === true, from)
  const deltas = client.frames.slice(from).filter(({ topic }) => topic === 'sts')
  expect(deltas.map(({ args }) => args)).toEqual([
    { authenticated: false },
    { established: false },
    { competing: true },
  ])
})

it('is closed with its session: by logout, by the end of its token', async () => {
  await client.topic('system')
  const code = client.closed()
  await trader.post('/logout')
  expect(await code).toBe(1000)
  await expect.poll(() => sandbox.streams.open).toBe(0)
})
