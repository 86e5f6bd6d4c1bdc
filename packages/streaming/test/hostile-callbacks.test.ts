import { describe, expect, it } from 'vitest'
import { marketData, orders, type StreamTicket } from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

describe('hostile callbacks', () => {
  it('a connect() that asks to wait is asked again when it said, within reason', async () => {
    let asked = 0
    const { clock, stream } = setUp({
      connect: async () => {
        asked += 1
        throw Object.assign(new Error('paced'), { retryAfterMs: asked === 1 ? 120_000 : 1e12 })
      },
    })
    stream.subscribe(orders())
    await clock.advance(119_000)
    expect(asked).toBe(1)
    await clock.advance(1_000)
    expect(asked).toBe(2)
    await clock.advance(900_000)
    expect(asked).toBe(3)
  })

  it.each<[string, () => unknown]>([
    [
      'throws at once',
      () => {
        throw new Error('no')
      },
    ],
    ['throws nothing', () => Promise.reject(undefined)],
    [
      'answers with members that throw',
      () => ({
        get query(): never {
          throw new Error('no')
        },
      }),
    ],
    [
      'answers a token that is there once',
      () => {
        let reads = 0
        return {
          query: { name: 'oauth_token', value: { reveal: () => (reads++ === 0 ? 'a' : 'b c') } },
          session: 's',
        }
      },
    ],
    ['answers null', () => null],
  ])('a connect() that %s pauses the stream, which asks again', async (_name, connect) => {
    const { clock, stream, sockets } = setUp({ connect: connect as () => Promise<StreamTicket> })
    stream.subscribe(orders())
    await settle()
    expect(['paused', 'waiting']).toContain(stream.status().state)
    await clock.advance(60_000)
    expect(sockets.all).toHaveLength(0)
    stream.close()
  })

  it.each<[string, unknown]>([
    [
      'throws',
      () => {
        throw new Error('no socket')
      },
    ],
    ['answers nothing', () => undefined],
    [
      'answers what cannot send',
      (_address: unknown, listener: { opened(): void; message(data: string): void }) => {
        queueMicrotask(() => {
          listener.opened()
          listener.message('{"topic":"system","success":"u"}')
        })
        return {
          send: () => {
            throw new Error('cannot send')
          },
          drop: () => {
            throw new Error('cannot drop')
          },
        }
      },
    ],
  ])('an openSocket that %s is tried again and again, and told of', async (_name, openSocket) => {
    const { clock, stream, events } = setUp({ openSocket: openSocket as never })
    stream.subscribe(orders())
    await clock.advance(120_000)
    expect(stream.status().state).not.toBe('open')
    expect(
      events.filter((event) => event.type === 'state' && event.to === 'connecting').length,
    ).toBeGreaterThan(2)
    stream.close()
    await clock.advance(3_600_000)
    expect(clock.timers).toBe(0)
  })

  it.each<[string, unknown]>([
    ['nonsense', 7],
    [
      'what throws',
      () => {
        throw new Error('mine')
      },
    ],
  ])('an onCredential that answers %s does not keep the stream from closing', async (_name, end) => {
    const { stream, sockets } = await opened({ onCredential: () => end as never })
    stream.close()
    expect([stream.status().state, sockets.last().dropped]).toEqual(['closed', true])
  })

  it('listeners that close the stream, subscribe or throw within an event are heard to the end', async () => {
    const { stream, sockets, events, clock } = await opened()
    stream.subscribe(orders()).on(() => {
      stream.close()
      expect(() => stream.subscribe(orders())).toThrow(/closed/)
      throw new Error('mine')
    })
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    expect(stream.status().state).toBe('closed')
    const count = events.length
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 2 }] })
    await clock.advance(3_600_000)
    expect([events.length, clock.timers]).toEqual([count, 0])
  })

  it('listeners that are asynchronous and fail are told of', async () => {
    const { stream, sockets, events } = await opened()
    const [ofItems, ofEvents] = [new Error('of items'), new Error('of events')]
    stream.subscribe(orders()).on(async () => {
      throw ofItems
    })
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    await settle()
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', error: ofItems }))
    stream.on(async ({ type }) => {
      if (type === 'state') throw ofEvents
    })
    sockets.last().close()
    await settle()
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', error: ofEvents }))
  })

  it('a subscription made within an item is asked for', async () => {
    const { stream, sockets } = await opened()
    let once = true
    stream.subscribe(orders()).on(() => {
      if (once) stream.subscribe(marketData(9, ['last']))
      once = false
    })
    sockets.last().frame({ topic: 'sor', args: [] })
    expect(sockets.last().sent.at(-1)).toMatch(/^smd\+9/)
  })

  it('a random that throws spreads nothing and breaks nothing', async () => {
    const { stream, sockets, clock } = setUp({
      random: () => {
        throw new Error('no')
      },
    })
    stream.subscribe(orders())
    await settle()
    sockets.last().close()
    await clock.advance(1_000)
    expect(sockets.all).toHaveLength(2)
  })

  it('a topic of the caller whose read throws is told of, and alone in it', async () => {
    const { stream, sockets, events } = await opened()
    stream.subscribe({
      ...orders(),
      subscribe: 'sor+{"mine":true}',
      open: () => ({
        newest: () => undefined,
        read: () => {
          throw new Error('mine')
        },
      }),
    })
    const items = collect(stream.subscribe(orders()))
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    expect(items).toHaveLength(1)
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', error: new Error('mine') }))
  })
})
