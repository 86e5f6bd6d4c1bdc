import { describe, expect, it } from 'vitest'
import { accountSummary, depth, marketData, orders } from '../src/index.ts'
import { collect, opened } from './set-up.ts'

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('frames of a hostile server', () => {
  it.each([
    `{"topic":"sor","error":${nested(200_000)}}`,
    `{"topic":"error","message":${nested(200_000)}}`,
    `{"error":${nested(200_000)}}`,
    `{"topic":"sor","message":{"error":${nested(200_000)}}}`,
  ])('a refusal that is nested deeper than the stack is one without a reason (%.30s)', async (text) => {
    const { sockets, stream, events } = await opened()
    const ended: unknown[] = []
    stream.subscribe(orders()).on(
      () => undefined,
      (error) => ended.push(error),
    )
    sockets.last().frame(text)
    const errors = events.map((event) => (event.type === 'error' ? event.error : undefined))
    expect([...ended, ...errors]).toContainEqual(
      expect.objectContaining({
        code: 'ERR_STREAM_SUBSCRIPTION_REFUSED',
        message: expect.stringContaining('no reason that can be read'),
      }),
    )
  })

  it('begin with a byte order mark or not', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(orders()))
    sockets.last().frame('\ufeff{"topic":"sor","args":[{"orderId":1}]}')
    expect(items).toHaveLength(1)
  })

  it('that invent members without end are not remembered without end', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(accountSummary('U1')))
    for (let turn = 0; turn < 20; turn += 1) {
      const members = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${turn}.${index}`, 1]))
      sockets.last().frame({ topic: 'ssd+U1', result: [{ key: 'a', ...members }] })
    }
    const last = items.at(-1)
    const row = last?.kind === 'update' ? last.value.a : undefined
    expect(Object.keys(row ?? {}).length).toBeLessThanOrEqual(100)
    expect(row).toHaveProperty(['19.49'])
  })

  it('of a book come to those who read that book, or to nobody', async () => {
    const { sockets, stream, events } = await opened()
    const [one, two] = [collect(stream.subscribe(depth('U1', 1))), collect(stream.subscribe(depth('U1', 12)))]
    sockets.last().frame({ topic: 'sbd+U1', data: [{ row: 0 }] })
    expect([one.length, two.length]).toEqual([0, 0])
    expect(events).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: 'ERR_STREAM_BAD_FRAME' }) }),
    )
    sockets.last().frame({ topic: 'sbd+U1', conid: 12, data: [{ row: 0 }] })
    sockets.last().frame({ topic: 'sbd+U1+1', data: [{ row: 0 }] })
    expect([one.length, two.length]).toEqual([1, 1])
    sockets.last().frame({ topic: 'sbd+U1', error: 'no level 2' })
    expect(stream.status().subscriptions).toEqual([])
  })

  it('of a contract in another notation, or with availabilities nobody knows, mislead nobody', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(marketData(265598, ['last'])))
    sockets.last().frame({ topic: 'smd+2.65598e5', 31: '1' })
    expect(items).toEqual([])
    for (const letters of ['constructor', 'Q', '', '__proto__', 7])
      sockets.last().frame({ topic: 'smd+265598', 31: '1', 6509: letters })
    expect(new Set(items.map((item) => item.kind === 'update' && item.value.availability))).toEqual(
      new Set(['unknown']),
    )
  })
})

describe('ten thousand subscriptions', () => {
  it('are opened and closed, and leave nothing behind', async () => {
    const { sockets, stream } = await opened({ limits: { marketDataLines: 10_000 } })
    const open = () =>
      Array.from({ length: 10_000 }, (_, index) => stream.subscribe(marketData(index + 1, ['last'])))
    for (const subscription of open()) subscription.close()
    expect(stream.status()).toMatchObject({ subscriptions: [], marketDataLines: { taken: 0 } })
    expect(sockets.last().sent).toHaveLength(20_001)
    open()
    expect(() => stream.subscribe(marketData(20_000, ['last']))).toThrow(/All 10000 market data lines/)
    stream.close()
  })
})
