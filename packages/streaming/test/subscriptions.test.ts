import { describe, expect, it } from 'vitest'
import {
  accountSummary,
  depth,
  history,
  isStreamError,
  marketData,
  notifications,
  orders,
  topic,
} from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

const quoteTopic = marketData(265598, ['last', 'bid', '86'])
const quoteText = 'smd+265598+{"fields":["31","84","86","6509"]}'

describe('subscriptions', () => {
  it('are confirmed by their first frame, or by being asked where IBKR answers nothing', async () => {
    const { sockets, stream } = await opened()
    const states: string[] = []
    void stream.subscribe(orders()).confirmed.then(() => states.push('orders'))
    void stream.subscribe(accountSummary('U1')).confirmed.then(() => states.push('summary'))
    await settle()
    expect(states).toEqual(['orders'])
    sockets.last().frame({ topic: 'ssd+U1', result: [{ key: 'NetLiquidation-S', monetaryValue: 5 }] })
    await settle()
    expect(states).toEqual(['orders', 'summary'])
  })

  it("that are refused fail by themselves, with IBKR's text and without a token in it", async () => {
    const { sockets, stream } = await opened()
    const subscription = stream.subscribe(topic('sxx+{"a":1}'))
    const good = collect(stream.subscribe(orders()))
    sockets.last().frame({ error: 'Topic unknown sxx with 6f531f8fd316915af53f', code: 1 })
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toThrow(
      /IBKR refused sxx: Topic unknown sxx with \[masked\]/,
    )
    sockets.last().frame({ topic: 'sor', args: { orderId: 1 } })
    expect(good).toHaveLength(1)
  })

  it('whose error names another contract are left alone', async () => {
    const { sockets, stream, events } = await opened()
    stream.subscribe(marketData(12, ['last']))
    sockets.last().frame({ error: 'Topic unknown smd+123' })
    expect(stream.status().subscriptions).toHaveLength(1)
    expect(events.some(({ type }) => type === 'error')).toBe(true)
  })

  it('are sent again after each reconnection', async () => {
    const { sockets, stream, clock } = await opened()
    stream.subscribe(quoteTopic)
    stream.subscribe(depth('U1', 9))
    stream.subscribe(notifications())
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    expect(sockets.last().sent).toEqual(['tic', quoteText, 'sbd+U1+9'])
  })

  it("of history end by the server's id", async () => {
    const { sockets, stream } = await opened()
    const subscription = stream.subscribe(history(1, { period: '1d', bar: '1min' }))
    sockets.last().frame({ topic: 'smh+1', serverId: '42', data: [] })
    subscription.close()
    expect(sockets.last().sent.at(-1)).toBe('umh+42')
  })

  it('notifications come as a list, whichever shape IBKR sends', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(notifications()))
    sockets.last().frame({ topic: 'ntf', args: { id: '1' } })
    sockets.last().frame({ topic: 'ntf', args: [{ id: '2' }, 7] })
    expect(items.map((item) => item.kind === 'update' && item.value)).toEqual([[{ id: '1' }], [{ id: '2' }]])
  })

  it('listeners that throw are told of and stop nobody', async () => {
    const { sockets, stream, events } = await opened()
    const subscription = stream.subscribe(orders())
    subscription.on(() => {
      throw new Error('mine')
    })
    const items = collect(subscription)
    sockets.last().frame({ topic: 'sor', args: [] })
    expect(items).toHaveLength(1)
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', error: new Error('mine') }))
  })

  it.each([
    ['conid', () => marketData(-1, ['last'])],
    ['field', () => marketData(1, ['price' as never])],
    ['accountId', () => accountSummary('U1+x')],
    ['exchange', () => marketData(1, ['last'], { exchange: 'A+{}' })],
    ['topic', () => setUp().stream.subscribe({} as never)],
    ['url', () => setUp({ url: 'https://api.ibkr.com' })],
    ['url', () => setUp({ url: 'ws://api.ibkr.com/v1/api/ws' })],
    ['connect', () => setUp({ connect: undefined as never })],
    ['userAgent', () => setUp({ userAgent: 'a\r\nb' })],
    ['rules.patience', () => setUp({ rules: { patience: 1 } as never })],
    ['rules.ticIntervalMs', () => setUp({ rules: { ticIntervalMs: Number.NaN } })],
    ['limits.marketDataLines', () => setUp({ limits: { marketDataLines: 1.5 } })],
  ])('a wrong %s is told by name', (name, make) => {
    const error = (() => {
      try {
        make()
      } catch (thrown) {
        return thrown
      }
      return undefined
    })()
    expect(isStreamError(error) && error.code).toBe('ERR_STREAM_INVALID_INPUT')
    expect((error as Error).message).toContain(name.replace('conid', 'conid'))
  })
})
