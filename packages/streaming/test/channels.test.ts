import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { onStreamEvent, type StreamEvents } from '../src/channels.ts'
import { createStream, orders, type Stream, StreamError, type StreamOptions } from '../src/index.ts'
import { settle, TestClock, testSockets } from './support.ts'

const kinds = ['state', 'gap', 'brokerage', 'error'] as const
const told: { readonly channel: string; readonly message: object }[] = []
const stops: (() => void)[] = []

beforeEach(() => {
  for (const kind of kinds)
    stops.push(onStreamEvent(`ibkr-auth:stream:${kind}`, (message) => told.push({ channel: kind, message })))
})

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  told.length = 0
})

const messages = (channel: string) =>
  told.filter((one) => one.channel === channel).map(({ message }) => message)

function setUp(options: Partial<StreamOptions> = {}) {
  const clock = new TestClock()
  const sockets = testSockets()
  const stream = createStream({
    url: 'wss://api.ibkr.com/v1/api/ws',
    connect: async () => ({
      query: { name: 'oauth_token', value: 's3cret-s3cret' },
      session: 's3ssion-s3ssion',
    }),
    openSocket: sockets.open,
    clock,
    random: () => 0.5,
    ...options,
  })
  return { clock, sockets, stream }
}

describe('channels', () => {
  it('tell of connections with the cause of their end, gaps, and the brokerage session; no secret', async () => {
    let refusing = false
    const leaky = Object.assign(new Error('s3cret-s3cret in a text'), { headers: 's3cret-s3cret' })
    const { clock, sockets, stream } = setUp({
      connect: async () => {
        if (refusing) throw leaky
        return { query: { name: 'oauth_token', value: 's3cret-s3cret' }, session: 's3ssion-s3ssion' }
      },
    })
    stream.subscribe(orders())
    await settle()
    sockets.last().greet()
    refusing = true
    sockets.last().close()
    await clock.advance(1_000)
    refusing = false
    await clock.advance(20_000)
    sockets.last().greet()
    const { id } = stream.status()
    expect(messages('state').map((message) => Object.values(message).slice(2, 5))).toEqual([
      ['idle', 'connecting', undefined],
      ['connecting', 'opening', undefined],
      ['opening', 'greeting', undefined],
      ['greeting', 'open', undefined],
      ['open', 'waiting', 'closed'],
      ['waiting', 'connecting', undefined],
      ['connecting', 'paused', 'connect-failed'],
      ['paused', 'connecting', undefined],
      ['connecting', 'opening', undefined],
      ['opening', 'greeting', undefined],
      ['greeting', 'open', undefined],
    ])
    expect(messages('gap')).toMatchObject([
      { stream: id, fromMs: expect.any(Number), toMs: expect.any(Number) },
    ])
    expect(messages('brokerage')).toMatchObject([{ brokerage: { authenticated: true } }, { stream: id }])
    expect(messages('error')).toMatchObject([{ stream: id, error: { code: undefined, message: 'Error' } }])
    expect(inspect(told, { depth: 20, showHidden: true })).not.toMatch(/s3cret|s3ssion/)
    stream.close()
  })

  it("say this package's errors in words", async () => {
    const { sockets, stream } = setUp()
    const ready = stream.ready()
    await settle()
    sockets.last().greet()
    await ready
    sockets.last().frame('{')
    expect(messages('error')).toMatchObject([
      { error: { code: 'ERR_STREAM_BAD_FRAME', message: expect.stringContaining('JSON') } },
    ])
    stream.close()
  })

  it('contain listeners that throw', async () => {
    stops.push(
      onStreamEvent('ibkr-auth:stream:state', () => {
        throw new Error('mine')
      }),
    )
    const { sockets, stream } = setUp()
    const ready = stream.ready()
    await settle()
    sockets.last().greet()
    await ready
    stream.close()
  })

  it('are these', () => {
    expectTypeOf<keyof StreamEvents>().toEqualTypeOf<
      `ibkr-auth:stream:${(typeof kinds)[number]}` | 'ibkr-auth:listener-error'
    >()
  })
})

describe('health', () => {
  it('is well before anything was asked for, and while it is open', async () => {
    const { sockets, stream } = setUp()
    expect(stream.health()).toEqual({ ok: true, waitingFor: undefined, remedy: undefined })
    const ready = stream.ready()
    expect(stream.health()).toMatchObject({ ok: false, waitingFor: { what: 'answer' } })
    await settle()
    sockets.last().greet()
    await ready
    expect(stream.health()).toEqual({ ok: true, waitingFor: undefined, remedy: undefined })
  })

  it.each<[string, (set: ReturnType<typeof setUp>) => void, object]>([
    ['closed', ({ sockets }) => sockets.last().close(), { what: 'retry', why: 'the connection was closed' }],
    [
      'refused',
      ({ sockets }) => sockets.last().refuse(new StreamError('ERR_STREAM_REFUSED', 'no', { status: 401 })),
      { what: 'retry', why: 'IBKR refused the connection' },
    ],
    [
      'competing',
      ({ sockets }) => sockets.last().frame({ topic: 'sts', args: { competing: true } }),
      { what: 'other-session' },
    ],
  ])('says what it waits for when it is %s, until when, and what to do', async (_, happen, waitingFor) => {
    const set = setUp()
    const ready = set.stream.ready()
    await settle()
    set.sockets.last().greet()
    await ready
    happen(set)
    const health = set.stream.health()
    expect(health).toMatchObject({ ok: false, waitingFor })
    expect(health.waitingFor?.untilMs).toBeGreaterThan(set.clock.now())
    expect(health.remedy).toMatch(/\w+/)
  })

  it('says that nothing goes on after the end', () => {
    const { stream } = setUp()
    stream.close()
    expect(stream.health()).toMatchObject({
      ok: false,
      waitingFor: { what: 'caller', untilMs: undefined },
      remedy: 'make a new stream',
    })
    expectTypeOf<ReturnType<Stream['health']>['ok']>().toBeBoolean()
  })
})
