import { describe, expect, test } from 'vitest'
import type { SharePacingOptions } from '../src/pacing/options.ts'
import { shareOf } from '../src/pacing/own-places.ts'
import type { PacingEvent, PacingRequest } from '../src/pacing/request.ts'
import { type SharedPacing, sharePacing } from '../src/pacing/share-pacing.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { mostInAnyWindow } from './support/most-in-any-window.ts'
import { seededRandom } from './support/seeded-random.ts'
import { unsteady, type Way } from './support/unsteady-store.ts'
import { VirtualTime } from './support/virtual-clock.ts'

const limits = [
  {
    name: 'GET /tickle',
    methods: ['GET', 'POST'],
    paths: ['/tickle'],
    windows: [{ requests: 1, intervalMs: 1_000 }],
  },
  {
    name: 'GET /orders',
    methods: ['GET'],
    paths: ['/iserver/account/orders'],
    windows: [{ requests: 1, intervalMs: 5_000 }],
  },
  {
    name: 'GET /history',
    methods: ['GET'],
    paths: ['/iserver/marketdata/history'],
    windows: [
      { requests: 10, intervalMs: 1_000 },
      { requests: 50, intervalMs: 60_000 },
    ],
    concurrent: 5,
  },
  {
    name: 'GET /params',
    methods: ['GET'],
    paths: ['/iserver/scanner/params'],
    windows: [{ requests: 1, intervalMs: 900_000 }],
  },
  {
    name: 'any device',
    methods: ['DELETE'],
    paths: ['/fyi/deliveryoptions/{id}'],
    windows: [{ requests: 1, intervalMs: 1_000 }],
  },
]

function world(count: number, options: Partial<SharePacingOptions> = {}, seed = 1) {
  const time = new VirtualTime()
  const store = memoryStore({ now: time.now })
  const ways: Way[] = []
  const processes = Array.from({ length: count }, (_, index) => {
    const random = seededRandom(seed * 100 + index)
    const way: Way = { delayMs: () => 0.2 + random() * 2, isCut: false, lossRate: 0 }
    ways.push(way)
    return sharePacing({
      store: unsteady(store, time, random, way),
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits,
      egress: 'office',
      clock: time.clock(),
      random,
      ...options,
    })
  })
  return { time, store, processes, ways }
}

const ask = (more: Partial<PacingRequest> = {}): PacingRequest => ({
  username: 'user',
  egress: undefined,
  method: 'GET',
  path: '/portfolio/accounts',
  ...more,
})

/** Sends as soon as there is a place; remembers when. */
async function send(
  time: VirtualTime,
  pacing: SharedPacing,
  sentAtMs: number[],
  request = ask(),
  runMs = 5,
): Promise<void> {
  const permit = await pacing.acquire(request)
  sentAtMs.push(time.elapsedMs)
  await time.pause(runMs)
  permit.release(true)
}

