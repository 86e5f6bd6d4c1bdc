import { gzipSync } from 'node:zlib'
import type { DispatchHeaders } from '../../src/http/dispatcher.ts'
import type { MemoryExchange } from './memory-dispatcher.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** The body of every good reply. */
export const goodBody = '{"accounts":["DU1","DU2"]}'

const unsentFailures = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
]
const sentFailures = [
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'EPIPE',
  'HPE_INVALID_CONSTANT',
  'UND_ERR_HEADERS_OVERFLOW',
]
const refusals = [302, 400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504]

/** A server that does, at random, everything a server and a network can do wrong. */
export class FaultyServer {
  /** Statuses that were answered, by exchange. */
  readonly answered = new Map<MemoryExchange, number>()
  readonly #random: SeededRandom
  readonly #clock: VirtualClock
  readonly #skewMs: number

  constructor(random: SeededRandom, clock: VirtualClock) {
    this.#random = random
    this.#clock = clock
    this.#skewMs = random.pick([0, 0, 0, 90_000, -90_000])
  }

  readonly serve = (exchange: MemoryExchange): void => {
    const random = this.#random
    const fate = random.next()
    if (fate < 0.08) this.#later(() => exchange.fail(random.pick(unsentFailures)))
    else if (fate > 0.1)
      this.#later(() => {
        if (exchange.start()) this.#answer(exchange)
      })
  }

  #answer(exchange: MemoryExchange): void {
    const random = this.#random
    const fate = random.next()
    if (fate < 0.08) this.#later(() => exchange.fail(random.pick(sentFailures)))
    else if (fate > 0.12)
      this.#later(() => {
        if (exchange.over) return
        const status = random.chance(0.7) ? 200 : random.pick(refusals)
        if (random.chance(0.05)) exchange.head(103, {})
        const coding = random.pick(['plain', 'plain', 'plain', 'gzip', 'gzip-cut', 'deflate'])
        this.answered.set(exchange, status)
        exchange.head(status, this.#headers(coding))
        this.#body(exchange, coding)
      })
  }

  #headers(coding: string): DispatchHeaders {
    const random = this.#random
    const headers: DispatchHeaders = { date: new Date(this.#clock.now() + this.#skewMs).toUTCString() }
    if (coding !== 'plain') headers['content-encoding'] = coding.replace('-cut', '')
    if (random.chance(0.1)) headers['retry-after'] = String(random.below(20))
    if (random.chance(0.1)) headers.age = '3'
    if (random.chance(0.2))
      headers['set-cookie'] = [`api=${random.below(1e6)}; Path=/; Secure`, 'x=y; Domain=evil.example']
    return headers
  }

  #body(exchange: MemoryExchange, coding: string): void {
    const random = this.#random
    const whole = coding.startsWith('gzip') ? gzipSync(goodBody) : Buffer.from(goodBody)
    const body = coding === 'gzip-cut' ? whole.subarray(0, 15) : whole
    exchange.data(body.subarray(0, 5))
    const fate = random.next()
    if (fate < 0.05) this.#later(() => exchange.fail('UND_ERR_SOCKET'))
    else if (fate > 0.08) {
      this.#later(() => {
        exchange.data(body.subarray(5))
        exchange.end()
      })
    }
  }

  #later(step: () => void): void {
    const random = this.#random
    const delayMs = random.chance(0.5) ? 0 : random.chance(0.9) ? random.below(400) : random.below(40_000)
    if (delayMs === 0) step()
    else this.#clock.setTimeout(step, delayMs)
  }
}
