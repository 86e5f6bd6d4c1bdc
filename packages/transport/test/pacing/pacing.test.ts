import { runInNewContext } from 'node:vm'
import type { PacingLimit, PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTransportError } from '../../src/errors.ts'
import { onTransportEvent } from '../../src/events.ts'
import { createPacing, type Pacing, type PacingOptions, sharedPacing } from '../../src/pacing/pacing.ts'
import type { PacingPermit, PacingRequest } from '../../src/pacing/permit.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { settle, VirtualClock } from '../support/virtual-clock.ts'

const orders: PacingLimit = {
  name: 'orders',
  methods: ['GET'],
  paths: ['/orders'],
  windows: [{ requests: 1, intervalMs: 5_000 }],
}
const history: PacingLimit = {
  name: 'history',
  methods: ['GET'],
  paths: ['/history'],
  windows: [
    { requests: 10, intervalMs: 1_000 },
    { requests: 50, intervalMs: 60_000 },
  ],
  concurrent: 5,
}

interface Grant {
  readonly atMs: number
  readonly label: string
}

function harness(options: PacingOptions = {}): {
  clock: VirtualClock
  pacing: Pacing
  grants: Grant[]
  ask: (label: string, request?: Partial<PacingRequest>, holdMs?: number) => Promise<void>
} {
  const clock = new VirtualClock()
  const pacing = createPacing({ clock, marginMs: 0, limits: [orders, history], ...options })
  const grants: Grant[] = []
  const ask = async (label: string, request: Partial<PacingRequest> = {}, holdMs = 0): Promise<void> => {
    const permit: PacingPermit = await pacing.acquire({
      username: 'u',
      egress: 'e',
      method: 'GET',
      path: '/other',
      ...request,
    })
    grants.push({ atMs: clock.now(), label })
    if (holdMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, holdMs))
    permit.release(true)
  }
  return { clock, pacing, grants, ask }
}

/** Counts by looking at every window that begins with a grant: no other can hold more. */
function mostInAnyWindow(timesMs: readonly number[], intervalMs: number): number {
  const counts = timesMs.map(
    (startMs) => timesMs.filter((atMs) => atMs >= startMs && atMs < startMs + intervalMs).length,
  )
  return Math.max(0, ...counts)
}

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

test('full use: exactly as many as the window allows, as soon as it allows them', async () => {
  const { clock, grants, ask } = harness()
  const startMs = clock.now()
  const calls = Array.from({ length: 100 }, (_, index) => ask(String(index)))
  await clock.until(Promise.all(calls))
  const atSeconds = grants.map(({ atMs }) => (atMs - startMs) / 1_000)
  expect(atSeconds).toEqual(Array.from({ length: 100 }, (_, index) => Math.floor(index / 10)))
  expect(grants.map(({ label }) => Number(label))).toEqual(Array.from({ length: 100 }, (_, index) => index))
})

test('the margin lengthens every window', async () => {
  const { clock, grants, ask } = harness({ marginMs: 50 })
  const startMs = clock.now()
  await clock.until(Promise.all(Array.from({ length: 21 }, () => ask('x'))))
  expect(grants[10]?.atMs).toBe(startMs + 1_050)
  expect(grants[20]?.atMs).toBe(startMs + 2_100)
})

interface Step {
  readonly waitMs: number
  readonly asks: number
  readonly cancels: number
  readonly limited: boolean
}

const anyWindow = fc.record({
  requests: fc.integer({ min: 1, max: 6 }),
  intervalMs: fc.integer({ min: 1, max: 2_000 }),
})
const anySteps = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 400 }),
    asks: fc.integer({ min: 0, max: 6 }),
    cancels: fc.integer({ min: 0, max: 2 }),
    limited: fc.boolean(),
  }),
  { maxLength: 25 },
)

test('whatever is asked and cancelled, and when: no window is ever exceeded, nobody is forgotten, no time is wasted', async () => {
  const property = fc.asyncProperty(anyWindow, anyWindow, anySteps, checkAgainstWindows)
  await fc.assert(property, { numRuns: 200, seed: 8 })
})

