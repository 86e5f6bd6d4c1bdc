import { beforeEach, describe, expect, it } from 'vitest'
import { type Trader, trader } from './trader.ts'

let bot: Trader

beforeEach(async () => {
  bot = await trader()
})

describe('an instrument', () => {
  it('is found by its symbol or its name, and tells what it is', async () => {
    expect((await bot.get('/iserver/secdef/search?symbol=aapl')).body).toMatchObject([
      {
        conid: '265598',
        symbol: 'AAPL',
        companyHeader: 'APPLE INC - NASDAQ',
        sections: [{ secType: 'STK' }],
      },
    ])
    expect((await bot.post('/iserver/secdef/search', { symbol: 'business', name: true })).body).toMatchObject(
      [{ symbol: 'IBM' }],
    )
    expect((await bot.get('/iserver/secdef/search?symbol=SPX&secType=STK')).body).toEqual({
      error: 'No symbol found',
    })
    expect((await bot.get('/iserver/secdef/search')).status).toBe(400)
    expect((await bot.get('/trsrv/stocks?symbols=AAPL,IBM,NONE')).body).toMatchObject({
      AAPL: [{ name: 'APPLE INC', contracts: [{ conid: 265598, exchange: 'NASDAQ', isUS: true }] }],
      IBM: [{ contracts: [{ conid: 8314 }] }],
      NONE: [],
    })
    expect((await bot.get('/iserver/contract/12087792/info')).body).toMatchObject({
      con_id: 12087792,
      instrument_type: 'CASH',
      exchange: 'IDEALPRO',
    })
    expect((await bot.get('/iserver/contract/1/info')).status).toBe(500)
  })
})

describe('a snapshot', () => {
  const ask = (conids = '265598', fields = '31,84,86'): ReturnType<Trader['get']> =>
    bot.get(`/iserver/marketdata/snapshot?conids=${conids}&fields=${fields}`)

  it('has its fields from the second request of a contract on, for 15 minutes', async () => {
    expect((await ask()).body).toEqual([{ conid: 265598, conidEx: '265598' }])
    const { body } = await ask()
    expect(body).toMatchObject([{ conid: 265598, 6509: 'RpB', _updated: bot.nowMs }])
    expect(Object.keys(body[0]).sort()).toEqual(
      ['31', '84', '86', '6119', '6509', '_updated', 'conid', 'conidEx', 'server_id'].sort(),
    )
    expect(Number(body[0][84])).toBeLessThan(Number(body[0][86]))
    expect((await ask('265598,8314')).body[1]).toEqual({ conid: 8314, conidEx: '8314' })
    bot.nowMs += 299_000
    await bot.post('/tickle')
    for (let minute = 0; minute < 11; minute++) {
      bot.nowMs += 60_000
      await bot.post('/tickle')
    }
    expect((await ask()).body).toEqual([{ conid: 265598, conidEx: '265598' }])
  })

  it('says how fresh it is, and shows no price without market data', async () => {
    await ask()
    for (const [availability, code] of [
      ['delayed', 'DPB'],
      ['frozen', 'ZB'],
      ['none', 'N'],
    ] as const) {
      bot.sandbox.market.setAvailability(265598, availability)
      const { body } = await ask()
      expect([body[0][6509], '31' in body[0]]).toEqual([code, availability !== 'none'])
    }
  })

  it('ends with unsubscribe, for one contract or all', async () => {
    await ask('265598,8314')
    expect((await bot.post('/iserver/marketdata/unsubscribe', { conid: 265598 })).body).toEqual({
      success: true,
    })
    expect((await bot.post('/iserver/marketdata/unsubscribe', { conid: 265598 })).status).toBe(500)
    expect((await ask('265598,8314')).body).toMatchObject([{ conidEx: '265598' }, { 31: expect.any(String) }])
    expect((await bot.get('/iserver/marketdata/unsubscribeall')).body).toEqual({ unsubscribed: true })
    expect((await ask('8314')).body).toEqual([{ conid: 8314, conidEx: '8314' }])
  })

  it('moves with the clock, the same for the same seed, and stands where a script puts it', async () => {
    const { market } = bot.sandbox
    const series = (): number[] =>
      Array.from({ length: 30 }, (_, index) => {
        bot.nowMs = Date.UTC(2026, 0, 5, 15) + index * 20_000
        return market.quote(265598).last
      })
    const first = series()
    expect(new Set(first).size).toBeGreaterThan(10)
    expect(series()).toEqual(first)
    const heard: number[] = []
    market.onPrice((conid) => heard.push(conid))
    await bot.state({ market: { setPrice: { conid: 265598, price: 123.45 } } })
    expect(market.quote(265598)).toMatchObject({ last: 123.45, bid: 123.44, ask: 123.46 })
    await bot.state({ market: { setPrice: { conid: 265598, price: null } } })
    expect(series()).toEqual(first)
    expect(heard).toEqual([265598, 265598])
    expect(market.quote(416904)).toMatchObject({ bid: undefined, ask: undefined })
    expect((await trader({ seed: 7 })).sandbox.market.quote(265598).last).not.toBe(first[0])
  })

  it('refuses what is no contract', async () => {
    for (const conids of ['', 'x', '1,', '1;2']) expect((await ask(conids)).status).toBe(400)
    expect((await ask('77')).body).toEqual([{ conid: 77, conidEx: '77' }])
  })
})

describe('history', () => {
  it('has bars of the length that was asked for, up to now', async () => {
    const { body } = await bot.get('/iserver/marketdata/history?conid=265598&period=2h&bar=5min')
    expect(body).toMatchObject({ symbol: 'AAPL', timePeriod: '2h', barLength: 300, points: 23 })
    expect(body.data).toHaveLength(24)
    for (const { o, h, l, c, t } of body.data) {
      expect([t % 300_000, h >= Math.max(o, c), l <= Math.min(o, c)]).toEqual([0, true, true])
    }
    expect(body.data.at(-1).t).toBe(bot.nowMs - (bot.nowMs % 300_000))
    expect(
      (await bot.get('/iserver/marketdata/history?conid=265598&period=9999y&bar=1min')).body.data,
    ).toHaveLength(1_000)
    for (const query of [
      'conid=1&period=1d&bar=1h',
      'conid=265598&period=x&bar=1h',
      'conid=265598&period=1d&bar=0min',
    ]) {
      expect((await bot.get(`/iserver/marketdata/history?${query}`)).status).toBe(400)
    }
  })
})