describe('windows over all processes', () => {
  test('eight processes that all want much: no window is too full, and what is allowed is used', async () => {
    const { time, processes } = world(8)
    const sent: number[] = []
    const all = processes.flatMap((pacing) => Array.from({ length: 25 }, () => send(time, pacing, sent)))
    await time.until(Promise.all(all))
    expect(sent).toHaveLength(200)
    expect(mostInAnyWindow(sent, 1_000)).toBeLessThanOrEqual(10)
    // 200 requests at 10 a second take 19 s; a tenth more for margin and ways.
    expect(time.elapsedMs).toBeLessThan(22_500)
  })

  test('endpoints have limits of their own, and hold up nobody else', async () => {
    const { time, processes } = world(4)
    const [tickles, others]: [number[], number[]] = [[], []]
    const all = processes.flatMap((pacing) => [
      ...Array.from({ length: 3 }, () => send(time, pacing, tickles, ask({ path: '/tickle?x=1' }))),
      ...Array.from({ length: 5 }, () => send(time, pacing, others)),
    ])
    await time.until(Promise.all(all))
    expect(mostInAnyWindow(tickles, 1_000)).toBe(1)
    expect(mostInAnyWindow([...tickles, ...others], 1_000)).toBeLessThanOrEqual(10)
    expect(Math.max(...others)).toBeLessThan(4_000)
  })

  test('at most five at once, wherever they run', async () => {
    const { time, processes } = world(3)
    let running = 0
    let mostRunning = 0
    const run = async (pacing: SharedPacing): Promise<void> => {
      const permit = await pacing.acquire(ask({ path: '/iserver/marketdata/history' }))
      running += 1
      mostRunning = Math.max(mostRunning, running)
      await time.pause(2_000)
      running -= 1
      permit.release(true)
    }
    await time.until(Promise.all(processes.flatMap((pacing) => Array.from({ length: 5 }, () => run(pacing)))))
    expect(mostRunning).toBe(5)
  })

  test('a place whose request was never sent goes to the next, in whichever process', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    const permit = await time.until(one.acquire(ask({ path: '/iserver/scanner/params' })))
    const sent: number[] = []
    const later = send(time, other, sent, ask({ path: '/iserver/scanner/params', maxWaitMs: 2_000_000 }))
    await time.advance(1_000)
    permit.release(false)
    permit.release(false)
    await time.advance(901_000)
    await time.until(later)
    expect(sent[0]).toBeLessThan(901_200)
    const third = await time.until(
      one.acquire(ask({ path: '/iserver/scanner/params', maxWaitMs: 2_000_000 })),
    )
    third.release(false)
    await time.advance(10)
    const fourth = await time.until(other.acquire(ask({ path: '/iserver/scanner/params' })))
    fourth.release(true)
    expect(time.elapsedMs - sent[0]!).toBeLessThan(901_000)
  })

  test('an answer that took too long is no place', async () => {
    const { time, processes, ways } = world(2, {
      global: { requests: 1, intervalMs: 1_000 },
      limits: [],
      storeTimeoutMs: 5_000,
    })
    const sent: number[] = []
    const [one, other] = processes as [SharedPacing, SharedPacing]
    // The first answer is on its way for almost a second; soon after, the next place is somebody else's.
    ways[0]!.delayMs = () => (time.elapsedMs === 1 ? 990 : 1)
    const late = send(time, one, sent)
    await time.advance(5)
    await time.until(Promise.all([late, send(time, other, sent)]))
    expect(mostInAnyWindow(sent, 1_000)).toBe(1)
  })

  test('a request that runs for minutes is counted all the while', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    const history = ask({ path: '/iserver/marketdata/history', maxWaitMs: 600_000 })
    const long = Array.from({ length: 5 }, () => send(time, one, [], history, 90_000))
    await time.advance(10)
    const sent: number[] = []
    const later = send(time, other, sent, history)
    await time.until(Promise.all([...long, later]))
    expect(sent[0]).toBeGreaterThanOrEqual(90_000)
  })
})

test('what is urgent in one process does not wait for the crowd of the others', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { time, processes } = world(8, {}, seed)
    const crowd = processes
      .slice(1)
      .flatMap((pacing) => Array.from({ length: 60 }, () => send(time, pacing, [])))
    for (const waiting of crowd) waiting.catch(() => undefined)
    await time.advance(3_000)
    const sent: number[] = []
    await time.until(send(time, processes[0]!, sent, ask({ priority: 'high' })))
    expect(sent[0]! - 3_000, `seed ${seed}`).toBeLessThan(1_200)
    await Promise.all(processes.map((pacing) => time.until(pacing.close())))
  }
})

test('a crowd is served in all processes alike', async () => {
  const { time, processes } = world(5)
  const served = processes.map(() => [] as number[])
  for (const [index, pacing] of processes.entries())
    for (let caller = 0; caller < 60; caller += 1) send(time, pacing, served[index]!).catch(() => undefined)
  await time.advance(20_000)
  for (const sent of served) expect(sent.length).toBeGreaterThan(20)
  await Promise.all(processes.map((pacing) => time.until(pacing.close())))
})

