import { describe, expect, it } from 'vitest'
import {
  accountSummary,
  history,
  marketData,
  orders,
  type Row,
  type StreamItem,
  trades,
} from '../src/index.ts'
import { collect, opened } from './set-up.ts'

// IBKR keeps one subscription for a topic and a connection: what one reader asks must not take from another.

const rowsOf = (items: StreamItem<readonly Row[]>[]) =>
  items.flatMap((item) => (item.kind === 'update' ? item.value : []))

describe('several subscriptions of one topic', () => {
  it('are asked for as one that wants what all of them want, also when asked for again', async () => {
    const { sockets, stream, clock } = await opened()
    stream.subscribe(marketData(1, ['last']))
    stream.subscribe(marketData(1, ['bid']))
    expect(sockets.last().sent.at(-1)).toBe('smd+1+{"fields":["31","6509","84"]}')
    stream.subscribe(orders())
    stream.subscribe(orders(['Submitted']))
    expect(sockets.last().sent.at(-1)).toBe('sor+{}')
    stream.subscribe(trades())
    stream.subscribe(trades({ days: 3, realtimeUpdatesOnly: true }))
    expect(sockets.last().sent.at(-1)).toBe('str+{"days":3}')
    stream.subscribe(accountSummary('U1', { keys: ['A'], fields: ['x'] }))
    stream.subscribe(accountSummary('U1', { keys: ['B'] }))
    expect(sockets.last().sent.at(-1)).toBe('ssd+U1+{"keys":["A","B"]}')
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    expect(sockets.last().sent).toEqual([
      'tic',
      'smd+1+{"fields":["31","6509","84"]}',
      'sor+{}',
      'str+{"days":3}',
      'ssd+U1+{"keys":["A","B"]}',
    ])
  })

  it('count as one market data line, and end at IBKR with the last of them', async () => {
    const { sockets, stream } = await opened({ limits: { marketDataLines: 1 } })
    const one = stream.subscribe(marketData(1, ['last']))
    const other = stream.subscribe(marketData(1, ['bid']))
    expect(stream.status().marketDataLines.taken).toBe(1)
    one.close()
    expect(sockets.last().sent.at(-1)).not.toBe('umd+1+{}')
    other.close()
    expect(sockets.last().sent.at(-1)).toBe('umd+1+{}')
  })

  it('at two exchanges are refused: the frames of a contract cannot be told apart', async () => {
    const { stream } = await opened()
    const smart = stream.subscribe(marketData(1, ['last']))
    const arca = marketData(1, ['last'], { exchange: 'ARCA' })
    expect(() => stream.subscribe(arca)).toThrow(expect.objectContaining({ code: 'ERR_STREAM_LIMIT' }))
    smart.close()
    const items = collect(stream.subscribe(arca))
    expect(items).toEqual([])
  })

  it.each(['smd+1', 'smd+1@ARCA'])('at an exchange are answered by the topic %s', async (topic) => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(marketData(1, ['last'], { exchange: 'ARCA' })))
    sockets.last().frame({ topic, '31': '5' })
    expect(items).toMatchObject([{ value: { fields: { last: '5' } } }])
  })
})

describe('trades', () => {
  const executions = (...ids: string[]) => ({ topic: 'str', args: ids.map((id) => ({ execution_id: id })) })

  it('tell a reader who comes later what was before, and the others nothing twice', async () => {
    const { sockets, stream } = await opened()
    const topic = trades()
    const first = collect(stream.subscribe(topic))
    sockets.last().frame(executions('a', 'b'))
    const second = collect(stream.subscribe(topic))
    expect(sockets.last().sent.filter((text) => text.startsWith('str'))).toHaveLength(2)
    sockets.last().frame(executions('a', 'b', 'c'))
    expect(rowsOf(first).map((row) => row.execution_id)).toEqual(['a', 'b', 'c'])
    expect(rowsOf(second).map((row) => row.execution_id)).toEqual(['a', 'b', 'c'])
  })

  it('are told anew to a new subscription of the same topic value, of this stream or another', async () => {
    const topic = trades()
    for (let turn = 0; turn < 2; turn += 1) {
      const { sockets, stream } = await opened()
      for (let again = 0; again < 2; again += 1) {
        const subscription = stream.subscribe(topic)
        const items = collect(subscription)
        sockets.last().frame(executions('a'))
        expect(rowsOf(items)).toEqual([{ execution_id: 'a' }])
        subscription.close()
      }
    }
  })

  it('without an id that could be compared are all let through', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(trades()))
    const odd = { topic: 'str', args: [{ side: 'B' }, { execution_id: { a: 1 } }, { execution_id: null }] }
    sockets.last().frame(odd)
    sockets.last().frame(odd)
    expect(rowsOf(items)).toHaveLength(6)
  })
})

describe('history', () => {
  const day = history(1, { period: '1d', bar: '1min' })
  const week = history(1, { period: '1w', bar: '1h' })
  const bars = (serverId: string, points: number) => ({ topic: 'smh+1', serverId, points })

  it('comes to a reader who comes later as well', async () => {
    const { sockets, stream } = await opened()
    stream.subscribe(day)
    sockets.last().frame(bars('7', 1))
    expect(collect(stream.subscribe(day))).toMatchObject([{ value: { points: 1 } }])
  })

  it("of two kinds for one contract is told apart by the server's id", async () => {
    const { sockets, stream } = await opened()
    const days = collect(stream.subscribe(day))
    const weeks = collect(stream.subscribe(week))
    sockets.last().frame(bars('7', 1))
    sockets.last().frame(bars('8', 2))
    sockets.last().frame(bars('7', 3))
    expect(days).toMatchObject([{ value: { points: 1 } }, { value: { points: 3 } }])
    expect(weeks).toMatchObject([{ value: { points: 2 } }])
  })

  it('that is closed before it was answered is given back when it is', async () => {
    const { sockets, stream } = await opened()
    stream.subscribe(day).close()
    sockets.last().frame(bars('7', 1))
    expect(sockets.last().sent.at(-1)).toBe('umh+7')
  })
})

it('close() gives back every line before the connection goes', async () => {
  const { sockets, stream } = await opened()
  stream.subscribe(marketData(1, ['last']))
  stream.subscribe(marketData(2, ['last']))
  stream.subscribe(orders())
  stream.close()
  expect(sockets.last().sent.slice(-3)).toEqual(['umd+1+{}', 'umd+2+{}', 'uor+{}'])
  expect(sockets.last().dropped).toBe(true)
})