interface Asked {
  readonly limited: boolean
  readonly askedAtMs: number
  grantedAtMs: number | undefined
}

async function checkAgainstWindows(
  global: PacingWindow,
  own: PacingWindow,
  steps: readonly Step[],
): Promise<void> {
  const limit: PacingLimit = { name: 'own', methods: ['GET'], paths: ['/own'], windows: [own] }
  const clock = new VirtualClock()
  const pacing = createPacing({ clock, marginMs: 0, global, limits: [limit], maxWaitMs: 86_400_000 })
  const asked: Asked[] = []
  const controllers: AbortController[] = []
  const calls: Promise<unknown>[] = []
  let cancelled = 0
  const askOne = async (limited: boolean, signal: AbortSignal): Promise<void> => {
    const one: Asked = { limited, askedAtMs: clock.now(), grantedAtMs: undefined }
    const path = limited ? '/own' : '/other'
    const permit = await pacing.acquire({ username: 'u', egress: 'e', method: 'GET', path, signal })
    one.grantedAtMs = clock.now()
    asked.push(one)
    permit.release(true)
  }
  for (const { waitMs, asks, cancels, limited } of steps) {
    await clock.advance(waitMs)
    for (let index = 0; index < asks; index += 1) {
      const controller = new AbortController()
      controllers.push(controller)
      calls.push(
        askOne(limited, controller.signal).catch(() => {
          cancelled += 1
        }),
      )
    }
    for (let index = 0; index < cancels; index += 1) controllers.shift()?.abort(new Error('cancelled'))
  }
  await clock.until(Promise.all(calls))
  expect(asked.length + cancelled).toBe(calls.length)
  expect(pacing.queued('u')).toBe(0)
  const all = asked.map(({ grantedAtMs }) => grantedAtMs ?? 0)
  const limited = asked.flatMap((one) => (one.limited ? [one.grantedAtMs ?? 0] : []))
  expect(mostInAnyWindow(all, global.intervalMs)).toBeLessThanOrEqual(global.requests)
  expect(mostInAnyWindow(limited, own.intervalMs)).toBeLessThanOrEqual(own.requests)
  for (const one of asked) {
    const justBeforeMs = (one.grantedAtMs ?? 0) - 1
    if (justBeforeMs < one.askedAtMs) continue
    const globalFull = isFull(all, global, justBeforeMs)
    expect(globalFull || (one.limited && isFull(limited, own, justBeforeMs))).toBe(true)
  }
}

/** Whether another grant at that moment would have been one too many. */
function isFull(timesMs: readonly number[], { requests, intervalMs }: PacingWindow, atMs: number): boolean {
  return timesMs.filter((timeMs) => timeMs > atMs - intervalMs && timeMs <= atMs).length >= requests
}

describe('who goes first', () => {
  test('callers take turns, however much one of them asks', async () => {
    const { clock, grants, ask } = harness()
    const calls = [
      ...Array.from({ length: 60 }, () => ask('greedy', { caller: 'greedy' })),
      ...Array.from({ length: 10 }, () => ask('modest', { caller: 'modest' })),
      ...Array.from({ length: 10 }, () => ask('shy', { caller: 'shy' })),
    ]
    await clock.until(Promise.all(calls))
    const contested = grants.slice(10, 40).map(({ label }) => label)
    for (const caller of ['greedy', 'modest', 'shy']) {
      expect(contested.filter((label) => label === caller)).toHaveLength(10)
    }
  })

  test('a caller that comes late neither catches up nor falls behind', async () => {
    const { clock, grants, ask } = harness()
    const early = Array.from({ length: 80 }, () => ask('early', { caller: 'early' }))
    await clock.advance(3_500)
    const late = Array.from({ length: 20 }, () => ask('late', { caller: 'late' }))
    await clock.until(Promise.all([...early, ...late]))
    const shared = grants.slice(40, 60).map(({ label }) => label)
    expect(shared.filter((label) => label === 'late')).toHaveLength(10)
  })

  test('high goes before normal before low, and within one the order of arrival counts', async () => {
    const { clock, grants, ask } = harness({ global: { requests: 1, intervalMs: 100 } })
    const calls = [
      ask('first'),
      ask('low', { priority: 'low' }),
      ask('normal 1'),
      ask('normal 2', { priority: 'normal' }),
      ask('high', { priority: 'high' }),
    ]
    await clock.until(Promise.all(calls))
    expect(grants.map(({ label }) => label)).toEqual(['first', 'high', 'normal 1', 'normal 2', 'low'])
  })

  test('a line that its own limit holds up holds up nobody else', async () => {
    const { clock, grants, ask } = harness()
    const startMs = clock.now()
    const calls = [
      ...Array.from({ length: 3 }, () => ask('orders', { path: '/orders', priority: 'high' })),
      ...Array.from({ length: 9 }, () => ask('other')),
    ]
    await clock.until(Promise.all(calls))
    expect(grants.filter(({ label }) => label === 'other').every(({ atMs }) => atMs === startMs)).toBe(true)
    const ordersAt = grants.filter(({ label }) => label === 'orders').map(({ atMs }) => atMs - startMs)
    expect(ordersAt).toEqual([0, 5_000, 10_000])
  })

  test('usernames do not share limits', async () => {
    const { clock, grants, ask } = harness()
    const startMs = clock.now()
    const calls = ['a', 'b'].flatMap((username) =>
      Array.from({ length: 10 }, () => ask(username, { username })),
    )
    await clock.until(Promise.all(calls))
    expect(grants.every(({ atMs }) => atMs === startMs)).toBe(true)
  })
})

