import { describe, expect, test } from 'vitest'
import { announcing } from '../src/credential/announcing.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { type ModelCredential, ModelProcess, ModelServer } from './support/model.ts'
import { settle, VirtualTime } from './support/virtual-clock.ts'

// From the moment at which a login is sent, what the others have may be void: they use it for a moment more, and then wait for news.

const never = new Promise<never>(() => undefined)

/** A store that some cannot reach any more: what they ask is refused, or never answered. */
function reachable(store: Store) {
  const state: { is: 'there' | 'away' | 'dead' } = { is: 'there' }
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    if (state.is === 'dead') return never
    if (state.is === 'away') throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
    return call()
  }
  const way: Store = {
    read: (key) => guard(() => store.read(key)),
    compareAndSet: (...values) => guard(() => store.compareAndSet(...values)),
    watch: (key, listener) => store.watch(key, () => state.is === 'there' && listener()),
  }
  return { store: way, state }
}

type OwnersLogin = (server: ModelServer, way: ReturnType<typeof reachable>) => Promise<ModelCredential>

/** Logs in, and has lost its way to the store when the answer is there. */
function losingTheStore(is: 'away' | 'dead'): OwnersLogin {
  return async (server, way) => {
    const credential = await server.login()
    way.state.is = is
    return credential
  }
}

/** An owner and another process, both with the first credential, that follow it. What the owner sends does as `logIn` says. */
async function company(options: { readonly logIn?: OwnersLogin } = {}) {
  const time = new VirtualTime()
  const server = new ModelServer(time, 3_600_000, 300)
  const storeClock = { aheadMs: 0 }
  const store = memoryStore({ now: () => time.now() + storeClock.aheadMs })
  const ways = { owner: reachable(store), other: reachable(store) }
  let isFirst = true
  const logIn = (): Promise<ModelCredential> => {
    if (isFirst || options.logIn === undefined) {
      isFirst = false
      return server.login()
    }
    return options.logIn(server, ways.owner)
  }
  const owner = new ModelProcess(server, ways.owner.store, { logIn })
  const other = new ModelProcess(server, ways.other.store)
  for (const process of [owner, other]) {
    await time.until(process.obtain('first'))
    process.follow()
  }
  await time.advance(1_000)
  return { time, server, storeClock, store, ways, owner, other }
}

/** What a request of that moment is sent with, and when. */
function ask(process: ModelProcess, time: VirtualTime) {
  const asked: { token: number | undefined; atMs: number } = { token: undefined, atMs: -1 }
  const startedMs = time.elapsedMs
  void Promise.resolve(process.held?.authorize({})).then((answer: unknown) => {
    Object.assign(asked, { token: Number(answer), atMs: time.elapsedMs - startedMs })
  })
  return asked
}

describe('an owner that dies between the answer to its login and its write', () => {
  test('leaves the others a credential that they stop to use, until one of them has another one', async () => {
    const { time, server, owner, other } = await company({
      logIn: losingTheStore('dead'),
    })
    void owner.obtain('scheduled')
    await time.advance(1_400)
    expect(server.logins).toBe(2)
    expect(other.token).toBe(1)
    await time.advance(200)
    const asked = ask(other, time)
    await time.advance(8_000)
    expect(asked.atMs).toBe(-1)
    await time.advance(2_000) // the lease is over
    expect(server.logins).toBe(3)
    expect(other.token).toBe(3)
    // What waited is not asked of the new credential: its session has done with the one it was asked of.
    expect(asked).toEqual({ token: 1, atMs: expect.any(Number) })
    expect(asked.atMs).toBeLessThan(10_000)
  })

  test('is followed at once if the clock of the store is set back meanwhile', async () => {
    const { time, server, storeClock, owner, other } = await company({
      logIn: losingTheStore('dead'),
    })
    void owner.obtain('scheduled')
    await time.advance(1_000)
    storeClock.aheadMs = -1_800_000
    await time.advance(2_000)
    expect([server.logins, other.token]).toEqual([3, 3])
  })

  test('a process that comes meanwhile waits for the next login', async () => {
    const { time, server, store, owner } = await company({
      logIn: losingTheStore('dead'),
    })
    void owner.obtain('scheduled')
    await time.advance(2_000)
    const late = new ModelProcess(server, store)
    await time.until(late.obtain('first'))
    expect(late.token).toBe(3)
  })

  test('what it comes back with is not published over a login that was sent since', async () => {
    const { time, server, ways, owner, other } = await company({
      logIn: losingTheStore('away'),
    })
    await time.until(owner.obtain('scheduled')) // it has a login that nobody knows of
    expect(owner.share.status().unpublished).toBe(true)
    server.loginMs = 5_000
    await time.advance(10_500)
    expect(other.share.status().loggingIn).toBe('here')
    ways.other.state.is = 'dead' // the next owner dies as well, once it has sent
    ways.owner.state.is = 'there'
    await time.advance(20_000)
    expect(server.logins).toBe(4)
    expect(owner.token).toBe(4)
  })
})