describe('the line', () => {
  test('the urgent first, then callers in turn', async () => {
    const { time, processes } = world(1)
    const [pacing] = processes as [SharedPacing]
    const filler = Array.from({ length: 10 }, () => send(time, pacing, []))
    await time.until(Promise.all(filler))
    const order: string[] = []
    const enter = (name: string, more: Partial<PacingRequest>) =>
      pacing.acquire(ask(more)).then((permit) => {
        order.push(name)
        permit.release(true)
      })
    const all = [
      ...['a1', 'a2', 'a3'].map((name) => enter(name, { caller: 'a' })),
      enter('b1', { caller: 'b' }),
      enter('low', { priority: 'low' }),
      enter('high', { priority: 'high' }),
    ]
    await time.until(Promise.all(all))
    expect(order).toEqual(['high', 'a1', 'b1', 'a2', 'a3', 'low'])
  })

  test('a wait without a chance is refused at once, and says how long it would be', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    await time.until(send(time, one, [], ask({ path: '/iserver/scanner/params' })))
    const asked = other.acquire(ask({ path: '/iserver/scanner/params' }))
    await expect(time.until(asked)).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PACING_WAIT' })
    const again = await other.acquire(ask({ path: '/iserver/scanner/params' })).catch((error) => error)
    expect(again.retryAfterMs).toBeGreaterThan(890_000)
    expect(again.message).toContain('GET /params')
  })

  test('who gives up, or whose owner leaves, frees its place in the line', async () => {
    const { time, processes } = world(1)
    const [pacing] = processes as [SharedPacing]
    await time.until(Promise.all(Array.from({ length: 10 }, () => send(time, pacing, []))))
    const controller = new AbortController()
    const aborted = pacing.acquire(ask({ signal: controller.signal }))
    const dropped = pacing.acquire(ask({ owner: 'me' }))
    await time.advance(100)
    expect(pacing.queued('user')).toBe(2)
    expect(pacing.waits('user')).toMatchObject([{ limit: undefined, queued: 2 }])
    controller.abort(new Error('enough'))
    pacing.drop('user', 'me', new Error('closed'))
    await expect(aborted).rejects.toThrow('enough')
    await expect(dropped).rejects.toThrow('closed')
    expect(pacing.queued('user')).toBe(0)
  })

  test('a line has an end', async () => {
    const { processes } = world(1, { maxQueued: 2 })
    const [pacing] = processes as [SharedPacing]
    const all = [pacing.acquire(ask()), pacing.acquire(ask()), pacing.acquire(ask())]
    await expect(all[2]).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PACING_WAIT' })
  })

  test('a template is not taken for a path of its own', async () => {
    const { time, processes } = world(1)
    const [pacing] = processes as [SharedPacing]
    const sent: number[] = []
    const device = (id: string) =>
      send(time, pacing, sent, ask({ method: 'DELETE', path: `/fyi/deliveryoptions/${id}` }))
    await time.until(Promise.all([device('1'), device('2')]))
    expect(mostInAnyWindow(sent, 1_000)).toBe(1)
  })
})

test('a listener that is asynchronous and fails is contained, and told in the status', async () => {
  const { processes } = world(1)
  const [pacing] = processes as [SharedPacing]
  pacing.subscribe(async () => {
    throw new RangeError('mine')
  })
  pacing.penalize(undefined)
  await new Promise((resolve) => setImmediate(resolve))
  expect(pacing.status().lastError).toBe('RangeError')
})