describe('requests at once', () => {
  test('no more than five of history run, and the next begins when one ends', async () => {
    const { clock, grants, ask } = harness()
    const startMs = clock.now()
    const calls = Array.from({ length: 12 }, () => ask('history', { path: '/history' }, 2_000))
    await clock.until(Promise.all(calls))
    const offsets = grants.map(({ atMs }) => atMs - startMs)
    expect(offsets).toEqual([0, 0, 0, 0, 0, 2_000, 2_000, 2_000, 2_000, 2_000, 4_000, 4_000])
  })

  test('fifty in a minute are enough, whatever the second allows', async () => {
    const { clock, grants, ask } = harness({ maxWaitMs: 120_000 })
    const startMs = clock.now()
    await clock.until(Promise.all(Array.from({ length: 51 }, () => ask('history', { path: '/history' }))))
    expect((grants[49]?.atMs ?? 0) - startMs).toBe(4_000)
    expect((grants[50]?.atMs ?? 0) - startMs).toBe(60_000)
  })
})

describe('giving places back', () => {
  test('a request that never left the machine leaves no hole', async () => {
    const { clock, pacing, grants, ask } = harness({ global: { requests: 1, intervalMs: 1_000 } })
    const startMs = clock.now()
    const permit = await pacing.acquire({ username: 'u', egress: 'e', method: 'GET', path: '/other' })
    const next = ask('next')
    await clock.advance(100)
    permit.release(false)
    await clock.until(next)
    expect(grants[0]?.atMs).toBe(startMs + 100)
  })

  test('releasing twice counts once', async () => {
    const { pacing } = harness({ global: { requests: 2, intervalMs: 1_000 } })
    const request = { username: 'u', egress: 'e', method: 'GET', path: '/other' }
    const permit = await pacing.acquire(request)
    await pacing.acquire(request)
    permit.release(false)
    permit.release(false)
    expect(pacing.acquire(request)).not.toBeInstanceOf(Promise)
    const one = failure(
      Promise.resolve(pacing.acquire({ ...request, signal: AbortSignal.abort(new Error('full')) })),
    )
    expect(await one).toMatchObject({ message: 'full' })
  })

  test('a cancelled request leaves its place in the line to the next', async () => {
    const { clock, grants, ask } = harness({ global: { requests: 1, intervalMs: 1_000 } })
    const startMs = clock.now()
    const controller = new AbortController()
    const first = ask('first')
    const second = failure(ask('second', { signal: controller.signal }))
    const third = ask('third')
    await clock.advance(500)
    controller.abort(new Error('changed my mind'))
    expect(await second).toMatchObject({ message: 'changed my mind' })
    await clock.until(Promise.all([first, third]))
    expect(grants).toEqual([
      { atMs: startMs, label: 'first' },
      { atMs: startMs + 1_000, label: 'third' },
    ])
  })

  test('what an owner drops is refused, and the rest moves up', async () => {
    const { clock, pacing, grants, ask } = harness({ global: { requests: 1, intervalMs: 1_000 } })
    const first = ask('first')
    const dropped = failure(ask('dropped', { owner: 1 }))
    const kept = ask('kept', { owner: 2 })
    pacing.drop('u', 1, new Error('closed'))
    expect(await dropped).toMatchObject({ message: 'closed' })
    await clock.until(Promise.all([first, kept]))
    expect(grants.map(({ label }) => label)).toEqual(['first', 'kept'])
  })
})

