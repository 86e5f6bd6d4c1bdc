import { describe, expect, it } from 'vitest'
import { type Gap, marketData, orders, profitAndLoss, type Stream, trades } from '../src/index.ts'
import { collect, opened } from './set-up.ts'
import { settle } from './support.ts'

// What may have been missed is told, with bounds that hold, and asked about.

type Opened = Awaited<ReturnType<typeof opened>>

const order = (orderId: number) => ({ topic: 'sor', args: [{ orderId }] })
const kindsOf = (items: readonly { kind: string }[]) => items.map(({ kind }) => kind)

async function reconnect({ sockets, clock }: Opened): Promise<void> {
  sockets.last().close()
  await clock.advance(1_000)
  sockets.last().greet()
  await settle()
}

describe('the span of a gap', () => {
  it('begins with the last frame that was heard, not with the moment the silence was noticed', async () => {
    const { sockets, stream, clock } = await opened()
    const items = collect(stream.subscribe(orders()))
    sockets.last().heartbeat()
    const fromMs = clock.now()
    await clock.advance(25_000) // its heart stops
    await clock.advance(1_000)
    sockets.last().greet()
    expect(items).toMatchObject([{ kind: 'gap', fromMs, toMs: clock.now() }])
  })

  it.each([3_600_000, -3_600_000])('holds when the wall clock is set by %i ms meanwhile', async (byMs) => {
    const { sockets, stream, clock } = await opened()
    const items = collect(stream.subscribe(orders()))
    sockets.last().close()
    clock.setWallClock(byMs)
    await clock.advance(750)
    sockets.last().greet()
    const [gap] = items as Gap[]
    expect(gap?.toMs).toBe(clock.now())
    expect(clock.now() - (gap?.fromMs ?? Number.NaN)).toBeGreaterThanOrEqual(750)
  })

  it('is told to those alone who had been listening', async () => {
    const set = await opened()
    const before = collect(set.stream.subscribe(orders()))
    set.sockets.last().close()
    const meanwhile = collect(set.stream.subscribe(trades()))
    await set.clock.advance(1_000)
    set.sockets.last().greet()
    expect([kindsOf(before), kindsOf(meanwhile)]).toEqual([['gap'], []])
  })
})

describe('a brokerage session that goes and comes back', () => {
  const status = ({ sockets }: Opened, args: object) => sockets.last().frame({ topic: 'sts', args })

  it.each(['authenticated', 'connected'])(
    'is a gap, told by %s, after which all is asked for again',
    async (flag) => {
      const set = await opened()
      const items = collect(set.stream.subscribe(orders(), { catchUp: () => 'asked' }))
      const quotes = collect(set.stream.subscribe(marketData(1, ['last'])))
      set.sockets.last().frame({ topic: 'smd+1', '31': '5' })
      set.stream.subscribe(profitAndLoss())
      const sent = set.sockets.last().sent.length
      status(set, { [flag]: false })
      expect(quotes.at(-1)).toMatchObject({ kind: 'update', stale: 'no-brokerage-session' })
      await set.clock.advance(9_000)
      status(set, { [flag]: true })
      await settle()
      expect(set.sockets.last().sent.slice(sent)).toEqual(['sor+{}', 'smd+1+{"fields":["31","6509"]}'])
      expect(items).toMatchObject([
        { kind: 'gap', toMs: set.clock.now(), fromMs: set.clock.now() - 9_000 },
        { kind: 'caught-up', value: 'asked' },
      ])
      expect(set.sockets.all).toHaveLength(1)
      set.sockets.last().frame({ topic: 'smd+1', '31': '6' })
      expect(quotes.at(-1)).toMatchObject({ kind: 'update', stale: undefined })
    },
  )

  it('ends nothing that IBKR refuses meanwhile, and asks for what was wanted meanwhile', async () => {
    const set = await opened()
    status(set, { authenticated: false })
    const items = collect(set.stream.subscribe(marketData(1, ['last'])))
    expect(set.sockets.last().sent).toEqual(['tic'])
    set.sockets.last().frame({ topic: 'smd+1', error: 'not authenticated' })
    expect(set.stream.status().subscriptions).toMatchObject([{ stale: 'no-brokerage-session' }])
    status(set, { authenticated: true })
    set.sockets.last().frame({ topic: 'smd+1', '31': '5' })
    expect(items).toMatchObject([{ kind: 'update', stale: undefined }])
  })

  it('is not waited for without end: a new connection is asked after five minutes', async () => {
    const set = await opened()
    set.stream.subscribe(orders())
    status(set, { connected: false })
    for (let turn = 0; turn < 30; turn += 1) {
      set.sockets.last().heartbeat()
      await set.clock.advance(10_000)
    }
    expect(set.stream.status()).toMatchObject({ state: 'waiting', reason: 'no-brokerage-session' })
    await set.clock.advance(1_000)
    set.sockets.last().greet()
    expect(set.sockets.last().sent).toEqual(['tic', 'sor+{}'])
  })
})

