import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { onTransportEvent } from '../../src/events.ts'
import type { HttpDispatcher } from '../../src/http/dispatcher.ts'
import { createPacing } from '../../src/pacing/pacing.ts'
import { onSessionEvent } from '../../src/session/channels.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ModelServer } from './support/model-server.ts'
import { createSessionHarness, quietTimeMs, type SessionHarness } from './support/session-harness.ts'

const callers = new AsyncLocalStorage<string>()
/** Where a path's request was met, and whose store was seen there. */
let met: { readonly path: string; readonly where: string; readonly caller: string | undefined }[] = []
const stops: (() => void)[] = []
const names = [
  'call-start',
  'call-end',
  'attempt-start',
  'attempt-end',
  'wait-start',
  'wait-end',
  'retry',
] as const

const meet = (path: string, where: string): void => void met.push({ path, where, caller: callers.getStore() })

beforeEach(() => {
  met = []
  for (const name of names)
    stops.push(
      onTransportEvent(`ibkr-auth:transport:${name}`, (event) => {
        const reason = 'reason' in event ? ` ${event.reason}` : ''
        meet(event.path.replace('/v1/api', ''), `${name}${reason}`)
      }),
    )
})

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** A session that notes whose store is seen wherever foreign code may look; replies come in the context of a clock that is nobody's. */
function watched(options: Partial<SessionOptions> = {}): SessionHarness {
  const clock = new VirtualClock(quietTimeMs)
  const server = new ModelServer(clock)
  const dispatcher: HttpDispatcher = {
    dispatch: (request, handler) => {
      meet(request.path.replace('/v1/api', ''), 'dispatch')
      return server.dispatcher.dispatch(request, handler)
    },
  }
  const harness = createSessionHarness(
    {
      dispatcher,
      pacing: createPacing({ clock }),
      interceptors: [
        (attempt, next) => {
          meet(attempt.path, 'interceptor')
          return next(attempt)
        },
      ],
      establish: async ({ transport }) => {
        meet('/oauth/live_session_token', 'establish')
        const reply = await transport.request({ method: 'POST', url: '/oauth/live_session_token' })
        const { token, expiresAtMs } = reply.json<{ token: string; expiresAtMs: number }>()
        return {
          expiresAtMs,
          authorize: async ({ url }) => {
            meet(new URL(url).pathname.replace('/v1/api', ''), 'signer')
            return { authorization: `Token ${token}` }
          },
        }
      },
      ...options,
    },
    clock,
  )
  return { ...harness, server }
}

const wheres = (path: string): string[] => met.filter((one) => one.path === path).map(({ where }) => where)
const strangers = (path: string, caller: string | undefined): object[] =>
  met.filter((one) => one.path === path && one.caller !== caller)

describe("a caller's asynchronous context", () => {
  test('outlasts a wait in the queue', async () => {
    const { clock, session } = watched()
    await clock.until(session.ready())

    await clock.until(session.get('/portfolio/accounts'))
    met = []
    await clock.until(callers.run('b', () => session.get('/portfolio/accounts')))
    const all = met.filter(({ path }) => path === '/portfolio/accounts')
    expect(all.map(({ where }) => where)).toContain('wait-end pacing')
    expect(all.filter(({ caller }) => caller !== 'b')).toEqual([])
    const afterWait = all.slice(all.findIndex(({ where }) => where === 'wait-end pacing'))
    expect(new Set(afterWait.map(({ where }) => where))).toEqual(
      new Set([
        'wait-end pacing',
        'interceptor',
        'attempt-start',
        'signer',
        'dispatch',
        'attempt-end',
        'call-end',
      ]),
    )
  })

  test('outlasts a wait for a login that another began, and for the brokerage session', async () => {
    const { clock, session } = watched()
    const first = callers.run('first', () => session.get('/iserver/first'))
    const second = callers.run('second', () => session.get('/iserver/second'))
    await clock.until(Promise.all([first, second]))
    for (const caller of ['first', 'second']) {
      expect(wheres(`/iserver/${caller}`)).toEqual([
        'call-start',
        'wait-start login',
        'wait-end login',
        'wait-start brokerage',
        'wait-end brokerage',
        'interceptor',
        'attempt-start',
        'signer',
        'dispatch',
        'attempt-end',
        'call-end',
      ])
      expect(strangers(`/iserver/${caller}`, caller)).toEqual([])
    }
    // The login is of whoever began it.
    expect(wheres('/oauth/live_session_token')).toContain('establish')
    expect(strangers('/oauth/live_session_token', 'first')).toEqual([])
  })

  test('outlasts retries, and the question about a refused credential', async () => {
    const { clock, server, session } = watched()
    await clock.until(session.ready())
    server.revokeAll()
    let faults = 1
    server.faultOf = (path) => (path === '/portfolio/x' && faults-- > 0 ? 'unavailable' : undefined)
    await clock.until(callers.run('mine', () => session.get('/portfolio/x')))
    const seen = wheres('/portfolio/x')
    for (const where of ['retry 503', 'wait-end retry', 'wait-end question', 'call-end'])
      expect(seen).toContain(where)
    expect(seen.filter((where) => where === 'dispatch')).toHaveLength(3)
    expect(strangers('/portfolio/x', 'mine')).toEqual([])
  })

  test('is that of the last word too, whoever gives the call up', async () => {
    const { clock, session } = watched()
    await clock.until(session.ready())
    const giveUp = new AbortController()
    const call = callers.run('mine', () => failureOf(session.get('/portfolio/x', { signal: giveUp.signal })))
    const late = callers.run('mine', () =>
      failureOf(session.get('/portfolio/y', { timeouts: { totalMs: 5 } })),
    )
    await clock.advance(1)
    callers.run('other', () => giveUp.abort())
    await call
    await clock.until(late)
    await clock.advance(100)
    for (const path of ['/portfolio/x', '/portfolio/y']) {
      expect(wheres(path)).toContain('call-end')
      expect(strangers(path, 'mine')).toEqual([])
    }
  })

  test('does not stick to what a session does by itself later', async () => {
    const stores: [string, string | undefined][] = []
    for (const name of ['ibkr-auth:session:login-start', 'ibkr-auth:session:keep-alive'] as const)
      stops.push(onSessionEvent(name, () => void stores.push([name, callers.getStore()])))
    const { clock, server, session } = watched()
    server.lifetimeMs = 3_600_000
    // Runtime timers remember who set them, as the clock here does not.
    const { setTimeout } = clock
    Object.assign(clock, {
      setTimeout: (callback: () => void, delayMs: number) =>
        setTimeout(AsyncLocalStorage.bind(callback), delayMs),
    })
    await callers.run('first', () => clock.until(session.get('/iserver/x')))
    met = []
    await clock.advance(3_600_000)
    const logins = stores.filter(([name]) => name.endsWith('login-start'))
    expect(logins.length).toBeGreaterThan(1)
    expect(stores.length).toBeGreaterThan(30)
    expect(stores.slice(1).filter(([, caller]) => caller !== undefined)).toEqual([])
    expect(met.filter(({ caller }) => caller !== undefined)).toEqual([])
  })
})