describe('waits that are too long', () => {
  test('are refused at once, with how long they would be', async () => {
    const { clock, ask } = harness()
    await clock.until(ask('first', { path: '/orders' }))
    const error = await failure(ask('second', { path: '/orders', maxWaitMs: 4_000 }))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_PACING_WAIT', retryAfterMs: 5_000, sent: 'no' })
    expect(String(error)).toContain('orders')
  })

  test('IBKR allows its reports once in 15 minutes: the second is not left waiting', async () => {
    const clock = new VirtualClock()
    const pacing = createPacing({ clock })
    const request = { username: 'u', egress: 'e', method: 'POST', path: '/pa/performance' }
    const permit = await pacing.acquire(request)
    permit.release(true)
    const error = await failure(Promise.resolve(pacing.acquire(request)))
    expect(isTransportError(error) && error.retryAfterMs).toBe(900_050)
  })
})

describe('limits', () => {
  test.each<[string, object]>([
    ['methods', { methods: 'GET' }],
    ['methods', { methods: ['get'] }],
    ['paths', { paths: '/a' }],
    ['paths', { paths: ['a'] }],
    ['windows', { windows: { requests: 1, intervalMs: 1 } }],
    ['windows', { windows: [null] }],
    ['intervalMs', { windows: [{ requests: 1, intervalMs: 0 }] }],
    ['requests', { windows: [{ requests: 1.5, intervalMs: 1_000 }] }],
    ['concurrent', { concurrent: 0 }],
  ])('%s of another kind are refused by name', (name, change) => {
    const limit = { name: 'a', methods: ['GET'], paths: ['/a'], windows: [], ...change } as never
    expect(() => createPacing({ limits: [limit] })).toThrow(
      expect.objectContaining({
        code: 'ERR_TRANSPORT_INVALID_INPUT',
        message: expect.stringContaining(name),
      }),
    )
  })
})

