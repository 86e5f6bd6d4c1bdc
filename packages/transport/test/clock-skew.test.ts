import { describe, expect, it } from 'vitest'
import type { AuthorizeRequest } from '../src/request/types.ts'
import { createHarness, failureOf } from './support/harness.ts'

/** The `Date` header of a server whose clock is ahead: whole seconds, as HTTP has them. */
function dateHeader(nowMs: number, aheadMs: number): string {
  return new Date(nowMs + aheadMs).toUTCString()
}

function harness(
  aheadMs: number,
  more: {
    status?: number
    headers?: Record<string, string>
    authorize?: (request: AuthorizeRequest) => Record<string, string>
  } = {},
) {
  const made = createHarness(
    (exchange) =>
      exchange.reply(more.status ?? 200, '', {
        date: dateHeader(made.clock.now(), aheadMs),
        ...more.headers,
      }),
    more.authorize ? { authorize: more.authorize } : {},
  )
  return made
}

describe('clock skew', () => {
  it('is 0 until a reply says otherwise', () => {
    const { transport, clock } = createHarness()
    expect([transport.clockSkewMs, transport.now()]).toEqual([0, clock.now()])
  })

  it.each([3_600_000, -3_600_000, 5_000, -5_000])(
    'of %d ms is learnt to the half second once two replies agree, whatever they say',
    async (aheadMs) => {
      for (const status of [200, 401, 503]) {
        const { transport, clock } = harness(aheadMs, { status })
        await clock.until(transport.get('/a', { throwHttpErrors: false, retryLimit: 0 }))
        expect(transport.clockSkewMs).toBe(0)
        await clock.until(transport.get('/a', { throwHttpErrors: false, retryLimit: 0 }))
        expect(Math.abs(transport.clockSkewMs - aheadMs)).toBeLessThanOrEqual(500)
        expect(transport.now()).toBe(clock.now() + transport.clockSkewMs)
        transport.resetClockSkew()
        expect(transport.clockSkewMs).toBe(0)
      }
    },
  )

  it('is not what single replies say, nor what two say that disagree', async () => {
    const aheadMs = [3_600_000, 0, 3_600_000, 0, -7_200_000, 3_600_000, 1_800_000, 0]
    const made = createHarness((exchange) =>
      exchange.reply(200, '', { date: dateHeader(made.clock.now(), aheadMs.shift() ?? 0) }),
    )
    while (aheadMs.length > 0) {
      await made.transport.get('/a')
      expect(made.transport.clockSkewMs).toBe(0)
    }
  })

  it('is no more than a day, however often replies say so', async () => {
    for (const aheadMs of [25 * 3_600_000, -25 * 3_600_000, 75 * 365 * 24 * 3_600_000]) {
      const { transport } = harness(aheadMs)
      for (let reply = 0; reply < 5; reply++) await transport.get('/a')
      expect(transport.clockSkewMs).toBe(0)
    }
  })

  it('is not what a clock seems that is set while a reply is under way', async () => {
    const made = createHarness((exchange) => {
      exchange.start()
      const date = dateHeader(made.clock.now() + 3_600_000, 0)
      made.clock.set(made.clock.now() + 3_600_000)
      exchange.head(200, { date })
      exchange.end()
    })
    for (let reply = 0; reply < 3; reply++) await made.transport.get('/a')
    expect(made.transport.clockSkewMs).toBe(0)
  })

  it.each([900, -900, 0])('of %d ms is within the grain of the header, and not followed', async (aheadMs) => {
    const { transport } = harness(aheadMs)
    await transport.get('/a')
    expect(transport.clockSkewMs).toBe(0)
  })

  it('stays where it is while replies agree within a second', async () => {
    let aheadMs = 60_000
    const made = createHarness((exchange) =>
      exchange.reply(200, '', { date: dateHeader(made.clock.now(), aheadMs) }),
    )
    await made.transport.get('/a')
    await made.transport.get('/a')
    const first = made.transport.clockSkewMs
    expect(Math.abs(first - 60_000)).toBeLessThanOrEqual(500)
    for (aheadMs of [60_400, 59_700, 60_900]) {
      await made.transport.get('/a')
      expect(made.transport.clockSkewMs).toBe(first)
    }
    aheadMs = 10_000
    await made.transport.get('/a')
    await made.transport.get('/a')
    expect(Math.abs(made.transport.clockSkewMs - 10_000)).toBeLessThanOrEqual(500)
  })

  it.each([
    ['comes from a cache', { age: '30' }],
    ['has no date', { date: '' }],
    ['has a date of another form', { date: '2026-01-05T12:00:00Z' }],
    ['has nonsense', { date: 'yesterday' }],
  ])('is not learnt from a reply that %s', async (_, headers) => {
    const { transport } = harness(3_600_000, { headers })
    await transport.get('/a')
    await transport.get('/a')
    expect(transport.clockSkewMs).toBe(0)
  })

  it('takes the time of the round trip into account', async () => {
    const made = createHarness((exchange) => {
      exchange.start()
      made.clock.setTimeout(() => {
        exchange.head(200, { date: dateHeader(made.clock.now() - 5_000, 0) })
        exchange.end()
      }, 10_000)
    })
    await made.clock.until(made.transport.get('/a'))
    await made.clock.until(made.transport.get('/a'))
    expect(made.transport.clockSkewMs).toBe(0)
  })

  it('is offered to whoever signs the next attempt', async () => {
    const offered: [number, number][] = []
    const { transport, clock } = harness(60_000, {
      authorize: (request) => {
        offered.push([request.clockSkewMs, request.now()])
        return {}
      },
    })
    await transport.get('/a')
    await transport.get('/a')
    await transport.get('/a')
    expect(offered).toEqual([
      [0, clock.now()],
      [0, clock.now()],
      [transport.clockSkewMs, clock.now() + transport.clockSkewMs],
    ])
    expect(transport.clockSkewMs).not.toBe(0)
  })
})

describe('a 401', () => {
  it('while the clocks differ is reported as that, with the difference', async () => {
    const { transport } = harness(120_000, { status: 401, authorize: () => ({ authorization: 'x' }) })
    const error = await failureOf(transport.get('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_CLOCK_SKEW', status: 401 })
    expect(error.message).toMatch(/1(19|20|21) s off/)
  })

  it('is an ordinary one once the time it was signed with was right', async () => {
    const { transport } = harness(120_000, {
      status: 401,
      authorize: (request) => ({
        authorization: `OAuth oauth_timestamp="${Math.floor(request.now() / 1_000)}"`,
      }),
    })
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_CLOCK_SKEW')
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_CLOCK_SKEW')
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  })

  it('remains one of the clock as long as the time that is offered is not used', async () => {
    const { transport } = harness(120_000, { status: 401, authorize: () => ({ authorization: 'x' }) })
    await failureOf(transport.get('/a'))
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_CLOCK_SKEW')
  })

  it.each([29_000, -29_000])('with a skew of %d ms is an ordinary one', async (aheadMs) => {
    const { transport } = harness(aheadMs, { status: 401, authorize: () => ({ authorization: 'x' }) })
    expect((await failureOf(transport.get('/a'))).code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  })
})
