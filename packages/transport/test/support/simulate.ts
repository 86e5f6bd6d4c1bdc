import type { Transport } from '../../src/call/transport.ts'
import { createTransport } from '../../src/call/transport.ts'
import { isTransportError, type TransportError } from '../../src/errors.ts'
import type { Authorize, Interceptor } from '../../src/request/types.ts'
import { FaultyServer, goodBody } from './faulty-server.ts'
import { MemoryDispatcher, type MemoryExchange } from './memory-dispatcher.ts'
import { SeededRandom } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'

const callsPerRun = 24
const startsWithinMs = 90_000
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** One call of a run and what became of it. */
interface SimulatedCall {
  readonly id: string
  readonly method: string
  readonly idempotent: boolean
  readonly streaming: boolean
  readonly totalMs: number
  startedAtMs: number
  settledAtMs: number
  settled: number
  error: unknown
  body: string | undefined
}

/** What a run went through, to see that the runs as a whole reach everything. */
export interface RunSummary {
  readonly outcomes: readonly string[]
  readonly repeated: number
}

/**
 * One transport, a faulty server, two dozen calls at random times in virtual time. Throws at the first rule broken.
 */
export async function simulate(seed: number): Promise<RunSummary> {
  const run = new Run(seed)
  await run.play()
  run.check()
  return run.summary()
}