describe('the penalty box', () => {
  test('a 429 stops its address for ten minutes: what waits is refused, what comes is refused, others go on', async () => {
    const { clock, pacing, ask } = harness()
    const startMs = clock.now()
    await clock.until(Promise.all(Array.from({ length: 10 }, () => ask('first'))))
    const waiting = failure(ask('waiting'))
    const elsewhere = ask('elsewhere', { egress: 'other' })
    expect(pacing.penalize('e')).toEqual({ type: 'penalty', egress: 'e', untilMs: startMs + 600_000 })
    expect(await waiting).toMatchObject({
      code: 'ERR_TRANSPORT_PENALTY_BOX',
      retryAfterMs: 600_000,
      sent: 'no',
    })
    await clock.until(elsewhere)
    await clock.advance(startMs + 599_999 - clock.now())
    expect(await failure(ask('too early', { username: 'another' }))).toMatchObject({
      code: 'ERR_TRANSPORT_PENALTY_BOX',
    })
    await clock.advance(1)
    await clock.until(ask('in time'))
    expect(pacing.penaltyUntilMs('e')).toBeUndefined()
  })

  test('another 429 starts it over, and a longer wish of the server counts, up to a quarter of an hour', async () => {
    const { clock, pacing } = harness()
    pacing.penalize('e')
    await clock.advance(300_000)
    expect(pacing.penalize('e').untilMs).toBe(clock.now() + 600_000)
    for (const wish of [Number.NaN, -1, 1])
      expect(pacing.penalize('e', wish).untilMs).toBe(clock.now() + 600_000)
    expect(pacing.penalize('e', 899_000).untilMs).toBe(clock.now() + 899_000)
    for (const wish of [1e15, Number.POSITIVE_INFINITY]) {
      expect(pacing.penalize('e', wish).untilMs).toBe(clock.now() + 900_000)
    }
  })

  test('a clock that is set makes it neither longer nor shorter', async () => {
    const { clock, pacing, ask } = harness()
    pacing.penalize('e')
    clock.set(clock.now() + 3_600_000)
    expect(pacing.penaltyUntilMs('e')).toBe(clock.now() + 600_000)
    clock.set(clock.now() - 7_200_000)
    await clock.advance(599_999)
    expect(await failure(ask('too early'))).toMatchObject({
      code: 'ERR_TRANSPORT_PENALTY_BOX',
      retryAfterMs: 1,
    })
    await clock.advance(1)
    await clock.until(ask('in time'))
  })

  test('is opened by whoever knows better', async () => {
    const { clock, pacing, ask } = harness()
    const heard: unknown[] = []
    pacing.subscribe((event) => heard.push(event))
    pacing.penalize('e')
    pacing.pardon('e')
    pacing.pardon('e')
    expect(pacing.penaltyUntilMs('e')).toBeUndefined()
    await clock.until(ask('at once'))
    expect(heard.slice(1)).toEqual([{ type: 'pardon', egress: 'e' }])
  })

  test('a listener whose promise rejects is told of elsewhere, of whichever realm it is', async () => {
    const { pacing } = harness({ penaltyMs: 900_000 })
    const failed: unknown[] = []
    const stopHearing = onTransportEvent('ibkr-auth:listener-error', (event) => failed.push(event.error))
    pacing.subscribe(async () => {
      throw 'own'
    })
    pacing.subscribe(runInNewContext('async () => { throw "foreign" }'))
    pacing.penalize('a')
    await settle()
    stopHearing()
    expect(failed).toEqual(['own', 'foreign'])
  })

  test('listeners hear of it until they stop, and one that throws is told of elsewhere', () => {
    const { pacing } = harness({ penaltyMs: 900_000 })
    const heard: unknown[] = []
    const failed: unknown[] = []
    const nonsense = new Error('monitoring')
    const stopHearing = onTransportEvent('ibkr-auth:listener-error', (event) => failed.push(event))
    pacing.subscribe(() => {
      throw nonsense
    })
    const stop = pacing.subscribe((event) => heard.push('egress' in event && event.egress))
    pacing.penalize('a')
    stop()
    pacing.penalize('b')
    stopHearing()
    expect(heard).toEqual(['a'])
    expect(failed).toEqual([0, 1].map(() => ({ listener: 'pacing.subscribe', error: nonsense })))
  })
})

