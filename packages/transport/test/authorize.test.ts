import { describe, expect, expectTypeOf, it } from 'vitest'
import { TransportError } from '../src/errors.ts'
import { bearer } from '../src/request/bearer.ts'
import type { Authorize, AuthorizeRequest } from '../src/request/types.ts'
import { createHarness, failureOf } from './support/harness.ts'

describe('authorize', () => {
  it.each([new Headers({ authorization: 'Bearer x' }), new Map([['authorization', 'Bearer x']])])(
    'that answers with %s, which has no members, sends nothing without its credential',
    async (answer) => {
      const { transport, dispatcher } = createHarness(undefined, { authorize: () => answer as never })
      const failure = await failureOf(transport.post('/orders', { json: {} }))
      expect(failure.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
      expect(failure.message).toMatch(/headers must be an object with its members by name/)
      expect(dispatcher.exchanges).toEqual([])
    },
  )

  it('is told exactly what will be sent', async () => {
    const asked: AuthorizeRequest[] = []
    const authorize: Authorize = (request) => {
      asked.push(request)
      return { Authorization: 'OAuth x' }
    }
    const { transport, dispatcher } = createHarness(undefined, { authorize })
    await transport.post('/a b?c=d', { query: { e: 'f g' }, form: { h: 'i j' }, headers: { 'X-Desk': '1' } })
    expect(asked).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: 'https://api.ibkr.com/v1/api/a%20b?c=d&e=f%20g',
        body: 'h=i%20j',
        attempt: 1,
        clockSkewMs: 0,
        headers: expect.objectContaining({
          'x-desk': '1',
          'content-type': 'application/x-www-form-urlencoded',
        }),
      }),
    ])
    expect(asked[0]!.url).toBe(dispatcher.last.request.origin + dispatcher.last.request.path)
    expect(dispatcher.last.header('authorization')).toBe('OAuth x')
  })

  it('sees the body of a form only: RFC 5849 signs nothing else', async () => {
    const bodies: (string | undefined)[] = []
    const authorize: Authorize = (request) => {
      bodies.push(request.body)
      return {}
    }
    const { transport } = createHarness(undefined, { authorize })
    const type = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    await transport.post('/a', { json: { b: 1 } })
    await transport.post('/a', { body: 'text', headers: { 'content-type': 'text/plain' } })
    await transport.post('/a', { body: 'b=1', headers: type })
    await transport.post('/a', { body: new TextEncoder().encode('b=2'), headers: type })
    await transport.post('/a')
    expect(bodies).toEqual([undefined, undefined, 'b=1', 'b=2', undefined])
  })

  it('is asked afresh for each attempt, also when it takes its time', async () => {
    let nonce = 0
    const authorize: Authorize = async () => {
      await Promise.resolve()
      return { authorization: `OAuth oauth_nonce="${++nonce}"` }
    }
    const { transport, dispatcher, clock } = createHarness(
      (exchange, number) => exchange.reply(number < 3 ? 503 : 200),
      {
        authorize,
      },
    )
    await clock.until(transport.get('/a'))
    expect(dispatcher.exchanges.map((exchange) => exchange.header('authorization'))).toEqual([
      'OAuth oauth_nonce="1"',
      'OAuth oauth_nonce="2"',
      'OAuth oauth_nonce="3"',
    ])
  })

  it('can be another one for a request, or none', async () => {
    const { transport, dispatcher } = createHarness(undefined, {
      authorize: () => ({ authorization: 'general' }),
    })
    await transport.get('/a', { authorize: () => ({ authorization: 'special' }) })
    await transport.get('/a', { authorize: false })
    expect(dispatcher.exchanges.map((exchange) => exchange.header('authorization'))).toEqual([
      'special',
      undefined,
    ])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('key 5ecret-5ecret is missing')
      },
    ],
    ['rejects', () => Promise.reject(new Error('key 5ecret-5ecret is missing'))],
    ['answers with a broken line', () => ({ authorization: 'a\r\nb' })],
    ['answers with framing', () => ({ 'content-length': '5', 'transfer-encoding': 'chunked' })],
  ] as [string, Authorize][])('that %s sends nothing', async (_, authorize) => {
    const { transport, dispatcher } = createHarness(undefined, { authorize })
    const error = await failureOf(transport.get('/a'))
    expect([error.sent, dispatcher.exchanges.length]).toEqual(['no', 0])
    expect(['ERR_TRANSPORT_AUTHORIZE_FAILED', 'ERR_TRANSPORT_INVALID_INPUT']).toContain(error.code)
    expect(error.message).not.toContain('5ecret')
  })

  it.each([undefined, null, 'Bearer s3cret'])(
    'that answers %j is no reason to send without a credential',
    async (answer) => {
      for (const authorize of [() => answer, async () => answer]) {
        const { transport, dispatcher } = createHarness(undefined, {
          authorize: authorize as unknown as Authorize,
        })
        const error = await failureOf(transport.get('/a'))
        expect([error.code, dispatcher.exchanges.length]).toEqual(['ERR_TRANSPORT_AUTHORIZE_FAILED', 0])
      }
    },
  )

  it('that fails with an error of this package says so itself', async () => {
    const own = new TransportError('ERR_TRANSPORT_SESSION_CLOSED', 'closed')
    const { transport } = createHarness(undefined, { authorize: () => Promise.reject(own) })
    expect(await failureOf(transport.get('/a'))).toBe(own)
  })

  it('that never answers is given up in time, and what it answers later is not sent', async () => {
    let answer: (headers: Record<string, string>) => void = () => undefined
    const authorize: Authorize = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const { transport, dispatcher, clock } = createHarness(undefined, {
      authorize,
      timeouts: { totalMs: 1_000 },
    })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'no', elapsedMs: 1_000 })
    answer({ authorization: 'late' })
    await clock.advance(1)
    expect(dispatcher.exchanges).toHaveLength(0)
  })

  it('may answer at once or later, by its type', () => {
    expectTypeOf<() => { authorization: string }>().toExtend<Authorize>()
    expectTypeOf<() => Promise<{ authorization: string }>>().toExtend<Authorize>()
  })
})

describe('bearer', () => {
  it('asks its source at each attempt', async () => {
    let token = 0
    const { transport, dispatcher, clock } = createHarness(
      (exchange, number) => exchange.reply(number < 2 ? 503 : 200),
      {
        authorize: bearer(() => `t${++token}`),
      },
    )
    await clock.until(transport.get('/a'))
    expect(dispatcher.exchanges.map((exchange) => exchange.header('authorization'))).toEqual([
      'Bearer t1',
      'Bearer t2',
    ])
  })

  it.each([
    ['text', () => 'abc'],
    ['a promise', async () => 'abc'],
    ['what reveals it as text', () => ({ reveal: () => 'abc' })],
    ['what reveals it', () => ({ reveal: () => new TextEncoder().encode('abc') })],
  ])('takes %s', async (_, source) => {
    const { transport, dispatcher } = createHarness(undefined, { authorize: bearer(source) })
    await transport.get('/a')
    expect(dispatcher.last.header('authorization')).toBe('Bearer abc')
  })

  it.each(['', 'a b', 'a\r\nb'])('refuses %j, which is no token', async (token) => {
    const { transport, dispatcher } = createHarness(undefined, { authorize: bearer(() => token) })
    const error = await failureOf(transport.get('/a'))
    expect([error.code, dispatcher.exchanges.length]).toEqual(['ERR_TRANSPORT_INVALID_INPUT', 0])
  })
})