test('whoever knows of a later login that it cannot have uses the earlier one no more while it waits for the next', async () => {
  const { time, server, ways, owner, other } = await company({
    // By the store's clock it is soon over.
    logIn: async (server) => ({ ...(await server.login()), expiresAtMs: server.time.now() + 5_100 }),
  })
  ways.other.state.is = 'away' // so that the owner is first
  await time.until(owner.obtain('scheduled'))
  await time.advance(4_200)
  // The owner takes the lease for yet another one, and dies before it says that it sends it.
  const { compareAndSet } = ways.owner.store
  ways.owner.store.compareAndSet = async (...values) => {
    const outcome = await compareAndSet(...values)
    ways.owner.state.is = 'dead'
    return outcome
  }
  void owner.obtain('scheduled').catch(() => undefined)
  await settle()
  ways.other.state.is = 'there'
  await time.advance(3_000)
  expect(server.logins).toBe(2)
  const asked = ask(other, time)
  await time.advance(5_000)
  expect(asked.atMs).toBe(-1)
  expect(other.share.status()).toMatchObject({ loggingIn: 'elsewhere', heldBack: true })
  await time.advance(4_000) // the lease is over
  expect([server.logins, other.token]).toEqual([3, 3])
  expect(other.share.status().heldBack).toBe(false)
})

test('an owner that is only slow has the others wait for what it gets', async () => {
  const { time, server, owner, other } = await company()
  server.loginMs = 25_000
  const renewal = owner.obtain('scheduled')
  await time.advance(2_000)
  const [asked, ofOwner] = [ask(other, time), ask(owner, time)]
  await time.advance(20_000)
  expect([asked.atMs, ofOwner.atMs]).toEqual([-1, -1])
  expect([other, owner].map(({ share }) => share.status().heldBack)).toEqual([true, true])
  await time.until(renewal)
  await time.advance(100)
  expect(server.logins).toBe(2)
  expect([owner.token, other.token]).toEqual([2, 2])
  expect([asked.atMs, ofOwner.atMs].every((atMs) => atMs > 20_000)).toBe(true)
  expect([other, owner].map(({ share }) => share.status().heldBack)).toEqual([false, false])
})

test('an owner that dies before it sends leaves a credential that goes on', async () => {
  const { time, server, ways, owner, other } = await company()
  let reads = 0
  const { read } = ways.owner.store
  // Its lease is there, and nothing after it.
  ways.owner.store.read = (key) => {
    reads += 1
    if (reads === 2) ways.owner.state.is = 'dead'
    return read(key)
  }
  void owner.obtain('scheduled').catch(() => undefined)
  await time.advance(8_000)
  expect(reads).toBeGreaterThanOrEqual(2)
  expect(server.logins).toBe(1)
  expect(other.request()).toBe(true)
})

test('a login that fails has replaced nothing: who waits goes on with the old credential', async () => {
  const { time, owner, other, server } = await company({
    logIn: async ({ time: clock }) => {
      await clock.pause(4_000)
      throw Object.assign(new Error('no'), { code: 'E_NO' })
    },
  })
  void owner.obtain('scheduled').catch(() => undefined)
  await time.advance(2_000)
  const asked = ask(other, time)
  await time.advance(2_500)
  expect(asked.token).toBe(1)
  expect(asked.atMs).toBeGreaterThan(1_900)
  expect(other.request()).toBe(true)
  expect(server.logins).toBe(1)
})

test('of those who ask for the next login one fails with it, and the others do not try at once as well', async () => {
  const { time, server, store, owner, other } = await company({
    logIn: losingTheStore('dead'),
  })
  const further = [0, 1, 2].map(() => new ModelProcess(server, store))
  for (const process of further) {
    await time.until(process.obtain('first'))
    process.follow()
  }
  void owner.obtain('scheduled')
  await time.advance(1_000)
  let attempts = 0
  const { login } = server
  server.refuses = true
  server.login = () => {
    attempts += 1
    return login.call(server)
  }
  const asking = [other, ...further].map((process) => process.obtain('renew'))
  const outcomes = await time.until(Promise.allSettled(asking))
  expect(attempts).toBe(1)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(4)
})

test('a process that was refused with what is in doubt asks nobody about it', async () => {
  const { time, owner, other } = await company({
    logIn: losingTheStore('dead'),
  })
  void owner.obtain('scheduled')
  await time.advance(1_200)
  const startedMs = time.elapsedMs
  await time.until(other.obtain('refused'))
  expect(time.elapsedMs - startedMs).toBeLessThan(10_000)
  expect(other.token).toBe(3)
})

test('a process that loses the store meanwhile goes on with what it has once the lease is over that it knew of', async () => {
  const { time, server, ways, owner, other } = await company()
  server.loginMs = 60_000
  void owner.obtain('scheduled')
  await time.advance(2_000)
  ways.other.state.is = 'away'
  const asked = ask(other, time)
  await time.advance(7_000)
  expect(asked.atMs).toBe(-1)
  await time.advance(2_500)
  expect(asked.token).toBe(1)
  expect(other.token).toBe(1)
})