describe('a request that waits', () => {
  test('is told of with its reason and how long it will take, and the queue says so too', async () => {
    const { clock, pacing, ask } = harness({ maxWaitMs: 120_000 })
    const told: unknown[] = []
    pacing.subscribe((event) => event.type === 'wait' && told.push([event.limit, event.expectedMs]))
    const calls = [
      ...Array.from({ length: 3 }, () => ask('orders', { path: '/orders', owner: 'o' })),
      ...Array.from({ length: 12 }, () => ask('other')),
    ]
    await settle()
    expect(told).toEqual([
      ['orders', 5_000],
      ['orders', 10_000],
      [undefined, 1_000],
      [undefined, 1_000],
      [undefined, 1_000],
    ])
    expect(pacing.waits('u')).toEqual([
      { limit: 'orders', queued: 2, expectedMs: 5_000 },
      { limit: undefined, queued: 3, expectedMs: 1_000 },
    ])
    const startMs = clock.now()
    await clock.until(Promise.all(calls))
    expect(clock.now() - startMs).toBe(10_000)
    expect(pacing.waits('u')).toEqual([])
    const history = Array.from({ length: 6 }, () => ask('history', { path: '/history' }, 2_000))
    await settle()
    expect(pacing.waits('u')).toEqual([{ limit: 'history', queued: 1, expectedMs: undefined }])
    await clock.until(Promise.all(history))
  })

  test.each([1, 3, 10])('is told the truth, as long as nobody else comes: %d a second', async (requests) => {
    const { clock, pacing, grants, ask } = harness({ global: { requests, intervalMs: 1_000 } })
    const startMs = clock.now()
    const told: number[] = []
    pacing.subscribe((event) => event.type === 'wait' && told.push(event.expectedMs))
    const before = [ask('before'), ask('before')]
    await clock.advance(300)
    await clock.until(Promise.all([...before, ...Array.from({ length: 35 }, () => ask('x'))]))
    const waited = grants.map(({ atMs, label }) => atMs - startMs - (label === 'x' ? 300 : 0))
    expect(told).toEqual(waited.filter((ms) => ms > 0))
  })

  test('is refused at once if those before it leave it no chance', async () => {
    const { clock, ask } = harness({ maxWaitMs: 60_000 })
    const calls = Array.from({ length: 13 }, () => ask('orders', { path: '/orders' }))
    const late = failure(ask('late', { path: '/orders' }))
    expect(await late).toMatchObject({ code: 'ERR_TRANSPORT_PACING_WAIT', retryAfterMs: 65_000 })
    const brief = failure(ask('brief', { path: '/orders', caller: 'brief', timeLeftMs: 4_999 }))
    expect(await brief).toMatchObject({ code: 'ERR_TRANSPORT_PACING_WAIT', retryAfterMs: 5_000 })
    // Another caller takes turns with the first, and may well be in time.
    const other = ask('other', { path: '/orders', caller: 'another' })
    const urgent = ask('urgent', { path: '/orders', priority: 'high' })
    await clock.until(Promise.all([...calls, other, urgent]))
  })

  test('is refused at once if too many wait already', async () => {
    const { clock, ask } = harness({ maxQueued: 5 })
    const calls = Array.from({ length: 15 }, () => ask('x'))
    expect(await failure(ask('one too many'))).toMatchObject({
      code: 'ERR_TRANSPORT_PACING_WAIT',
      retryAfterMs: 1_000,
    })
    await clock.until(Promise.all(calls))
    await clock.until(ask('later'))
  })

  test.each(['low', 'normal'] as const)(
    'is served although more urgent ones keep coming: %s',
    async (priority) => {
      const { clock, ask } = harness({ global: { requests: 1, intervalMs: 1_000 } })
      const urgent: Promise<void>[] = [ask('first')]
      let served = false
      const patient = ask('patient', { priority }).then(() => {
        served = true
      })
      for (let second = 0; second < 60 && !served; second++) {
        urgent.push(
          ask('urgent', { priority: 'high' }),
          ask('urgent', { priority: 'high', caller: 'another' }),
        )
        await clock.advance(1_000)
      }
      expect(served).toBe(true)
      await clock.until(Promise.all([patient, ...urgent.map((call) => call.catch(() => undefined))]))
    },
  )
})

describe('a conversation', () => {
  const talk = { conversation: 'talk' }

  test('lets nothing between but itself and cancellations of orders', async () => {
    const { clock, pacing, grants, ask } = harness()
    const end = pacing.hold('u', 'talk')
    const calls = [
      ask('other', { priority: 'high' }),
      ask('question', talk),
      ask('another conversation', { conversation: 'talk 2' }),
      ask('cancellation', { method: 'DELETE', path: '/iserver/account/DU1/order/7' }),
      ask('no cancellation', { method: 'DELETE', path: '/iserver/watchlist' }),
      ask('somebody else', { username: 'v' }),
    ]
    await clock.advance(1_000)
    calls.push(ask('answer', talk))
    await settle()
    expect(grants.map(({ label }) => label)).toEqual(['question', 'cancellation', 'somebody else', 'answer'])
    end()
    end()
    await clock.until(Promise.all(calls))
    expect(grants.slice(4).map(({ label }) => label)).toEqual([
      'other',
      'another conversation',
      'no cancellation',
    ])
  })

  test('holds others back for five seconds at the most, and one of two at a time', async () => {
    const { clock, pacing, grants, ask } = harness()
    const startMs = clock.now()
    pacing.hold('u', 'talk')
    const endSecond = pacing.hold('u', 'talk 2')
    const calls = [ask('second', { conversation: 'talk 2' }), ask('first', talk), ask('other')]
    await clock.advance(7_000)
    expect(pacing.waits('u')).toEqual([{ limit: undefined, queued: 1, expectedMs: 0 }])
    endSecond()
    await clock.until(Promise.all(calls))
    expect(grants.map(({ atMs, label }) => [label, atMs - startMs])).toEqual([
      ['first', 0],
      ['second', 5_000],
      ['other', 7_000],
    ])
    await clock.advance(10_000)
    expect(clock.pending).toBe(0)
  })

  test('that never ends leaves no timer and holds up nobody for long', async () => {
    const { clock, pacing, ask } = harness()
    pacing.hold('u', 'talk')
    const startMs = clock.now()
    await clock.until(ask('other'))
    expect(clock.now() - startMs).toBe(5_000)
    await clock.advance(10_000)
    expect(clock.pending).toBe(0)
  })
})

