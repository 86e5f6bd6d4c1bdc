import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { onTransportEvent, type TransportEvents } from '../src/events.ts'
import { createHarness, failureOf } from './support/harness.ts'

const names = ['attempt-start', 'attempt-end', 'retry', 'wait-start', 'wait-end'] as const
const stops: (() => void)[] = []

function record(): [string, object][] {
  const events: [string, object][] = []
  for (const name of names) {
    stops.push(onTransportEvent(`ibkr-auth:transport:${name}`, (event) => events.push([name, event])))
  }
  return events
}

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

describe('diagnostics', () => {
  it('tell of each attempt, wait and repeat', async () => {
    const events = record()
    const { transport, clock } = createHarness((exchange, number) => {
      if (number === 1) exchange.reply(503)
      else if (number === 2) exchange.fail('ECONNREFUSED')
      else exchange.reply(200)
    })
    await clock.until(transport.get('/a'))
    expect(events.map(([name]) => name)).toEqual([
      'attempt-start',
      'attempt-end',
      'retry',
      'wait-start',
      'wait-end',
      'attempt-start',
      'attempt-end',
      'retry',
      'wait-start',
      'wait-end',
      'attempt-start',
      'attempt-end',
    ])
    expect(events.map(([, event]) => event)).toMatchObject([
      { attempt: 1, method: 'GET', origin: 'https://api.ibkr.com', path: '/v1/api/a' },
      { attempt: 1, status: 503, code: undefined, sent: 'yes' },
      { attempt: 1, delayMs: 249, reason: '503' },
      { attempt: 1, reason: 'retry' },
      { attempt: 1, reason: 'retry', elapsedMs: 249, code: undefined },
      { attempt: 2 },
      { attempt: 2, status: undefined, code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', elapsedMs: 0 },
      { attempt: 2, delayMs: 499, reason: 'ERR_TRANSPORT_UNREACHABLE' },
      { attempt: 2, reason: 'retry' },
      { attempt: 2, reason: 'retry', elapsedMs: 499 },
      { attempt: 3 },
      { attempt: 3, status: 200, sent: 'yes' },
    ])
    expect(events.some(([, event]) => 'session' in event)).toBe(false)
    expect(new Set(events.map(([, event]) => ('call' in event ? event.call : undefined))).size).toBe(1)
  })

  it('tell of each call once, above its attempts, in the context of its caller', async () => {
    const told: object[] = []
    const callers = new AsyncLocalStorage<string>()
    stops.push(
      onTransportEvent('ibkr-auth:transport:call-start', (event) =>
        told.push({ ...event, caller: callers.getStore() }),
      ),
      onTransportEvent('ibkr-auth:transport:call-end', (event) => told.push(event)),
    )
    const { transport, clock } = createHarness((exchange, number) => {
      if (number === 1) exchange.fail('ECONNREFUSED')
      else if (number === 2) exchange.reply(200)
      else if (number === 3) exchange.reply(404)
    })
    await callers.run('mine', () => clock.until(transport.get('/a')))
    await failureOf(transport.get('/b'))
    const giveUp = new AbortController()
    const given = failureOf(transport.get('/c', { signal: giveUp.signal }))
    giveUp.abort()
    await given
    await transport.close()
    // The attempt that was given up has failed by then too.
    await new Promise(setImmediate)
    expect(told).toMatchObject([
      { caller: 'mine', attempt: 0, method: 'GET', path: '/v1/api/a' },
      { attempt: 2, status: 200, code: undefined },
      { path: '/v1/api/b' },
      { attempt: 1, status: 404, code: 'ERR_TRANSPORT_REQUEST_REFUSED' },
      { path: '/v1/api/c' },
      { status: undefined, code: 'ERR_TRANSPORT_ABORTED' },
    ])
    expect(told).toHaveLength(6)
  })

  it('never tell a secret', async () => {
    const events = record()
    const { transport, clock } = createHarness((exchange) => exchange.reply(503, 'va1ue-va1ue'), {
      authorize: () => ({ authorization: 'Bearer t0ken-t0ken' }),
    })
    await clock.until(failureOf(transport.get('/ws?oauth_token=s3cret&bearer_token=s3cret&session=s3cret')))
    expect(events.length).toBeGreaterThan(0)
    expect(JSON.stringify(events)).not.toMatch(/s3cret|t0ken|va1ue/)
    expect(JSON.stringify(events)).toContain('oauth_token=[masked]&bearer_token=[masked]&session=[masked]')
  })

  it('end when they are no longer wanted', async () => {
    const events = record()
    for (const stop of stops.splice(0)) stop()
    await createHarness().transport.get('/a')
    expect(events).toEqual([])
  })

  it('are typed by their channel', () => {
    expectTypeOf<TransportEvents['ibkr-auth:transport:retry']>()
      .toHaveProperty('delayMs')
      .toEqualTypeOf<number>()
  })
})
