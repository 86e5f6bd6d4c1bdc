import { describe, expect, it } from 'vitest'
import {
  accountSummary,
  createStream,
  depth,
  history,
  isStreamError,
  marketData,
  notifications,
  orders,
  type Quote,
  StreamError,
  type StreamEvent,
  type StreamItem,
  type StreamOptions,
  topic,
  trades,
} from '../src/index.ts'
import { settle, TestClock, testSockets } from './support.ts'

function setUp(options: Partial<StreamOptions> = {}) {
  const clock = new TestClock()
  const sockets = testSockets()
  const events: StreamEvent[] = []
  let connects = 0
  const stream = createStream({
    url: 'wss://api.ibkr.com/v1/api/ws',
    connect: async () => {
      connects += 1
      return { query: { name: 'oauth_token', value: 'to+ken/=' }, session: `session${connects}` }
    },
    openSocket: sockets.open,
    clock,
    random: () => 0.5,
    ...options,
  })
  stream.on((event) => events.push(event))
  return { clock, sockets, stream, events, connects: () => connects }
}

async function opened(options: Partial<StreamOptions> = {}) {
  const set = setUp(options)
  const ready = set.stream.ready()
  await settle()
  set.sockets.last().greet()
  await ready
  return set
}

function collect<Value>(subscription: {
  on(listener: (item: StreamItem<Value>) => void): unknown
}): StreamItem<Value>[] {
  const items: StreamItem<Value>[] = []
  subscription.on((item) => items.push(item))
  return items
}

const quoteTopic = marketData(265598, ['last', 'bid', '86'])
const quoteText = 'smd+265598+{"fields":["31","84","86","6509"]}'

