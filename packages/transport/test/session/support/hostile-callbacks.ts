import type { SessionCredential } from '../../../src/session/credential.ts'
import type { Session } from '../../../src/session/session.ts'
import type { VirtualClock } from '../../support/virtual-clock.ts'

/** What a caller may hand a session that it should not: functions that throw, hang, and answer with anything. */
export class HostileCallbacks {
  /** How often they do, from 0 to 1. */
  rate = 0
  readonly #random: () => number
  readonly #clock: VirtualClock

  constructor(random: () => number, clock: VirtualClock) {
    this.#random = random
    this.#clock = clock
  }

  random(): number {
    if (!this.#strikes()) return this.#random()
    return this.#pick([() => Number.NaN, () => -1, () => 'x' as never, throwing])() as number
  }

  isPermanent(_error: unknown): boolean {
    if (!this.#strikes()) return false
    return this.#pick([
      throwing,
      () => undefined,
      () => Promise.reject(new Error('later')),
      () => 'yes',
    ])() as never
  }

  listen(session: Session): void {
    if (!this.#strikes()) return
    this.#pick([
      throwing,
      () => session.status(),
      () => session.renew().catch(() => undefined),
      () => session.health(),
    ])()
  }

  /** Whatever `establish()` may do, in place of the exchange now and then. */
  async establish(exchange: () => Promise<SessionCredential>): Promise<SessionCredential> {
    if (!this.#strikes()) return this.#wrap(await exchange())
    return this.#pick<() => unknown>([
      () => new Promise(() => undefined),
      throwing,
      () => Promise.reject(),
      () => Promise.reject(null),
      () => Promise.reject('no'),
      () => Promise.reject({ status: 503, retryAfterMs: Number.NaN }),
      () => Promise.reject({ status: 503, retryAfterMs: 1e18 }),
      () =>
        Promise.reject(
          Object.defineProperty({}, 'status', {
            get: () => {
              throw new Error('getter')
            },
          }),
        ),
      () => undefined,
      () => ({}),
      () => ({ authorize: () => ({}), expiresAtMs: Number.NaN }),
      () => ({ authorize: () => ({}), expiresAtMs: 0 }),
      () => ({
        get authorize() {
          throw new Error('getter')
        },
      }),
      async () => ({ ...(await exchange()), expiresAtMs: this.#clock.now() + 20 }),
    ])() as SessionCredential
  }

  /** A credential that signs, but not always, and closes, but not quietly. */
  #wrap(credential: SessionCredential): SessionCredential {
    return {
      ...credential,
      authorize: (request) => {
        if (!this.#strikes()) return credential.authorize(request)
        return this.#pick<() => unknown>([
          throwing,
          () => new Promise(() => undefined),
          () => Promise.reject(new Error('no pen')),
          async () => credential.authorize(request),
        ])() as never
      },
      close: async () => {
        await credential.close?.()
        if (this.#strikes()) throw new Error('close')
      },
    }
  }

  #strikes(): boolean {
    return this.rate > 0 && this.#random() < this.rate
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T
  }
}

function throwing(): never {
  throw new TypeError('thrown by a callback')
}
