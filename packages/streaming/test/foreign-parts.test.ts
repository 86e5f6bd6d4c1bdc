import { describe, expect, it } from 'vitest'
import { marketData, orders, type SocketListener } from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

const rejects = (message: string) => async () => {
  throw new Error(message)
}
const throws = () => {
  throw new Error('mine')
}
const told = (message: string) =>
  expect.objectContaining({ type: 'error', error: expect.objectContaining({ message }) })

// A rejection that nobody hears ends a process, and fails these tests.
describe('foreign parts that are asynchronous and fail', () => {
  it('who hears of the end of a subscription', async () => {
    const { stream, sockets, events } = await opened()
    stream.subscribe(orders()).on(() => undefined, rejects('of the end'))
    sockets.last().frame({ topic: 'sor', error: 'no' })
    await settle()
    expect(events).toContainEqual(told('of the end'))
  })

  it('what ends the listening to credentials, and the listening itself', async () => {
    const ending = await opened({ onCredential: () => rejects('of the ending') })
    ending.stream.close()
    const { events } = await opened({ onCredential: rejects('of the listening') as never })
    await settle()
    expect(events).toContainEqual(told('of the listening'))
  })

  it('a socket that sends and drops', async () => {
    const openSocket = (_address: unknown, listener: SocketListener) => {
      queueMicrotask(() => {
        listener.opened()
        listener.message('{"topic":"system","success":"u"}')
      })
      return { send: rejects('of the sending'), drop: rejects('of the dropping') }
    }
    const { stream, clock, events } = setUp({ openSocket: openSocket as never })
    stream.subscribe(orders())
    await clock.advance(100)
    expect(stream.status().state).toBe('waiting')
    expect(events).toContainEqual(told('of the sending'))
    expect(events).toContainEqual(told('of the dropping'))
    stream.close()
  })

  it('what opens a socket', async () => {
    const { stream, clock } = setUp({ openSocket: rejects('of the opening') as never })
    stream.subscribe(orders())
    await clock.advance(100)
    expect(stream.status()).toMatchObject({
      state: 'waiting',
      lastError: 'The socket could not be opened: of the opening',
    })
  })
})

describe("a topic of the caller's own", () => {
  it.each<[string, object]>([
    ['filter', { filter: () => throws }],
    ['ending', { unsubscribe: throws }],
    ['newest value', { open: () => ({ read: () => 1, newest: throws }) }],
  ])('whose %s throws is told of, and alone in it', async (_name, part) => {
    const { stream, sockets, clock, events } = await opened()
    const mine = stream.subscribe({ ...orders(), subscribe: 'sor+{"mine":1}', ...part } as never)
    const items = collect(stream.subscribe(orders()))
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    mine.close()
    expect(items.map(({ kind }) => kind)).toEqual(['update', 'gap'])
    expect(events).toContainEqual(told('mine'))
  })

  it('that names itself otherwise each time is the one that it was first', async () => {
    const { stream } = await opened()
    let reads = 0
    const own = {
      ...marketData(1, ['last']),
      get subscribe() {
        reads += 1
        return `smd+1+{"fields":["${reads}"]}`
      },
    }
    stream.subscribe(own).close()
    expect(reads).toBe(1)
    expect(stream.status()).toMatchObject({ subscriptions: [], marketDataLines: { taken: 0 } })
  })

  it.each([
    null,
    5,
    {},
    new Proxy({}, {}),
    { ...orders(), frameTopic: 7 },
    { ...orders(), unsubscribe: undefined },
    { ...orders(), open: 'x' },
    { ...orders(), filter: 5 },
  ])('that is none is refused: %#', async (own) => {
    const { stream } = await opened()
    expect(() => stream.subscribe(own as never)).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_INVALID_INPUT' }),
    )
    expect(stream.status().subscriptions).toEqual([])
  })

  it('that cannot be opened leaves nothing behind', async () => {
    const { stream } = await opened()
    expect(() => stream.subscribe({ ...orders(), open: throws })).toThrow('mine')
    expect(stream.status().subscriptions).toEqual([])
  })
})

describe('others', () => {
  it('who listen with the same function are two, each of whom ends its own', async () => {
    const { stream, sockets } = await opened()
    let heard = 0
    const listener = () => {
      heard += 1
    }
    const end = stream.on(listener)
    stream.on(listener)
    end()
    end()
    sockets.last().close()
    expect(heard).toBe(1)
  })

  it('a socket of the caller whose error repeats the address is told of without the token', async () => {
    const { stream, clock, events } = setUp({
      openSocket: ({ url, headers }) => {
        throw Object.assign(new TypeError(`Invalid URL ${url} ${JSON.stringify(headers)}`), { input: url })
      },
    })
    stream.subscribe(orders())
    await clock.advance(100)
    const errors = events.map((event) => (event.type === 'error' ? event.error : undefined))
    const shown = errors.map((error) => (error instanceof Error ? [error.stack, JSON.stringify(error)] : []))
    expect(`${JSON.stringify(stream.status())}${shown.flat().join()}`).not.toMatch(/to(%2B|\+)ken|session1/)
    expect(stream.status().lastError).toMatch(/^The socket could not be opened: Invalid URL/)
  })
})
