import { describe, expect, it } from 'vitest'
import { orders, trades } from '../src/index.ts'
import { collect, opened } from './set-up.ts'
import { settle } from './support.ts'

describe('orders and trades', () => {
  it('a gap is told with its span, and what was caught up comes before what follows', async () => {
    let answer: (value: unknown) => void = () => undefined
    const gaps: unknown[] = []
    const { sockets, stream, clock } = await opened()
    const items = collect(
      stream.subscribe(orders(), {
        catchUp: (gap) => {
          gaps.push(gap)
          return new Promise((resolve) => {
            answer = resolve
          })
        },
      }),
    )
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    const fromMs = clock.now()
    sockets.last().close()
    await clock.advance(750)
    sockets.last().greet()
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 2 }] })
    await settle()
    expect(items.map(({ kind }) => kind)).toEqual(['update', 'gap'])
    answer(['orders over HTTP'])
    await settle()
    expect(items.slice(1)).toMatchObject([
      { kind: 'gap', fromMs, toMs: fromMs + 750 },
      { kind: 'caught-up', value: ['orders over HTTP'], fromMs },
      { kind: 'update', value: [{ orderId: 2 }] },
    ])
    expect(gaps).toEqual([{ fromMs, toMs: fromMs + 750 }])
  })

  it('a catchUp that throws is told, and loses nothing', async () => {
    const { sockets, stream, clock, events } = await opened()
    const items = collect(
      stream.subscribe(orders(), {
        catchUp: () => {
          throw new Error('no')
        },
      }),
    )
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 2 }] })
    await settle()
    expect(items.map(({ kind }) => kind)).toEqual(['gap', 'update'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', error: new Error('no') }))
  })

  it('a reader that is too slow ends with an error instead of a hole', async () => {
    const { sockets, stream } = await opened()
    const subscription = stream.subscribe(orders(), { queueCapacity: 3 })
    const reader = subscription[Symbol.asyncIterator]()
    for (let id = 1; id <= 5; id += 1) sockets.last().frame({ topic: 'sor', args: [{ orderId: id }] })
    for (let id = 1; id <= 3; id += 1)
      expect(await reader.next()).toMatchObject({ value: { value: [{ orderId: id }] } })
    await expect(reader.next()).rejects.toMatchObject({ code: 'ERR_STREAM_OVERFLOW' })
    expect(stream.status().subscriptions).toEqual([])
  })

  it('each execution comes once, however often IBKR sends it', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(trades({ days: 3 })))
    expect(sockets.last().sent.at(-1)).toBe('str+{"days":3}')
    const execution = { execution_id: 'a' }
    sockets.last().frame({ topic: 'str', args: [] })
    sockets.last().frame({ topic: 'str', args: [execution] })
    sockets.last().frame({ topic: 'str', args: [execution, { execution_id: 'b' }] })
    expect(items.flatMap((item) => (item.kind === 'update' ? item.value : []))).toEqual([
      execution,
      { execution_id: 'b' },
    ])
  })
})