describe('catchUp', () => {
  function hanging(stream: Stream) {
    const asked: { gap: Gap; signal: AbortSignal; answer: (value: unknown) => void }[] = []
    const subscription = stream.subscribe(orders(), {
      catchUp: (gap, { signal }) => new Promise((answer) => asked.push({ gap, signal, answer })),
    })
    return { asked, subscription, items: collect(subscription) }
  }

  it('that never answers is waited for a minute, then told of, and holds nothing back any more', async () => {
    const set = await opened()
    const { asked, items } = hanging(set.stream)
    await reconnect(set)
    set.sockets.last().frame(order(2))
    for (let turn = 0; turn < 6; turn += 1) {
      expect(kindsOf(items)).toEqual(['gap'])
      set.sockets.last().heartbeat()
      await set.clock.advance(10_000)
    }
    expect(kindsOf(items)).toEqual(['gap', 'update'])
    expect(asked[0]?.signal.aborted).toBe(true)
    expect(set.events).toContainEqual(
      expect.objectContaining({
        type: 'error',
        error: expect.objectContaining({ code: 'ERR_STREAM_CATCH_UP' }),
      }),
    )
    asked[0]?.answer('too late')
    await settle()
    expect(kindsOf(items)).toEqual(['gap', 'update'])
  })

  it('is asked about a second gap too, since the first answer may be older than it', async () => {
    const set = await opened()
    const { asked, items } = hanging(set.stream)
    await reconnect(set)
    await set.clock.advance(10_000)
    set.sockets.last().frame(order(1))
    await reconnect(set)
    set.sockets.last().frame(order(2))
    expect(asked).toHaveLength(1)
    asked[0]?.answer('one')
    await settle()
    expect(asked).toHaveLength(2)
    expect(asked[1]?.gap.fromMs).toBeGreaterThan(asked[0]?.gap.toMs ?? Number.NaN)
    expect(kindsOf(items)).toEqual(['gap', 'caught-up', 'update', 'gap'])
    asked[1]?.answer('two')
    await settle()
    expect(items.slice(3)).toMatchObject([
      { kind: 'gap' },
      { kind: 'caught-up', value: 'two' },
      { kind: 'update', value: [{ orderId: 2 }] },
    ])
  })

  it('of a subscription that is closed meanwhile is aborted, and nothing comes of it', async () => {
    const set = await opened()
    const { asked, items, subscription } = hanging(set.stream)
    await reconnect(set)
    subscription.close()
    expect(asked[0]?.signal.aborted).toBe(true)
    asked[0]?.answer('late')
    await settle()
    expect(kindsOf(items)).toEqual(['gap'])
  })

  it('for which too much waits ends the subscription, with all that was held before the error', async () => {
    const set = await opened()
    const subscription = set.stream.subscribe(orders(), {
      catchUp: () => new Promise(() => undefined),
      queueCapacity: 3,
    })
    await reconnect(set)
    const reader = subscription[Symbol.asyncIterator]()
    expect(await reader.next()).toMatchObject({ value: { kind: 'gap' } })
    for (let id = 1; id <= 4; id += 1) set.sockets.last().frame(order(id))
    for (let id = 1; id <= 3; id += 1)
      expect(await reader.next()).toMatchObject({ value: { value: [{ orderId: id }] } })
    await expect(reader.next()).rejects.toMatchObject({ code: 'ERR_STREAM_OVERFLOW' })
  })

  it.each([
    ['throws nothing', () => Promise.reject(undefined)],
    [
      'answers a promise that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is the point
        get then(): never {
          throw new Error('mine')
        },
      }),
    ],
  ])('that %s is told of, and what follows comes', async (_name, catchUp) => {
    const set = await opened()
    const items = collect(set.stream.subscribe(orders(), { catchUp }))
    await reconnect(set)
    set.sockets.last().frame(order(2))
    await settle()
    expect(kindsOf(items)).toEqual(['gap', 'update'])
    expect(set.events.filter(({ type }) => type === 'error')).toHaveLength(1)
  })
})
