import { describe, expect, it } from 'vitest'
import { createHarness, failureOf } from './support/harness.ts'
import { settle } from './support/virtual-clock.ts'

const timeouts = { connectMs: 1_000, headersMs: 2_000, bodyMs: 3_000, totalMs: 0 }

describe('timeouts', () => {
  it('of the connection', async () => {
    const { transport, dispatcher, clock } = createHarness(() => undefined, { timeouts, retry: { limit: 0 } })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'no', elapsedMs: 1_000 })
    expect(dispatcher.last.start()).toBe(false)
    expect(dispatcher.last.written).toBe(false)
  })

  it('of the headers, counted from when the request went out', async () => {
    const { transport, clock } = createHarness(
      (exchange) => void clock.setTimeout(() => exchange.start(), 900),
      {
        timeouts,
        retry: { limit: 0 },
      },
    )
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'maybe', elapsedMs: 2_900 })
    expect(error.message).toContain('no reply within 2000 ms')
  })

  it('of the body, counted between its pieces', async () => {
    const { transport, dispatcher, clock } = createHarness(
      (exchange) => {
        exchange.start()
        exchange.head(200)
        for (const ms of [2_900, 5_800, 8_700]) clock.setTimeout(() => exchange.data('x'), ms)
      },
      { timeouts, retry: { limit: 0 } },
    )
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error).toMatchObject({
      code: 'ERR_TRANSPORT_TIMEOUT',
      sent: 'yes',
      status: 200,
      elapsedMs: 11_700,
    })
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
  })

  it('of the whole call, with its waits: a server that drips is cut off', async () => {
    const { transport, clock } = createHarness(
      (exchange) => {
        exchange.start()
        exchange.head(200)
        for (let ms = 1_000; ms < 60_000; ms += 1_000) clock.setTimeout(() => exchange.data('x'), ms)
      },
      { timeouts: { ...timeouts, totalMs: 10_000 } },
    )
    expect(await clock.until(failureOf(transport.get('/a')))).toMatchObject({
      code: 'ERR_TRANSPORT_TIMEOUT',
      elapsedMs: 10_000,
    })
    expect(await clock.until(failureOf(transport.post('/a')))).toMatchObject({
      code: 'ERR_TRANSPORT_AMBIGUOUS',
      elapsedMs: 10_000,
    })
  })

  it('of the whole call, while it waits to repeat: an order that never went out is not ambiguous', async () => {
    const { transport, clock } = createHarness((exchange) => exchange.fail('ECONNREFUSED'), {
      timeouts: { totalMs: 500 },
      retry: { baseDelayMs: 400, maxDelayMs: 10_000 },
    })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', attempts: 2 })
  })

  it('can be set for a request, and 0 is none', async () => {
    const { transport, clock } = createHarness(() => undefined, { timeouts, retry: { limit: 0 } })
    expect(
      (await clock.until(failureOf(transport.get('/a', { timeouts: { connectMs: 7 } })))).elapsedMs,
    ).toBe(7)
    const call = transport.get('/a', { timeouts: { connectMs: 0 }, signal: AbortSignal.timeout(1) })
    call.catch(() => undefined)
    await clock.advance(0)
    expect(clock.pending).toBe(0)
    await failureOf(call)
  })

  it.each([86_400_000, -86_400_000])(
    'take as long as they should, also with a clock that is set by %d ms',
    async (byMs) => {
      const { transport, clock } = createHarness((exchange) => void exchange.start(), {
        timeouts,
        retry: { limit: 0 },
      })
      const failure = failureOf(transport.post('/a'))
      await settle()
      clock.set(clock.now() + byMs)
      await clock.advance(timeouts.headersMs - 1)
      expect(clock.pending).toBeGreaterThan(0)
      await clock.advance(1)
      expect(clock.pending).toBe(0)
      expect(await failure).toMatchObject({ code: 'ERR_TRANSPORT_AMBIGUOUS', elapsedMs: timeouts.headersMs })
    },
  )

  it('leave no timer behind, whether the call ends well or not', async () => {
    const { transport, clock } = createHarness((exchange, number) => exchange.reply(number === 1 ? 200 : 500))
    await transport.get('/a')
    await failureOf(transport.get('/a'))
    expect(clock.pending).toBe(0)
  })
})

