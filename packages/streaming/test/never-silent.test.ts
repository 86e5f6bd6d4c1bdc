import { describe, expect, it } from 'vitest'
import { marketData, orders, type Quote, type StreamItem } from '../src/index.ts'
import { seededRandom } from './seeded-random.ts'
import { setUp } from './set-up.ts'
import { settle, type TestSocket } from './support.ts'

// Orders change all the time, at a server that loses connections, falls silent, loses its brokerage session and comes
// back. Whoever reads them either hears of a change or of a gap that it lies in; and no quote is called current that
// the server no longer keeps.

const lives = Number(process.env.STREAM_SEEDS ?? 400)

class Life {
  readonly random: () => number
  readonly set: ReturnType<typeof setUp>
  readonly happened: { readonly id: number; readonly atMs: number; heard: boolean }[] = []
  readonly gaps: { fromMs: number; toMs: number }[] = []
  readonly faults: string[] = []
  newestQuote: StreamItem<Quote> | undefined
  credential: () => void = () => undefined
  hasBrokerage = true
  /** The server goes on, and nothing of it arrives. */
  isSilent = false
  #seen = -1
  /** Messages of the socket that the server has read. */
  #read = 0
  #socket: TestSocket | undefined
  #hasOrders = false
  #hasQuotes = false

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.set = setUp({
      random: this.random,
      onCredential: (listener) => {
        this.credential = listener
        return () => undefined
      },
    })
    this.set.stream.subscribe(orders(), { catchUp: () => this.catchUp() }).on((item) => this.onOrder(item))
    this.set.stream.subscribe(marketData(1, ['last'])).on((item) => {
      this.newestQuote = item
    })
  }

  async catchUp(): Promise<unknown> {
    if (this.random() < 0.3) throw new Error('no')
    if (this.random() < 0.2) return new Promise(() => undefined)
    return []
  }

  onOrder(item: StreamItem<readonly Readonly<Record<string, unknown>>[]>): void {
    if (item.kind === 'gap') this.gaps.push(item)
    if (item.kind !== 'update') return
    for (const row of item.value) {
      const id = Number(row.orderId)
      if (id <= this.#seen) this.faults.push(`${id} after ${this.#seen}`)
      this.#seen = id
      const event = this.happened[id]
      if (event !== undefined) event.heard = true
    }
  }

  /** A server that reads what was said on the newest socket, and takes what IBKR would. */
  serve(): void {
    const socket = this.set.sockets.all.at(-1)
    if (socket === undefined || socket.dropped) return
    if (socket !== this.#socket) this.#accept(socket)
    for (const text of socket.sent.slice(this.#read)) {
      if (text.startsWith('sor')) this.#hasOrders = this.hasBrokerage
      if (text.startsWith('smd')) this.#hasQuotes = this.hasBrokerage
    }
    this.#read = socket.sent.length
  }

  #accept(socket: TestSocket): void {
    this.#socket = socket
    this.#read = 0
    this.#hasOrders = false
    this.#hasQuotes = false
    this.isSilent = false
    socket.open()
    const status = { topic: 'sts', args: { authenticated: this.hasBrokerage } }
    const isEarly = this.random() < 0.5
    if (isEarly) socket.frame(status)
    socket.frame({ topic: 'system', success: 'u' })
    if (!isEarly) socket.frame(status)
  }

  say(frame: object): void {
    if (this.#socket?.dropped === false && !this.isSilent) this.#socket.frame(frame)
  }

  change(): void {
    const id = this.happened.length
    this.happened.push({ id, atMs: this.set.clock.now(), heard: false })
    if (this.#hasOrders) this.say({ topic: 'sor', args: [{ orderId: id }] })
    if (this.#hasQuotes) this.say({ topic: 'smd+1', 31: String(id) })
  }

  turnBrokerage(on: boolean): void {
    this.hasBrokerage = on
    if (!on) {
      this.#hasOrders = false
      this.#hasQuotes = false
    }
    this.say({ topic: 'sts', args: { authenticated: on } })
    // What was on its way.
    if (!on && this.random() < 0.5) this.say({ topic: 'smd+1', 31: 'late' })
  }

  async turn(): Promise<void> {
    const choice = this.random()
    if (choice < 0.4) this.change()
    else if (choice < 0.7) await this.set.clock.advance(this.random() * 8_000)
    else if (choice < 0.85) this.say({ topic: 'system', hb: 1 })
    else if (choice < 0.89) this.turnBrokerage(!this.hasBrokerage)
    else if (choice < 0.92 && this.#socket?.dropped === false) this.#socket.close()
    else if (choice < 0.95) this.isSilent = true
    else if (choice < 0.97) this.credential()
    await settle()
    this.serve()
    await settle()
    this.serve()
    this.check()
  }

  check(): void {
    const { state } = this.set.stream.status()
    const isCurrent = this.newestQuote?.kind === 'update' && this.newestQuote.stale === undefined
    if (isCurrent && state !== 'open') this.faults.push(`a quote is current while ${state}`)
    if (isCurrent && !this.hasBrokerage && !this.isSilent)
      this.faults.push('a quote is current without a session')
  }

  async rest(): Promise<void> {
    this.turnBrokerage(true)
    for (let at = 0; at < 60; at += 1) {
      await this.set.clock.advance(5_000)
      this.serve()
      await settle()
      this.serve()
      this.say({ topic: 'system', hb: 1 })
      this.change()
      await settle()
    }
    await this.set.clock.advance(61_000)
  }

  verdict(): readonly string[] {
    const first = this.happened.findIndex(({ heard }) => heard)
    if (first < 0) return [...this.faults, 'nothing was heard']
    for (const { id, atMs, heard } of this.happened.slice(first)) {
      const isTold = heard || this.gaps.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)
      if (!isTold) this.faults.push(`${id} of ${atMs} was dropped silently`)
    }
    return this.faults
  }
}

describe(`${lives} lives of a reader`, () => {
  it('pass without a change that is dropped in silence, or a quote that is none', async () => {
    for (let seed = 1; seed <= lives; seed += 1) {
      const life = new Life(seed)
      await settle()
      life.serve()
      for (let turn = 0; turn < 120; turn += 1) await life.turn()
      await life.rest()
      expect(life.verdict(), `seed ${seed}`).toEqual([])
      life.set.stream.close()
    }
  })
})
