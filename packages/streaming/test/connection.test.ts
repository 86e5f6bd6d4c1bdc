import { describe, expect, it } from 'vitest'
import { marketData, orders, StreamError, type StreamOptions } from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

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

  it('waits longer each time a greeted connection is lost at once, until one lasts', async () => {
    const { sockets, stream, clock } = await opened()
    const lose = async (): Promise<number> => {
      sockets.last().close()
      const waitMs = (stream.status().retryAtMs ?? 0) - clock.now()
      await clock.advance(waitMs)
      sockets.last().greet()
      return waitMs
    }
    expect([await lose(), await lose(), await lose()]).toEqual([750, 1_500, 3_000])
    await clock.advance(10_000)
    expect([await lose(), await lose()]).toEqual([750, 750])
  })

  it('tells whoever waits for it of an abort that comes as it is lost', async () => {
    const { sockets, stream } = setUp()
    const controller = new AbortController()
    const ready = stream.ready({ signal: controller.signal })
    await settle()
    sockets.last().greet()
    sockets.last().close()
    controller.abort(new Error('no more'))
    await expect(ready).rejects.toThrow('no more')
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
        if (refuse) throw Object.assign(new Error('Renew it.'), { code: 'ERR_TRANSPORT_SESSION_FAILED' })
        return { query: { name: 'bearer_token', value: { reveal: () => 'b' } }, session: 's' }
      },
    })
    stream.subscribe(quoteTopic)
    await settle()
    expect(stream.status()).toMatchObject({
      state: 'paused',
      reason: 'connect-failed',
      lastError: 'Renew it.',
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
