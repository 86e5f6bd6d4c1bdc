import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  createStream,
  marketData,
  orders,
  type Stream,
  type StreamTicket,
  type Subscription,
  trades,
} from '../src/index.ts'
import { seededRandom } from './seeded-random.ts'
import { settle, TestClock, type TestSocket, testSockets } from './support.ts'

// Streams under a server, a network, a clock and a caller that do whatever they like, and then behave: every wanted
// subscription then delivers within ten simulated minutes, without help.

const lives = Number(process.env.STREAM_SEEDS ?? 400)

const garbage = [
  '{',
  '[]',
  'null',
  '"text"',
  '',
  '{"topic":7}',
  '{"topic":"system"}',
  '{"topic":"sts","args":7}',
  '{"topic":"sts","args":{"authenticated":"yes"}}',
  '{"topic":"sor","args":[7,null,{"orderId":{}}]}',
  '{"topic":"smd+1","31":{"deep":[1]}}',
  '{"topic":"str","args":"none"}',
  '{"message":"waiting for session"}',
  '{"error":{"code":1}}',
  '{"topic":"__proto__","args":[]}',
]

class Life {
  readonly clock = new TestClock()
  readonly sockets = testSockets()
  readonly random: () => number
  readonly stream: Stream
  readonly received = new Map<string, number>()
  readonly faults: string[] = []
  behaves = false
  credential: () => void = () => undefined
  #hanging: (() => void)[] = []

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.stream = createStream({
      url: 'wss://api.ibkr.com/v1/api/ws',
      connect: () => this.connect(),
      onCredential: (listener) => {
        this.credential = listener
        return () => undefined
      },
      openSocket: (address, listener) => {
        if (this.open.length > 0) this.faults.push('two sockets at a time')
        return this.sockets.open(address, listener)
      },
      clock: this.clock,
      random: this.random,
    })
    this.stream.on(() => {
      if (!this.behaves && this.random() < 0.01) throw new Error('a listener')
    })
  }

  get open(): TestSocket[] {
    return this.sockets.all.filter(({ dropped }) => !dropped)
  }

  async connect(): Promise<StreamTicket> {
    const ticket: StreamTicket = { query: { name: 'oauth_token', value: 't' }, session: 's' }
    if (this.behaves) return ticket
    const choice = this.random()
    if (choice < 0.15) throw 'a text'
    if (choice < 0.25) return undefined as never
    if (choice < 0.35) return new Promise((resolve) => this.#hanging.push(() => resolve(ticket)))
    return ticket
  }

  want(name: string, subscribe: () => Pick<Subscription<unknown>, 'on'>): void {
    try {
      subscribe().on((item) => {
        if (item.kind === 'update') this.received.set(name, (this.received.get(name) ?? 0) + 1)
        if (!this.behaves && this.random() < 0.02) throw new Error('a reader')
      })
    } catch {
      this.faults.push(`${name} could not be wanted`)
    }
  }

  /** One thing that happens. */
  async disturb(): Promise<void> {
    const { random, clock } = this
    // Now and then one that was dropped long ago.
    const socket = random() < 0.2 ? pick(random, this.sockets.all) : this.open[0]
    const choice = random()
    if (choice < 0.15) await clock.advance(random() * 30_000)
    else if (choice < 0.2) clock.setWallClock((random() - 0.5) * 7_200_000)
    else if (choice < 0.25) this.credential()
    else if (choice < 0.28) this.#hanging.shift()?.()
    else if (choice < 0.36) socket?.open()
    else if (choice < 0.5) socket?.greet()
    else if (choice < 0.58) socket?.heartbeat()
    else if (choice < 0.63) socket?.close(1000 + Math.floor(random() * 15))
    else if (choice < 0.67) socket?.refuse(new Error('refused') as never)
    else if (choice < 0.72)
      socket?.frame({
        topic: 'sts',
        args: { [pick(random, ['authenticated', 'competing', 'connected'])]: random() < 0.5 },
      })
    else if (choice < 0.85) socket?.frame(pick(random, garbage))
    else if (choice < 0.9) socket?.frame({ topic: 'smd+1', '31': String(random()) })
    else socket?.frame({ topic: 'sor', args: [{ orderId: Math.floor(random() * 9) }] })
    await settle()
    this.check()
  }

  check(): void {
    for (const socket of this.sockets.all) {
      const early = socket.greeted ? undefined : socket.sent.find((text) => text !== '{"session":"s"}')
      if (early !== undefined) this.faults.push(`${early} before the greeting`)
    }
    if (this.open.length > 1) this.faults.push('two sockets at a time')
    if (this.clock.timers > 1) this.faults.push('two timers')
  }

  /** From here on everybody does what IBKR's pages say. */
  async settleDown(minutes: number): Promise<void> {
    this.behaves = true
    for (const answer of this.#hanging.splice(0)) answer()
    this.received.clear()
    for (let second = 0; second < minutes * 60; second += 5) {
      for (const socket of this.open) this.serve(socket)
      await this.clock.advance(5_000)
      this.check()
    }
  }

  serve(socket: TestSocket): void {
    if (socket.sent.length === 0) socket.greet()
    socket.heartbeat()
    if (socket.sent.some((text) => text.startsWith('smd+1+'))) socket.frame({ topic: 'smd+1', '31': '1' })
    if (socket.sent.includes('sor+{}')) socket.frame({ topic: 'sor', args: [{ orderId: 1 }] })
    if (socket.sent.includes('str+{}'))
      socket.frame({ topic: 'str', args: [{ execution_id: String(this.random()) }] })
  }
}

function pick<Value>(random: () => number, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value
}

async function live(seed: number): Promise<string[]> {
  const life = new Life(seed)
  life.want('quotes', () => life.stream.subscribe(marketData(1, ['last'])))
  life.want('orders', () =>
    life.stream.subscribe(orders(), { catchUp: () => (life.behaves ? [] : Promise.reject(new Error('no'))) }),
  )
  for (let turn = 0; turn < 60; turn += 1) await life.disturb()
  life.want('trades', () => life.stream.subscribe(trades()))
  await life.settleDown(10)
  for (const name of ['quotes', 'orders', 'trades']) {
    if (!life.received.has(name))
      life.faults.push(`${name} silent after ten good minutes: ${JSON.stringify(life.stream.status())}`)
  }
  life.stream.close()
  const sent = life.sockets.all.map((socket) => socket.sent.length)
  life.credential()
  await life.clock.advance(3_600_000)
  if (life.clock.timers > 0 || life.open.length > 0) life.faults.push('something runs after close()')
  if (life.sockets.all.some((socket, index) => socket.sent.length !== sent[index]))
    life.faults.push('sent after close()')
  return life.faults
}

describe(`${lives} lives of a stream`, () => {
  it('come to rest, whatever happened', { timeout: 600_000 }, async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listener)
    try {
      for (let seed = 1; seed <= lives; seed += 1) expect(await live(seed), `seed ${seed}`).toEqual([])
    } finally {
      process.off('unhandledRejection', listener)
    }
    expect(unhandled).toEqual([])
  })
})

it('six million frames that nobody reads leave nothing behind', { timeout: 300_000 }, async () => {
  const life = new Life(1)
  life.behaves = true
  const subscription = life.stream.subscribe(marketData(1, ['last', 'bid', 'ask']))
  await settle()
  life.sockets.last().greet()
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const heap = () => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const socket = life.sockets.last()
  const before = heap()
  for (let index = 0; index < 6_000_000; index += 1) socket.frame(`{"topic":"smd+1","31":"${index}"}`)
  const reader = subscription[Symbol.asyncIterator]()
  expect(await reader.next()).toMatchObject({ value: { value: { fields: { last: '5999999' } } } })
  // A hundredth of the frames would be more than this.
  expect(heap() - before).toBeLessThan(24_000_000)
})