describe('the connection', () => {
  it('carries token, session and user agent, each encoded for its place', async () => {
    const { sockets } = await opened({ userAgent: 'my-bot' })
    expect(sockets.last().address).toEqual({
      url: 'wss://api.ibkr.com/v1/api/ws?oauth_token=to%2Bken%2F%3D',
      headers: { cookie: 'api=session1', 'user-agent': 'my-bot' },
    })
  })

  it('says nothing before the greeting, then tic and what is wanted', async () => {
    const { stream, sockets, clock } = setUp()
    stream.subscribe(quoteTopic)
    await settle()
    sockets.last().open()
    await clock.advance(5_000)
    expect(sockets.last().sent).toEqual([])
    sockets.last().frame({ topic: 'system', success: 'user' })
    expect(sockets.last().sent).toEqual(['tic', quoteText])
  })

  it('answers "waiting for session" once, and only then', async () => {
    const { stream, sockets } = setUp()
    stream.subscribe(quoteTopic)
    await settle()
    sockets.last().open()
    sockets.last().frame({ message: 'waiting for session' })
    sockets.last().frame({ message: 'waiting for session' })
    expect(sockets.last().sent).toEqual(['{"session":"session1"}'])
  })

  it('gives up a server that does not greet, and one whose heart stops', async () => {
    const { stream, sockets, clock } = setUp()
    stream.subscribe(quoteTopic)
    await settle()
    sockets.last().open()
    await clock.advance(10_000)
    expect(sockets.all[0]?.dropped).toBe(true)
    await clock.advance(1_000)
    expect(sockets.all).toHaveLength(2)
    sockets.last().greet()
    await clock.advance(20_000)
    sockets.last().heartbeat()
    await clock.advance(24_000)
    expect(stream.status().state).toBe('open')
    await clock.advance(1_100)
    expect(stream.status()).toMatchObject({ state: 'waiting', reason: 'no-heartbeat' })
  })

  it('sends tic within every minute', async () => {
    const { sockets, clock } = await opened()
    for (let turn = 0; turn < 30; turn += 1) {
      sockets.last().heartbeat()
      await clock.advance(10_000)
    }
    const tics = sockets.last().sent.filter((text) => text === 'tic').length
    expect(tics).toBeGreaterThanOrEqual(6)
    expect(tics).toBeLessThan(10)
  })

  it('takes binary frames like text', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(quoteTopic))
    sockets.last().binary({ topic: 'smd+265598', '31': '10' })
    expect(items).toMatchObject([{ kind: 'update', value: { fields: { last: '10' } } }])
  })

  it('waits longer each time, is reset by the greeting and not by the open', async () => {
    const { sockets, stream, clock } = setUp()
    stream.subscribe(quoteTopic)
    const waits: number[] = []
    for (let turn = 0; turn < 5; turn += 1) {
      await settle()
      sockets.last().open()
      sockets.last().close()
      const { retryAtMs = 0 } = stream.status()
      waits.push(retryAtMs - clock.now())
      await clock.advance(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000])
    sockets.last().greet()
    sockets.last().close()
    expect((stream.status().retryAtMs ?? 0) - clock.now()).toBe(750)
  })

  it('connects anew with each new credential, with at most one socket', async () => {
    let renewed: () => void = () => undefined
    const { sockets, stream, clock, events } = await opened({
      onCredential: (listener) => {
        renewed = listener
        return () => undefined
      },
    })
    const items = collect(stream.subscribe(orders()))
    renewed()
    await settle()
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'state', from: 'open', to: 'connecting', reason: 'new-credential' }),
    )
    expect(sockets.all.map(({ dropped }) => dropped)).toEqual([true, false])
    expect(sockets.last().address.headers.cookie).toBe('api=session2')
    sockets.last().greet()
    expect(sockets.last().sent).toEqual(['tic', 'sor+{}'])
    expect(items.map(({ kind }) => kind)).toEqual(['gap'])
    await clock.advance(0)
  })

  it('pauses while another login competes, and comes back when connect() answers', async () => {
    const { sockets, stream, clock, events } = await opened()
    sockets.last().frame({ topic: 'sts', args: { competing: true } })
    expect(stream.status()).toMatchObject({ state: 'paused', reason: 'competing' })
    expect(sockets.last().dropped).toBe(true)
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'brokerage',
        brokerage: expect.objectContaining({ competing: true, authenticated: true }),
      }),
    )
    await clock.advance(10_000)
    sockets.last().greet()
    expect(stream.status().state).toBe('open')
  })

  it('pauses while connect() is refused, and tells its error', async () => {
    let refuse = true
    const { stream, clock, events } = setUp({
      connect: async () => {
        if (refuse) throw new Error('the session has failed')
        return { query: { name: 'bearer_token', value: { reveal: () => 'b' } }, session: 's' }
      },
    })
    stream.subscribe(quoteTopic)
    await settle()
    expect(stream.status()).toMatchObject({
      state: 'paused',
      reason: 'connect-failed',
      lastError: 'the session has failed',
    })
    refuse = false
    await clock.advance(60_000)
    expect(stream.status().state).toBe('opening')
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(1)
  })

  it('tells the status of a refused upgrade', async () => {
    const { stream, sockets, events } = setUp()
    stream.subscribe(quoteTopic)
    await settle()
    sockets.last().refuse(new StreamError('ERR_STREAM_REFUSED', 'answered with 401', { status: 401 }))
    expect(stream.status()).toMatchObject({
      state: 'paused',
      reason: 'refused',
      lastError: 'answered with 401',
    })
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'error', error: expect.objectContaining({ status: 401 }) }),
    )
  })

  it('does not wait for a connect() that hangs, nor for its late answer', async () => {
    const answers: ((ticket: Awaited<ReturnType<StreamOptions['connect']>>) => void)[] = []
    const { stream, clock, sockets } = setUp({
      connect: () => new Promise((resolve) => answers.push(resolve)),
    })
    stream.subscribe(quoteTopic)
    await clock.advance(60_000)
    expect(stream.status().reason).toBe('connect-failed')
    answers[0]?.({ query: { name: 'oauth_token', value: 'a' }, session: 's' })
    await settle()
    expect(sockets.all).toHaveLength(0)
    await clock.advance(60_000)
    answers[1]?.({ query: { name: 'oauth_token', value: 'a' }, session: 's' })
    await settle()
    expect(sockets.all).toHaveLength(1)
  })

  it.each([
    undefined,
    {},
    { query: { name: 'token', value: 'a' }, session: 's' },
    { query: { name: 'oauth_token', value: 'a b' }, session: 's' },
    { query: { name: 'oauth_token', value: { reveal: () => 7 } }, session: 's' },
    { query: { name: 'oauth_token', value: 'a' }, session: 's\r\nx: y' },
  ])('refuses the ticket %j', async (ticket) => {
    const { stream, sockets } = setUp({ connect: async () => ticket as never })
    stream.subscribe(quoteTopic)
    await settle()
    expect(stream.status()).toMatchObject({
      state: 'paused',
      lastError: expect.stringContaining('connect()'),
    })
    expect(sockets.all).toHaveLength(0)
  })

  it('is at its end after close()', async () => {
    const { stream, sockets, clock, events } = await opened()
    const subscription = stream.subscribe(quoteTopic)
    stream.close()
    const [before, sent] = [events.length, sockets.last().sent.length]
    sockets.last().frame({ topic: 'smd+265598', '31': '1' })
    await clock.advance(3_600_000)
    expect([events.length, sockets.last().sent.length, sockets.all.length, clock.timers]).toEqual([
      before,
      sent,
      1,
      0,
    ])
    expect(() => stream.subscribe(quoteTopic)).toThrow(/closed/)
    await expect(stream.ready()).rejects.toMatchObject({ code: 'ERR_STREAM_CLOSED' })
    for await (const item of subscription) throw new Error(`came after the end: ${item.kind}`)
  })
})

describe('market data', () => {
  const frame = (fields: object) => ({ topic: 'smd+265598', conid: 265598, _updated: 5, ...fields })

  it('is merged from changes, with its availability', async () => {
    const { sockets, stream } = await opened()
    const items = collect<Quote>(stream.subscribe(quoteTopic))
    sockets.last().frame(frame({ '31': '10.5', '84': '10', '6509': 'RpB' }))
    sockets.last().frame(frame({ '84': '10.1', '6509': 'DPB' }))
    expect(items.at(-1)).toMatchObject({
      value: { fields: { last: '10.5', bid: '10.1', '84': '10.1' }, availability: 'delayed', updatedAtMs: 5 },
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