test('a username that falls silent is forgotten, and leaves no timer', async () => {
  const { clock, ask, pacing } = harness()
  await clock.until(ask('x', { path: '/orders' }))
  expect(clock.pending).toBe(1)
  await clock.advance(5_001)
  expect(clock.pending).toBe(0)
  expect(pacing.queued('u')).toBe(0)
})

test.each([3_600_000, -3_600_000, 2_000, -2_000])(
  'a clock that is set by %d ms opens and closes no window',
  async (byMs) => {
    const { clock, grants, ask } = harness({ global: { requests: 1, intervalMs: 1_000 } })
    await clock.until(ask('before'))
    clock.set(clock.now() + byMs)
    const startMs = clock.now()
    await clock.until(ask('after'))
    expect((grants[1]?.atMs ?? 0) - startMs).toBe(1_000)
  },
)

test('sessions that are given no pacing share one', () => {
  const clock = new VirtualClock()
  expect(sharedPacing(clock)).toBe(sharedPacing(clock))
  expect(sharedPacing(clock)).not.toBe(sharedPacing(new VirtualClock()))
})

test.each<[string, PacingOptions]>([
  ['no requests', { global: { requests: 0, intervalMs: 1 } }],
  ['an interval of NaN', { global: { requests: 1, intervalMs: Number.NaN } }],
  ['seven requests and a half', { global: { requests: 7.5, intervalMs: 1_000 } }],
  ['half a request at once', { limits: [{ ...history, concurrent: 0.5 }] }],
  ['a negative margin', { marginMs: -1 }],
  ['a negative penalty', { penaltyMs: -1 }],
  ['a penalty of a year', { penaltyMs: 365 * 86_400_000 }],
  ['a queue of none', { maxQueued: 0 }],
  ['a method in lower case', { limits: [{ ...orders, methods: ['get'] }] }],
  ['a path without a slash', { limits: [{ ...orders, paths: ['orders'] }] }],
  ['a path with a query', { limits: [{ ...orders, paths: ['/orders?a=b'] }] }],
  ['a limit without a name', { limits: [{ ...orders, name: '' }] }],
])('%s cannot be meant', (_, options) => {
  expect(() => createPacing(options)).toThrow(
    expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }),
  )
})

test('settled requests leave nothing behind at their signal', async () => {
  const { clock, ask } = harness({ global: { requests: 1, intervalMs: 10 } })
  const controller = new AbortController()
  let listeners = 0
  const add = controller.signal.addEventListener.bind(controller.signal)
  const remove = controller.signal.removeEventListener.bind(controller.signal)
  controller.signal.addEventListener = ((...args: Parameters<typeof add>) => {
    listeners += 1
    add(...args)
  }) as typeof add
  controller.signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...args)
  }) as typeof remove
  await clock.until(Promise.all([1, 2, 3].map((value) => ask(String(value), { signal: controller.signal }))))
  await settle()
  expect(listeners).toBe(0)
})