describe('aborting', () => {
  it('before the call sends nothing and authorises nothing', async () => {
    let authorized = 0
    const authorize = () => {
      authorized++
      return {}
    }
    const { transport, dispatcher, clock } = createHarness(undefined, { authorize })
    const error = await failureOf(transport.post('/a', { signal: AbortSignal.abort('changed my mind') }))
    expect(error).toMatchObject({
      code: 'ERR_TRANSPORT_ABORTED',
      sent: 'no',
      attempts: 0,
      cause: 'changed my mind',
    })
    await clock.advance(1)
    expect([authorized, dispatcher.exchanges.length, clock.pending]).toEqual([0, 0, 0])
  })

  it('before a connection takes the request writes nothing', async () => {
    const { transport, dispatcher } = createHarness(() => undefined)
    const controller = new AbortController()
    const failure = failureOf(transport.post('/a', { signal: controller.signal }))
    await settle()
    controller.abort()
    expect(await failure).toMatchObject({ code: 'ERR_TRANSPORT_ABORTED', sent: 'no' })
    expect(dispatcher.last.start()).toBe(false)
    expect(dispatcher.last.written).toBe(false)
  })

  it('after the request went out says that it may have been carried out', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => void exchange.start())
    const controller = new AbortController()
    const failure = failureOf(transport.post('/a', { signal: controller.signal }))
    await settle()
    controller.abort()
    const error = await failure
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_ABORTED', sent: 'maybe', retryable: false })
    expect(error.message).toContain('ask for the state')
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
    expect(clock.pending).toBe(0)
  })

  it('ends the wait before a repeat', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => exchange.reply(503))
    const controller = new AbortController()
    const failure = failureOf(transport.get('/a', { signal: controller.signal }))
    await settle()
    controller.abort()
    expect((await failure).code).toBe('ERR_TRANSPORT_ABORTED')
    await clock.advance(60_000)
    expect([dispatcher.exchanges.length, clock.pending]).toEqual([1, 0])
  })

  it('keeps no listener on a signal that lives on', async () => {
    const { signal } = new AbortController()
    let listening = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening--
      remove(...args)
    }
    const { transport } = createHarness((exchange, number) => exchange.reply(number === 1 ? 200 : 500))
    await transport.get('/a', { signal })
    await failureOf(transport.get('/a', { signal }))
    expect(listening).toBe(0)
  })
})

describe('closing', () => {
  it('ends what is under way, each with one error, and leaves nothing', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange, number) => {
      if (number === 2) exchange.start()
      if (number === 3) exchange.reply(503)
    })
    const failures = ['/connecting', '/sent', '/waiting'].map((path) => failureOf(transport.get(path)))
    await settle()
    await transport.close()
    const errors = await Promise.all(failures)
    expect(errors.map(({ code, sent }) => [code, sent])).toEqual([
      ['ERR_TRANSPORT_CLOSED', 'no'],
      ['ERR_TRANSPORT_CLOSED', 'maybe'],
      ['ERR_TRANSPORT_CLOSED', 'yes'],
    ])
    await clock.advance(120_000)
    expect([clock.pending, dispatcher.exchanges.length]).toEqual([0, 3])
  })

  it('refuses what comes after it', async () => {
    const { transport, dispatcher } = createHarness()
    await transport.close()
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_CLOSED')
    expect((await failureOf(transport.stream({ method: 'GET', url: '/a' }))).code).toBe(
      'ERR_TRANSPORT_CLOSED',
    )
    expect(dispatcher.exchanges).toHaveLength(0)
  })

  it('may happen twice, or by leaving a block', async () => {
    const { transport } = createHarness()
    await transport.close()
    await transport.close()
    await transport[Symbol.asyncDispose]()
  })
})