describe('the penalty box', () => {
  test('a 429 anywhere stops the whole address, and only that', async () => {
    const { time, processes } = world(3)
    const [one, other, third] = processes as [SharedPacing, SharedPacing, SharedPacing]
    const events: PacingEvent[] = []
    other.subscribe((event) => events.push(event))
    await time.until(Promise.all(processes.map((pacing) => send(time, pacing, []))))
    const waiting = other.acquire(ask({ path: '/tickle' })).then((permit) => permit.release(true))
    await time.until(waiting)
    const queued = other.acquire(ask({ path: '/tickle' }))
    queued.catch(() => undefined)
    await time.advance(10)
    const { untilMs } = one.penalize(undefined, 1_000)
    expect(untilMs - time.now()).toBe(600_000)
    await time.advance(20)
    await expect(queued).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PENALTY_BOX' })
    for (const pacing of processes) {
      expect(pacing.penaltyUntilMs(undefined)).toBeCloseTo(untilMs, -2)
      await expect(pacing.acquire(ask())).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PENALTY_BOX' })
    }
    expect(events).toContainEqual(expect.objectContaining({ type: 'penalty' }))
    await time.until(send(time, third, [], ask({ egress: 'elsewhere' })))
    await time.advance(600_000)
    await time.until(send(time, third, []))
  })

  test('one that is written while the store is being read is seen at once, not with the next look', async () => {
    const time = new VirtualTime()
    const store = memoryStore({ now: time.now })
    const penaltyKey = 'paper penalty office'
    const slow: Store = {
      compareAndSet: (...values) => store.compareAndSet(...values),
      watch: (key, listener) => store.watch(key, listener),
      // The answer is as old as the question.
      async read(key) {
        const entry = await store.read(key)
        if (key === penaltyKey) await time.pause(100)
        return entry
      },
    }
    const options = { key: 'paper', global: { requests: 10, intervalMs: 1_000 }, limits, egress: 'office' }
    const other = sharePacing({ ...options, store: slow, clock: time.clock(), pollMs: 60_000 })
    const one = sharePacing({ ...options, store, clock: time.clock() })
    await time.until(send(time, one, []))
    await time.until(send(time, other, []))
    await time.advance(1_000)
    one.penalize(undefined)
    await time.advance(50)
    // Told of the first change, it reads; meanwhile comes the second.
    one.pardon(undefined)
    await time.advance(400)
    expect(other.penaltyUntilMs(undefined)).toBeUndefined()
    await Promise.all([one, other].map((pacing) => time.until(pacing.close())))
    other.hold('another', Symbol('late'))()
    expect(other.status().usernames).toHaveLength(1)
  })

  test('pardon opens it everywhere', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    await time.until(Promise.all(processes.map((pacing) => send(time, pacing, []))))
    one.penalize(undefined)
    await time.advance(20)
    other.pardon(undefined)
    await time.advance(20)
    await time.until(Promise.all(processes.map((pacing) => send(time, pacing, []))))
  })
})

describe('a penalty that the store does not hold', () => {
  const isBarred = (pacing: SharedPacing) => pacing.penaltyUntilMs('office') !== undefined

  test('because it lost its data is written back, and ends for nobody', async () => {
    const { time, store, processes } = world(2)
    const [one, two] = processes as [SharedPacing, SharedPacing]
    one.penalize('office')
    two.pardon('abroad')
    void two.acquire(ask({ egress: 'office' })).catch(() => undefined)
    await time.advance(2_000)
    const key = 'paper penalty office'
    await store.compareAndSet(key, (await store.read(key)).revision, undefined, 1)
    await time.advance(2_000)
    expect([one, two].map(isBarred)).toEqual([true, true])
    const three = sharePacing({
      store,
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits,
      egress: 'office',
      clock: time.clock(),
    })
    void three.acquire(ask()).catch(() => undefined)
    await time.advance(100)
    expect(isBarred(three)).toBe(true)
    await time.until(Promise.all([one.close(), two.close(), three.close()]))
  })

  test('because it was away is told when it is back; a pardon likewise, also to one who was away', async () => {
    const { time, ways, processes } = world(2)
    const [one, two] = processes as [SharedPacing, SharedPacing]
    for (const pacing of [one, two]) void pacing.acquire(ask()).then((permit) => permit.release(true))
    await time.advance(500)
    for (const way of ways) way.isCut = true
    one.penalize('office')
    await time.advance(3_000)
    expect([one, two].map(isBarred)).toEqual([true, false])
    for (const way of ways) way.isCut = false
    await time.advance(3_000)
    expect([one, two].map(isBarred)).toEqual([true, true])
    for (const way of ways.slice(1)) way.isCut = true
    one.pardon('office')
    await time.advance(3_000)
    expect([one, two].map(isBarred)).toEqual([false, true])
    for (const way of ways) way.isCut = false
    await time.advance(5_000)
    expect([one, two].map(isBarred)).toEqual([false, false])
    await time.until(Promise.all([one.close(), two.close()]))
  })
})

