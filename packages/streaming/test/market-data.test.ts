import { describe, expect, it } from 'vitest'
import { history, marketData, type Quote } from '../src/index.ts'
import { collect, opened } from './set-up.ts'

const quoteTopic = marketData(265598, ['last', 'bid', '86'])
const quoteText = 'smd+265598+{"fields":["31","84","86","6509"]}'

describe('market data', () => {
  const frame = (fields: object) => ({ topic: 'smd+265598', conid: 265598, _updated: 5, ...fields })

  it('is merged from changes, with its availability', async () => {
    const { sockets, stream } = await opened()
    const items = collect<Quote>(stream.subscribe(quoteTopic))
    sockets.last().frame(frame({ '31': '10.5', '84': '10', '6509': 'RpB' }))
    sockets.last().frame(frame({ '84': '10.1', '6509': 'DPB' }))
    expect(items.at(-1)).toMatchObject({
      value: {
        fields: { last: '10.5', bid: '10.1', availability: 'DPB' },
        availability: 'delayed',
        updatedAtMs: 5,
      },
      stale: undefined,
    })
  })

  it('a reader that never reads holds the newest alone', async () => {
    const { sockets, stream } = await opened()
    const subscription = stream.subscribe(quoteTopic)
    const reader = subscription[Symbol.asyncIterator]()
    for (let price = 1; price <= 10_000; price += 1) sockets.last().frame(frame({ '31': String(price) }))
    expect(await reader.next()).toMatchObject({ value: { value: { fields: { last: '10000' } } } })
    const pending = reader.next()
    sockets.last().frame(frame({ '31': '1' }))
    expect(await pending).toMatchObject({ value: { value: { fields: { last: '1' } } } })
  })

  it('the same subscription twice is one on the wire, and ends with its last reader', async () => {
    const { sockets, stream } = await opened()
    const one = stream.subscribe(quoteTopic)
    sockets.last().frame(frame({ '31': '3' }))
    const other = stream.subscribe(marketData(265598, ['last', 'bid', 'ask']))
    expect(collect<Quote>(other)).toMatchObject([{ value: { fields: { last: '3' } } }])
    expect(sockets.last().sent.filter((text) => text.startsWith('smd'))).toHaveLength(1)
    one.close()
    expect(sockets.last().sent.at(-1)).toBe(quoteText)
    other.close()
    expect(sockets.last().sent.at(-1)).toBe('umd+265598+{}')
  })

  it('two lists of fields do not end each other', async () => {
    const { sockets, stream } = await opened()
    const one = stream.subscribe(marketData(1, ['last']))
    const other = collect<Quote>(stream.subscribe(marketData(1, ['bid'])))
    one.close()
    expect(sockets.last().sent.some((text) => text.startsWith('umd'))).toBe(false)
    sockets.last().frame({ topic: 'smd+1', '84': '2' })
    expect(other).toHaveLength(1)
  })

  it('is asked for again after ten minutes, before IBKR ends it', async () => {
    const { sockets, stream, clock } = await opened()
    stream.subscribe(quoteTopic)
    for (let turn = 0; turn < 125; turn += 1) {
      sockets.last().heartbeat()
      await clock.advance(10_000)
    }
    expect(sockets.last().sent.filter((text) => text === quoteText)).toHaveLength(3)
  })

  it('says so when it is stale, and that it is not', async () => {
    const { sockets, stream, clock } = await opened()
    const items = collect<Quote>(stream.subscribe(quoteTopic))
    sockets.last().frame(frame({ '31': '3' }))
    sockets.last().close()
    expect(items.at(-1)).toMatchObject({ stale: 'not-connected' })
    await clock.advance(1_000)
    sockets.last().greet()
    sockets.last().frame(frame({ '31': '4' }))
    expect(items.at(-1)).toMatchObject({ stale: undefined, value: { fields: { last: '4' } } })
    sockets.last().frame({ topic: 'sts', args: { authenticated: false } })
    expect(items.at(-1)).toMatchObject({ stale: 'no-brokerage-session' })
    expect(stream.status().subscriptions[0]).toMatchObject({ stale: 'no-brokerage-session', confirmed: true })
  })

  it('a renewal that is refused makes it stale and ends nothing', async () => {
    const { sockets, stream } = await opened()
    const items = collect<Quote>(stream.subscribe(quoteTopic))
    sockets.last().frame(frame({ '31': '3' }))
    sockets.last().frame({ topic: 'smd+265598', message: { error: 'no subscription' } })
    expect(items.at(-1)).toMatchObject({ stale: 'renewal-refused' })
  })

  it('stays stale after a refused renewal, whatever still comes, until one is not refused', async () => {
    const { clock, sockets, stream } = await opened()
    const items = collect<Quote>(stream.subscribe(quoteTopic))
    const asked = () => sockets.last().sent.filter((text) => text.startsWith('smd')).length
    const pass = async (minutes: number) => {
      for (let at = 0; at < minutes * 6; at += 1) {
        await clock.advance(10_000)
        sockets.last().heartbeat()
      }
    }
    sockets.last().frame(frame({ '31': '3' }))
    await pass(10)
    sockets.last().frame({ topic: 'smd+265598', error: 'no more lines' })
    sockets.last().frame(frame({ '31': '4' }))
    expect([asked(), items.at(-1)]).toEqual([2, expect.objectContaining({ stale: 'renewal-refused' })])
    await pass(1)
    expect(asked()).toBe(3)
    sockets.last().frame(frame({ '31': '5' }))
    expect(items.at(-1)).toMatchObject({ stale: undefined })
    await pass(9)
    expect(asked()).toBe(3)
  })

  it('lines are counted before IBKR would, and given back', async () => {
    const { stream } = await opened({ limits: { marketDataLines: 2, historyRequests: 1 } })
    const one = stream.subscribe(marketData(1, ['last']))
    stream.subscribe(marketData(2, ['last']))
    stream.subscribe(marketData(2, ['last']))
    expect(() => stream.subscribe(marketData(3, ['last']))).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_LIMIT' }),
    )
    one.close()
    stream.subscribe(marketData(3, ['last']))
    expect(stream.status().marketDataLines).toEqual({ taken: 2, limit: 2 })
    stream.subscribe(history(1, { period: '1d', bar: '1min' }))
    expect(() => stream.subscribe(history(2, { period: '1d', bar: '1min' }))).toThrow(/histories/)
  })
})