test('a process that is busy with a question of another one hears of a login all the same', async () => {
  const { time, server, store, owner, other } = await company()
  const busy = new ModelProcess(server, store, { probe: () => never })
  await time.until(busy.obtain('first'))
  busy.follow()
  await time.advance(10)
  void other.obtain('refused').catch(() => undefined)
  await time.advance(500)
  server.loginMs = 20_000
  void owner.obtain('scheduled')
  await time.advance(2_000)
  const asked = ask(busy, time)
  await time.advance(1_000)
  expect(asked.atMs).toBe(-1)
  await time.advance(18_000)
  expect([server.logins, busy.token]).toEqual([2, 2])
})

test('a process that slept past its lease before it sent sends nothing', async () => {
  const time = new VirtualTime()
  const server = new ModelServer(time, 3_600_000)
  const store = memoryStore({ now: time.now })
  let wake: () => void = () => undefined
  const way = reachable(store)
  const sleeper = new ModelProcess(server, way.store, {
    establish: async ({ transport }) => {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      return (transport as { request(): Promise<ModelCredential> }).request()
    },
  })
  const flight = sleeper.obtain('first')
  await time.advance(100)
  way.state.is = 'away' // so that nothing keeps its lease
  await time.advance(11_000)
  const other = new ModelProcess(server, store)
  await time.until(other.obtain('first'))
  way.state.is = 'there'
  wake()
  await time.until(flight)
  expect(server.logins).toBe(1)
  expect([sleeper.token, other.token]).toEqual([1, 1])
})

test('a login that is sent by other means is announced by whoever sends it', async () => {
  const time = new VirtualTime()
  const server = new ModelServer(time, 3_600_000)
  const store = memoryStore({ now: time.now })
  const told: unknown[] = []
  const process = new ModelProcess(server, store, {
    establish: async ({ announce }) => {
      for (const what of ['before', 'after', 'again']) {
        told.push([what, 'sent' in JSON.parse((await store.read('user')).value ?? '')])
        await announce()
      }
      return server.login()
    },
  })
  await time.until(process.obtain('first'))
  expect(told).toEqual([
    ['before', false],
    ['after', true],
    ['again', true],
  ])
  expect(JSON.parse((await store.read('user')).value ?? '')).not.toHaveProperty('sent')
})

test.each([
  ['wait', 1, 'rejected'],
  ['alone', 2, 'fulfilled'],
] as const)("a store that is away before a login is sent: '%s'", async (whenAway, logins, status) => {
  const time = new VirtualTime()
  const server = new ModelServer(time, 3_600_000)
  const way = reachable(memoryStore({ now: time.now }))
  const process = new ModelProcess(server, way.store, {
    whenAway,
    establish: async ({ transport, reason }) => {
      if (reason === 'scheduled') way.state.is = 'away'
      return (transport as { request(): Promise<ModelCredential> }).request()
    },
  })
  await time.until(process.obtain('first'))
  const [outcome] = await time.until(Promise.allSettled([process.obtain('scheduled')]))
  expect(outcome?.status).toBe(status)
  expect(server.logins).toBe(logins)
})

test.each([
  ['', 0],
  [', whatever the clock of the store does', -1_800_000],
])(
  'a later login that a session does not take over holds nobody up for longer than two seconds%s',
  async (_, byMs) => {
    const { time, server, storeClock, store, other } = await company()
    const stubborn = new ModelProcess(server, store)
    await time.until(stubborn.obtain('first'))
    stubborn.share.follow({ renew: () => never })
    await time.until(other.obtain('renew'))
    await time.advance(100)
    storeClock.aheadMs = byMs
    const asked = ask(stubborn, time)
    await time.advance(1_000)
    expect(asked.atMs).toBe(-1)
    await time.advance(2_500)
    expect(asked.token).toBe(1)
  },
)

describe('a transport that announces', () => {
  class Transport {
    readonly #sent: string[] = []
    readonly name = 'mine'
    sent(): readonly string[] {
      return this.#sent
    }
    async request(url: string): Promise<string> {
      this.#sent.push(url)
      return `answer to ${url}`
    }
    get(url: string): Promise<string> {
      return this.request(`get ${url}`)
    }
  }

  test.each([
    ['as it is', (transport: Transport) => transport],
    ['frozen', (transport: Transport) => Object.freeze(transport)],
  ])('waits before whatever sends, and leaves the rest alone: %s', async (_what, made) => {
    const transport = made(new Transport())
    let announce: () => void = () => undefined
    const announced = announcing(transport, () => {
      return new Promise<void>((resolve) => {
        announce = resolve
      })
    })
    for (const [send, answer] of [
      [() => announced.request('/a'), 'answer to /a'],
      [() => announced.get('/b'), 'answer to get /b'],
    ] as const) {
      const before = transport.sent().length
      const pending = send()
      await settle()
      expect(announced.sent()).toHaveLength(before)
      announce()
      expect(await pending).toBe(answer)
    }
    expect(announced.name).toBe('mine')
    expect('request' in announced && !('nothing' in announced)).toBe(true)
  })

  test('sends nothing if it cannot', async () => {
    const transport = new Transport()
    const announced = announcing(transport, () => Promise.reject(new Error('away')))
    await expect(announced.request('/a')).rejects.toThrow('away')
    expect(transport.sent()).toEqual([])
  })
})