describe('a penalty nobody can have meant', () => {
  const request = ask({ egress: 'office' })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300, Number.MAX_SAFE_INTEGER])(
    'of %d milliseconds lasts a day at the most, and can be told',
    async (retryAfterMs) => {
      const { time, processes } = world(1)
      const [pacing] = processes as [SharedPacing]
      const { untilMs } = pacing.penalize('office', retryAfterMs)
      expect(untilMs - time.now()).toBeGreaterThanOrEqual(600_000)
      expect(untilMs - time.now()).toBeLessThanOrEqual(86_400_000)
      await expect(pacing.acquire(request)).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PENALTY_BOX' })
      await time.until(pacing.close())
    },
  )

  test('that stands in the store can be told, and ended', async () => {
    const { time, store, processes } = world(1)
    const [pacing] = processes as [SharedPacing]
    const { revision } = await store.read('paper penalty office')
    await store.compareAndSet(
      'paper penalty office',
      revision,
      '{"version":1,"kind":"penalty","untilMs":1e300}',
      1e9,
    )
    pacing.pardon('abroad')
    void pacing.acquire(request).catch(() => undefined)
    await time.advance(100)
    await expect(pacing.acquire(request)).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_PENALTY_BOX' })
    pacing.pardon('office')
    await time.advance(100)
    await time.until(pacing.acquire(request))
    await time.until(pacing.close())
  })
})

describe('conversations', () => {
  test('begin when no place had before them, in whichever process, can be used any more', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { time, processes } = world(3, { marginMs: 60 }, seed)
      const random = seededRandom(seed)
      const arrivals: { atMs: number; own: boolean }[] = []
      const go = async (pacing: SharedPacing, conversation?: symbol): Promise<void> => {
        const permit = await pacing.acquire(ask({ conversation, priority: conversation ? 'high' : 'normal' }))
        // As slow on its way as the margin allows.
        await time.pause(conversation ? 0 : random() * 60)
        arrivals.push({ atMs: time.elapsedMs, own: conversation !== undefined })
        permit.release(true)
      }
      const crowd = processes.flatMap((pacing) => Array.from({ length: 2 }, () => go(pacing)))
      await time.advance(random() * 3)
      const talk = Symbol('talk')
      const letGo = processes[0]!.hold('user', talk)
      const converse = async (): Promise<void> => {
        await go(processes[0]!, talk)
        await time.pause(40)
        await go(processes[0]!, talk)
        letGo()
      }
      await time.until(Promise.all([converse(), ...crowd]))
      const own = arrivals.map((arrival, index) => (arrival.own ? index : -1)).filter((index) => index >= 0)
      expect(own[1]! - own[0]!, `seed ${seed}`).toBe(1)
    }
  })

  test('hold everybody else back, let cancellations pass, and end by themselves', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    const talk = Symbol('talk')
    one.hold('user', talk)
    await time.until(
      send(time, one, [], ask({ method: 'POST', path: '/iserver/account/U1/orders', conversation: talk })),
    )
    const sent: number[] = []
    const held = [send(time, one, sent), send(time, other, sent)]
    const cancelled: number[] = []
    const cancel = ask({ method: 'DELETE', path: '/iserver/account/U1/order/7' })
    await time.until(Promise.all([send(time, other, cancelled, cancel), send(time, one, cancelled, cancel)]))
    await time.until(
      send(time, one, [], ask({ method: 'POST', path: '/iserver/reply/q', conversation: talk })),
    )
    expect(sent).toEqual([])
    await time.until(Promise.all(held))
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(4_900)
    expect(Math.max(...sent)).toBeLessThan(5_500)
  })

  test('end at once when they are over', async () => {
    const { time, processes } = world(2)
    const [one, other] = processes as [SharedPacing, SharedPacing]
    const end = one.hold('user', 'talk')
    await time.until(send(time, one, [], ask({ conversation: 'talk' })))
    const sent: number[] = []
    const held = send(time, other, sent)
    await time.advance(500)
    expect(sent).toEqual([])
    end()
    end()
    await time.until(held)
    expect(sent[0]).toBeLessThan(700)
  })

  test('of two at the same time one waits for the other, in whichever process', async () => {
    const { time, processes } = world(2)
    const order: string[] = []
    const converse = async (pacing: SharedPacing, name: string): Promise<void> => {
      const end = pacing.hold('user', name)
      for (const step of ['order', 'reply']) {
        const permit = await pacing.acquire(ask({ conversation: name }))
        order.push(`${name} ${step}`)
        await time.pause(200)
        permit.release(true)
      }
      end()
    }
    const [one, other] = processes as [SharedPacing, SharedPacing]
    await time.until(Promise.all([converse(one, 'a'), converse(other, 'b'), converse(one, 'c')]))
    for (const name of ['a', 'b', 'c'])
      expect(order.indexOf(`${name} reply`) - order.indexOf(`${name} order`)).toBe(1)
  })
})

