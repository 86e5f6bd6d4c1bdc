import { describe, expect, it } from 'vitest'
import { TransportError } from '../src/errors.ts'
import type { Attempt, Interceptor } from '../src/request/types.ts'
import { createHarness, failureOf } from './support/harness.ts'

describe('interceptors', () => {
  it.each(['POST', 'PUT', 'DELETE', 'GET'])('that pass a %s on twice double no order', async (method) => {
    const { transport, dispatcher } = createHarness(undefined, {
      interceptors: [
        async (attempt, next) => {
          await next(attempt)
          return next(attempt)
        },
      ],
    })
    const outcome = await transport.request({ method, url: '/orders' }).catch((error: unknown) => error)
    expect(dispatcher.exchanges).toHaveLength(method === 'GET' ? 2 : 1)
    if (method === 'GET') expect(outcome).toMatchObject({ status: 200 })
    else {
      expect(outcome).toMatchObject({ code: 'ERR_TRANSPORT_INVALID_INPUT', sent: 'yes' })
      expect(String(outcome)).toMatch(/next\(\) again.*ask for the state/)
    }
  })

  it('that pass nothing on are told so', async () => {
    const { transport, dispatcher } = createHarness(undefined, {
      interceptors: [(_, next) => next(undefined as never)],
    })
    const failure = await failureOf(transport.post('/orders', { json: {} }))
    expect(failure).toMatchObject({ code: 'ERR_TRANSPORT_INVALID_INPUT', sent: 'no' })
    expect(failure.message).toMatch(/passed on something else/)
    expect(dispatcher.exchanges).toEqual([])
  })

  it('stand around each attempt, the first outermost', async () => {
    const steps: string[] = []
    const named =
      (name: string): Interceptor =>
      async (attempt, next) => {
        steps.push(`${name} ${attempt.number}`)
        const reply = await next(attempt)
        steps.push(`${name} ${reply.status}`)
        return reply
      }
    const { transport, clock } = createHarness(
      (exchange, number) => exchange.reply(number === 1 ? 503 : 200),
      {
        interceptors: [named('outer'), named('inner')],
      },
    )
    await clock.until(transport.get('/a'))
    expect(steps).toEqual([
      'outer 1',
      'inner 1',
      'inner 503',
      'outer 503',
      'outer 2',
      'inner 2',
      'inner 200',
      'outer 200',
    ])
  })

  it('see what will be sent, and who asked', async () => {
    const seen: Attempt[] = []
    const { transport, dispatcher } = createHarness(undefined, {
      interceptors: [
        (attempt, next) => {
          seen.push(attempt)
          return next(attempt)
        },
      ],
    })
    await transport.post('/iserver/orders?a=b', { json: [1], context: { priority: 'high' } })
    expect(seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: 'https://api.ibkr.com/v1/api/iserver/orders?a=b',
        path: '/iserver/orders',
        body: '[1]',
        idempotent: false,
        number: 1,
        context: { priority: 'high' },
        dispatcher,
      }),
    ])
    expect(seen[0]!.signal.aborted).toBe(false)
  })

  it('may authorise otherwise, and send again after a refusal', async () => {
    const { transport, dispatcher } = createHarness(
      (exchange, number) => exchange.reply(number === 1 ? 401 : 200),
      {
        authorize: () => ({ authorization: 'stale' }),
        interceptors: [
          async (attempt, next) => {
            const reply = await next(attempt)
            if (reply.status !== 401) return reply
            return next({ ...attempt, authorize: () => ({ authorization: 'fresh' }) })
          },
        ],
      },
    )
    expect((await transport.get('/a')).status).toBe(200)
    expect(dispatcher.exchanges.map((exchange) => exchange.header('authorization'))).toEqual([
      'stale',
      'fresh',
    ])
  })

  it('may add headers, within the same rules', async () => {
    const adding =
      (headers: Record<string, string>): Interceptor =>
      (attempt, next) =>
        next({ ...attempt, headers: { ...attempt.headers, ...headers } })
    const { transport, dispatcher } = createHarness(undefined, { interceptors: [adding({ 'X-Trace': '1' })] })
    await transport.get('/a')
    expect(dispatcher.last.header('x-trace')).toBe('1')
    const broken = createHarness(undefined, { interceptors: [adding({ 'x-trace': '1\r\n2' })] })
    expect((await failureOf(broken.transport.get('/a'))).code).toBe('ERR_TRANSPORT_INVALID_INPUT')
    expect(broken.dispatcher.exchanges).toHaveLength(0)
  })

  it('cannot send the request anywhere else', async () => {
    const { transport, dispatcher } = createHarness(undefined, {
      interceptors: [(attempt, next) => next({ ...attempt, url: 'https://evil.example/', method: 'DELETE' })],
    })
    await transport.get('/a')
    expect(dispatcher.last.request).toMatchObject({
      origin: 'https://api.ibkr.com',
      path: '/v1/api/a',
      method: 'GET',
    })
  })

  it.each([true, false])('that fail are not repeated, retryable or not: %s', async (retryable) => {
    const own = new TransportError('ERR_TRANSPORT_SESSION_FAILED', 'no session', { retryable })
    let called = 0
    const { transport, clock } = createHarness(undefined, {
      interceptors: [
        () => {
          called++
          return Promise.reject(own)
        },
      ],
    })
    expect(await clock.until(failureOf(transport.get('/a')))).toBe(own)
    expect(called).toBe(1)
  })

  it('that fail after an attempt that could be repeated are not repeated in its stead', async () => {
    const own = new Error('enough')
    const { transport, dispatcher, clock } = createHarness((exchange) => exchange.fail('ECONNREFUSED'), {
      interceptors: [
        (attempt, next) =>
          next(attempt).catch(() => {
            throw own
          }),
      ],
    })
    await expect(clock.until(transport.get('/a'))).rejects.toBe(own)
    expect(dispatcher.exchanges).toHaveLength(1)
  })

  it('that wait are told when to stop, and cannot send afterwards', async () => {
    let reason: unknown
    let late: Promise<unknown> | undefined
    const { transport, dispatcher, clock } = createHarness(undefined, {
      timeouts: { totalMs: 1_000 },
      interceptors: [
        (attempt, next) =>
          new Promise((_, reject) => {
            attempt.signal.addEventListener('abort', () => {
              reason = attempt.signal.reason
              late = next(attempt)
              late.catch(reject)
            })
          }),
      ],
    })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'no' })
    expect(reason).toBe(error)
    await expect(late).rejects.toBe(error)
    expect(dispatcher.exchanges).toHaveLength(0)
  })

  it('that wait after a refusal do not make it ambiguous', async () => {
    const { transport, clock } = createHarness((exchange) => exchange.reply(401), {
      timeouts: { totalMs: 1_000 },
      interceptors: [
        async (attempt, next) => {
          await next(attempt)
          return new Promise(() => undefined)
        },
      ],
    })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'yes', retryable: false })
  })

  it('that know better how long to wait are heard: message and retryAfterMs agree', async () => {
    const { transport } = createHarness((exchange) => exchange.reply(429, '', { 'retry-after': '1' }), {
      interceptors: [async (attempt, next) => (await next(attempt)).withRetryAfter(42_000)],
    })
    const error = await failureOf(transport.get('/a'))
    expect(error.retryAfterMs).toBe(42_000)
    expect(error.message).toContain('Send nothing for 42 s')
  })

  it('are told how much time is left', async () => {
    const left: number[] = []
    const { transport, clock } = createHarness(
      (exchange, number) => (number === 1 ? exchange.fail('ECONNREFUSED') : exchange.reply(200)),
      {
        retry: { baseDelayMs: 400, maxDelayMs: 400 },
        interceptors: [
          (attempt, next) => {
            left.push(attempt.timeLeftMs)
            return next(attempt)
          },
        ],
      },
    )
    await clock.until(transport.get('/a', { timeouts: { totalMs: 1_000 } }))
    await clock.until(transport.get('/a', { timeouts: { totalMs: 0 } }))
    expect(left).toEqual([1_000, 601, Number.POSITIVE_INFINITY])
  })
})