class Run {
  readonly #random: SeededRandom
  readonly #clock: VirtualClock
  readonly #server: FaultyServer
  readonly #dispatcher: MemoryDispatcher
  readonly #transport: Transport
  readonly #calls: SimulatedCall[] = []
  readonly #nonces = new Set<string>()
  readonly #stale: string[] = []
  #closedAtMs = Number.POSITIVE_INFINITY

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.#clock = new VirtualClock()
    this.#server = new FaultyServer(this.#random, this.#clock)
    this.#dispatcher = new MemoryDispatcher((exchange) => {
      this.#checkTimestamp(exchange)
      this.#server.serve(exchange)
    })
    this.#transport = createTransport({
      baseUrl: 'https://api.ibkr.com',
      dispatcher: this.#dispatcher,
      clock: this.#clock,
      random: this.#random.next,
      authorize: this.#authorize,
      interceptors: this.#random.chance(0.5) ? [this.#dawdle] : [],
    })
  }

  async play(): Promise<void> {
    for (let number = 0; number < callsPerRun; number++) {
      const call = this.#plan(number)
      this.#calls.push(call)
      this.#clock.setTimeout(() => this.#start(call), this.#random.below(startsWithinMs))
    }
    if (this.#random.chance(0.3))
      this.#clock.setTimeout(() => this.#close(), this.#random.below(startsWithinMs))
    await this.#clock.advance(startsWithinMs + 400_000)
    this.#close()
    await this.#clock.advance(0)
    // Streams are decompressed on threads, whose turn the virtual clock cannot bring about.
    for (let turn = 0; turn < 10_000 && this.#calls.some(({ settled }) => settled === 0); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  #close(): void {
    this.#closedAtMs = Math.min(this.#closedAtMs, this.#clock.now())
    this.#transport.close()
  }

  #plan(number: number): SimulatedCall {
    const method = this.#random.pick(methods)
    const safe = ['GET', 'HEAD', 'OPTIONS'].includes(method)
    return {
      id: String(number),
      method,
      idempotent: safe || this.#random.chance(0.2),
      streaming: this.#random.chance(0.2),
      totalMs: this.#random.pick([0, 60_000, 5_000, 800]),
      startedAtMs: 0,
      settledAtMs: 0,
      settled: 0,
      error: undefined,
      body: undefined,
    }
  }

  #start(call: SimulatedCall): void {
    const { id, method, idempotent, totalMs } = call
    const controller = new AbortController()
    if (this.#random.chance(0.15)) this.#clock.setTimeout(() => controller.abort(), this.#random.below(5_000))
    call.startedAtMs = this.#clock.now()
    const request = {
      method,
      url: '/iserver/account/DU1/orders',
      headers: { 'x-id': id },
      idempotent,
      signal: controller.signal,
      timeouts: { totalMs },
    }
    const settled = (error: unknown, body?: string): void => {
      call.settled++
      call.settledAtMs = this.#clock.now()
      call.error = error
      call.body = body
    }
    this.#read(call, request).then((body) => settled(undefined, body), settled)
  }

  async #read(call: SimulatedCall, request: Parameters<Transport['stream']>[0]): Promise<string> {
    if (!call.streaming) return (await this.#transport.request(request)).text()
    const response = await this.#transport.stream(request)
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }

  readonly #authorize: Authorize = (request) => {
    const random = this.#random
    if (random.chance(0.02)) throw new Error('no key at hand')
    const sign = (): Record<string, string> => ({
      authorization: `OAuth oauth_nonce="${random.next()}${random.next()}", oauth_timestamp="${request.now() - this.#transport.clockSkewMs}"`,
    })
    if (random.chance(0.7)) return sign()
    return new Promise((resolve) => this.#clock.setTimeout(() => resolve(sign()), random.below(300)))
  }

  /** Waits before some attempts, as pacing does. */
  readonly #dawdle: Interceptor = async (attempt, next) => {
    if (this.#random.chance(0.3)) {
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, this.#random.below(2_000)))
    }
    return next(attempt)
  }

  #checkTimestamp(exchange: MemoryExchange): void {
    const [, nonce = '', timestamp = ''] =
      /nonce="(.*)", oauth_timestamp="(.*)"/.exec(exchange.header('authorization') ?? '') ?? []
    if (nonce === '' || this.#nonces.has(nonce)) this.#stale.push(`a nonce was sent twice: ${nonce}`)
    this.#nonces.add(nonce)
    if (Number(timestamp) !== this.#clock.now())
      this.#stale.push(`signed at ${timestamp}, sent at ${this.#clock.now()}`)
  }

  check(): void {
    for (const call of this.#calls) this.#checkCall(call, this.#exchangesOf(call))
    expectRule(this.#stale.length === 0, `no request carries a stale timestamp: ${this.#stale[0]}`)
    for (const exchange of this.#dispatcher.exchanges) {
      expectRule(exchange.over || !exchange.start(), 'no exchange goes on after close')
    }
    expectRule(this.#clock.pending === 0, `no timer is left after close: ${this.#clock.pending}`)
  }

  #checkCall(call: SimulatedCall, exchanges: readonly MemoryExchange[]): void {
    const about = `${call.method} ${call.id}`
    const written = exchanges.filter((exchange) => exchange.written)
    const paced = exchanges.findIndex((exchange) => this.#server.answered.get(exchange) === 429)
    expectRule(call.settled === 1, `${about} is settled once, not ${call.settled} times`)
    expectRule(
      call.idempotent || written.length <= 1,
      `${about} reached the server ${written.length} times without the caller's word`,
    )
    expectRule(
      exchanges.length <= 3,
      `${about} is repeated twice at the most, not ${exchanges.length - 1} times`,
    )
    expectRule(paced < 0 || paced === exchanges.length - 1, `${about} was repeated after a 429`)
    const latest = call.totalMs === 0 ? Number.POSITIVE_INFINITY : call.startedAtMs + call.totalMs
    expectRule(call.streaming || call.settledAtMs <= latest, `${about} took longer than ${call.totalMs} ms`)
    if (call.error === undefined) this.#checkSuccess(call, exchanges)
    else this.#checkFailure(call, exchanges, written.length)
  }

  #checkSuccess(call: SimulatedCall, exchanges: readonly MemoryExchange[]): void {
    const last = exchanges.at(-1)
    expectRule(
      last !== undefined && this.#server.answered.get(last) === 200,
      `${call.id} succeeds only by a 200`,
    )
    expectRule(call.body === goodBody, `${call.id} has its whole body: ${call.body}`)
  }

  #checkFailure(call: SimulatedCall, exchanges: readonly MemoryExchange[], written: number): void {
    const { error } = call
    if (!isTransportError(error))
      throw new Error(`${call.id} failed with something else: ${error}`, { cause: error })
    const answered = exchanges.some((exchange) => this.#server.answered.has(exchange))
    const expected = answered ? 'yes' : written > 0 ? 'maybe' : 'no'
    const foreign = error.code === 'ERR_TRANSPORT_CLOSED' && error.attempts === 0
    expectRule(
      foreign || error.sent === expected,
      `${call.id} says sent: ${error.sent}, and it is ${expected}`,
    )
    expectRule(
      !error.retryable || call.idempotent || written === 0,
      `${call.id} calls an order retryable that went out`,
    )
    expectRule(error.attempts >= exchanges.length, `${call.id} counts its attempts`)
  }

  #exchangesOf(call: SimulatedCall): MemoryExchange[] {
    return this.#dispatcher.exchanges.filter((exchange) => exchange.header('x-id') === call.id)
  }

  summary(): RunSummary {
    const outcomes = this.#calls.map(({ error }) =>
      error === undefined ? 'success' : (error as TransportError).code,
    )
    return { outcomes, repeated: this.#calls.filter((call) => this.#exchangesOf(call).length > 1).length }
  }
}

function expectRule(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule)
}