test('a conversation that is ended long after its time brings nobody a second allowance', async () => {
  const clock = new VirtualClock()
  const pacing = createPacing({ clock, global: { requests: 1, intervalMs: 1_000 }, limits: [] })
  const request = { username: 'u', egress: 'e', method: 'GET', path: '/a' }
  const ask = async (): Promise<void> => (await pacing.acquire(request)).release(true)
  const end = pacing.hold('u', {})
  await clock.until(ask())
  await clock.advance(60_000)
  end()
  await ask()
  const waiting = ask()
  await clock.advance(1_100)
  await waiting
  let granted = 0
  for (let place = 0; place < 3; place += 1) ask().then(() => (granted += 1))
  await clock.advance(100)
  expect(granted).toBe(0)
})

describe('a place counts from its use', () => {
  const request: PacingRequest = { username: 'u', egress: 'e', method: 'GET', path: '/other' }

  test('where that is told, and from its grant where it is not', async () => {
    const { clock, pacing } = harness({ global: { requests: 2, intervalMs: 1_000 } })
    const startMs = clock.now()
    const first = await pacing.acquire(request)
    const second = await pacing.acquire(request)
    await clock.advance(600)
    expect(first.use?.()).toBe(true)
    const next = pacing.acquire(request)
    await clock.advance(400)
    const third = await next
    expect(clock.now() - startMs).toBe(1_000)
    const afterThat = pacing.acquire(request)
    let isGranted = false
    Promise.resolve(afterThat).then(() => {
      isGranted = true
    })
    await clock.advance(599)
    expect(isGranted).toBe(false)
    await clock.advance(1)
    expect(isGranted).toBe(true)
    for (const permit of [first, second, third, await afterThat]) permit.release(true)
  })

  test('until its window is over: then somebody else may have it', async () => {
    const { clock, pacing } = harness({ global: { requests: 1, intervalMs: 1_000 } })
    const late = await pacing.acquire(request)
    await clock.advance(1_000)
    const other = await pacing.acquire(request)
    expect(late.use?.()).toBe(false)
    expect(other.use?.()).toBe(true)
    late.release(false)
    other.release(true)
  })

  test('until the shortest of its windows is over', async () => {
    const quick = { ...orders, windows: [{ requests: 1, intervalMs: 200 }] }
    const { clock, pacing } = harness({ limits: [quick] })
    const late = await pacing.acquire({ ...request, path: '/orders' })
    await clock.advance(200)
    expect(late.use?.()).toBe(false)
    late.release(false)
  })

  test('one given back after its use leaves the place of nobody else', async () => {
    const { clock, pacing } = harness({ global: { requests: 2, intervalMs: 1_000 } })
    const [one, other] = [await pacing.acquire(request), await pacing.acquire(request)]
    await clock.advance(100)
    expect([one.use?.(), other.use?.()]).toEqual([true, true])
    one.release(false)
    const third = await pacing.acquire(request)
    expect(pacing.waits('u')).toEqual([])
    void pacing.acquire(request)
    expect(pacing.waits('u')).toMatchObject([{ queued: 1, expectedMs: 1_000 }])
    for (const permit of [other, third]) permit.release(true)
    await clock.advance(1_000)
  })

  test('seeded: however late requests leave, no window of them is too full', async () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = new SeededRandom(seed).next
      const { clock, pacing } = harness({ global: { requests: 5, intervalMs: 1_000 } })
      const left: number[] = []
      const orders: number[] = []
      const send = async (): Promise<void> => {
        const isOrders = random() < 0.1
        const times = isOrders ? orders : []
        for (;;) {
          const permit = await pacing.acquire({ ...request, path: isOrders ? '/orders' : '/other' })
          await new Promise<void>((resolve) => clock.setTimeout(resolve, random() ** 4 * 1_500))
          const isSent = permit.use?.() === true && random() < 0.9
          if (isSent) for (const list of [left, times]) list.push(clock.now())
          permit.release(isSent)
          if (isSent) return
        }
      }
      await clock.until(Promise.all(Array.from({ length: 40 }, send)))
      expect(mostInAnyWindow(left, 1_000), `seed ${seed}`).toBeLessThanOrEqual(5)
      expect(mostInAnyWindow(orders, 5_000), `seed ${seed}`).toBeLessThanOrEqual(1)
    }
  })
})