describe('while the store is away', () => {
  test('each goes by its share of every window', async () => {
    const { time, processes, ways } = world(4)
    await time.until(Promise.all(processes.map((pacing) => send(time, pacing, []))))
    await time.advance(11_000)
    for (const way of ways) way.isCut = true
    const sent: number[] = []
    const all = processes.flatMap((pacing) => Array.from({ length: 10 }, () => send(time, pacing, sent)))
    await time.until(Promise.all(all))
    expect(sent).toHaveLength(40)
    expect(mostInAnyWindow(sent, 1_000)).toBeLessThanOrEqual(10)
    expect(processes[0]!.status()).toMatchObject({
      store: { available: false },
      usernames: [{ alone: true, processes: 4 }],
    })
    for (const way of ways) way.isCut = false
    await time.advance(2_000)
    const after: number[] = []
    await time.until(
      Promise.all(processes.flatMap((pacing) => Array.from({ length: 5 }, () => send(time, pacing, after)))),
    )
    expect(mostInAnyWindow(after, 1_000)).toBeLessThanOrEqual(10)
    expect(processes[0]!.status().usernames[0]!.alone).toBe(false)
  })

  test('a process that has never heard of the store reckons with others', async () => {
    const { time, processes, ways } = world(4)
    for (const way of ways) way.isCut = true
    const sent: number[] = []
    const all = processes.flatMap((pacing) => Array.from({ length: 6 }, () => send(time, pacing, sent)))
    await time.until(Promise.all(all))
    expect(mostInAnyWindow(sent, 1_000)).toBeLessThanOrEqual(10)
  })

  test('a conversation holds back at least whoever is in this process', async () => {
    const { time, processes, ways } = world(1)
    const [pacing] = processes as [SharedPacing]
    await time.until(send(time, pacing, []))
    for (const way of ways) way.isCut = true
    await time.until(send(time, pacing, []))
    const end = pacing.hold('user', 'talk')
    const sent: number[] = []
    const held = send(time, pacing, sent)
    await time.until(send(time, pacing, [], ask({ conversation: 'talk' })))
    await time.advance(3_000)
    expect(sent).toEqual([])
    end()
    await time.until(held)
    expect(time.elapsedMs).toBeLessThan(5_000)
  })

  test.each([
    [10, 1_000, 1],
    [10, 1_000, 4],
    [10, 1_000, 8],
    [1, 5_000, 3],
    [50, 60_000, 7],
    [10, 1_000, 40],
  ])('%i in %i ms among %i: together no more in the long run', (places, intervalMs, processes) => {
    const share = shareOf({ places, intervalMs }, processes)
    expect((processes * share.places) / share.intervalMs).toBeLessThanOrEqual(places / intervalMs + 1e-9)
  })
})

test('after close() what waits is told, and nothing goes on', async () => {
  const { time, processes } = world(2)
  const [one, other] = processes as [SharedPacing, SharedPacing]
  await time.until(Promise.all(processes.map((pacing) => send(time, pacing, []))))
  await time.until(send(time, one, [], ask({ path: '/iserver/account/orders' })))
  const waiting = one.acquire(ask({ path: '/iserver/account/orders' }))
  waiting.catch(() => undefined)
  await time.advance(10)
  await time.until(one.close())
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_CLOSED' })
  await expect(one.acquire(ask())).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_CLOSED' })
  await time.until(send(time, other, []))
  expect(other.status().usernames[0]!.processes).toBe(1)
})

test.each([
  ['requests', { global: { requests: 0, intervalMs: 1_000 } }],
  ['intervalMs', { global: { requests: 1, intervalMs: Number.NaN } }],
  ['key', { key: '' }],
  ['maxQueued', { maxQueued: 0.5 }],
  ['marginMs', { marginMs: -1 }],
])('%s is checked when it is given', (name, wrong) => {
  expect(() => world(1, wrong)).toThrow(name)
})

test('a session without a name is told that it needs one', async () => {
  const { processes } = world(1)
  await expect(processes[0]!.acquire(ask({ username: {} }))).rejects.toThrow('createSession({ username })')
})
