import { isTransportError } from '../../../src/errors.ts'
import { createPacing } from '../../../src/pacing/pacing.ts'
import type { EstablishContext, SessionCredential } from '../../../src/session/credential.ts'
import type { SessionOptions } from '../../../src/session/options.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { HostileCallbacks } from './hostile-callbacks.ts'
import { HostileWorld } from './hostile-world.ts'
import { Invariants } from './invariants.ts'
import type { Fault } from './model-server.ts'
import { createSessionHarness, exchange, quietTimeMs, type SessionHarness } from './session-harness.ts'

const faults: readonly Fault[] = ['refused', 'unavailable', 'error', 'lost-before', 'lost-after']
const minute = 60_000

/** One seeded life: anything may happen in any order, then the server behaves, and the session has to come back by itself. */
export class HostileLife {
  readonly harness: SessionHarness
  readonly invariants: Invariants
  readonly #random: () => number
  readonly #world: HostileWorld
  readonly #callbacks: HostileCallbacks
  readonly #calls: Promise<void>[] = []
  #settled = 0
  #orders = 0
  #closed = false
  #setByMs = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed).next
    const clock = new VirtualClock(quietTimeMs + this.#below(48) * 1_800_000)
    this.#callbacks = new HostileCallbacks(this.#random, clock)
    this.harness = createSessionHarness({ ...this.#options(clock), pacing: createPacing({ clock }) }, clock)
    const { server, session } = this.harness
    this.invariants = new Invariants(this.harness)
    this.#world = new HostileWorld(server, this.#random)
    session.subscribe((event) => this.invariants.noteEvent(event, this.#world.refusesAll))
    session.subscribe(() => this.#callbacks.listen(session))
    server.newcomerMs = 121_000
    server.lifetimeMs = this.#pick([20_000, 600_000, 7_200_000, 86_400_000])
    server.latencyMs = () => this.#below(500)
    server.brokeragePerToken = this.#random() < 0.7
    this.#interfere(this.#pick([0, 0.03, 0.2]))
  }

  async run(): Promise<void> {
    for (let step = 0; step < 40; step += 1) {
      this.#act()
      await this.harness.clock.advance(this.#pick([0, 1, 50, 400, 3_000, 20_000, this.#below(200_000)]))
    }
    await this.#heal()
    this.invariants.finish()
  }

  #options(clock: VirtualClock): Partial<SessionOptions> {
    const callbacks = this.#callbacks
    return {
      random: () => callbacks.random(),
      isPermanent: this.#random() < 0.3 ? (error) => callbacks.isPermanent(error) : undefined,
      establish: (context) => this.#establish(context, clock),
    }
  }

  async #establish(context: EstablishContext, clock: VirtualClock): Promise<SessionCredential> {
    const { establishing, released } = this.harness
    this.invariants.noteLogin()
    establishing.calls += 1
    establishing.running += 1
    establishing.most = Math.max(establishing.most, establishing.running)
    let isOver = false
    const end = (): void => {
      if (!isOver) establishing.running -= 1
      isOver = true
    }
    context.signal.addEventListener('abort', end)
    const credential = this.#callbacks.establish(() => exchange(context, released, clock))
    credential.then(end, end)
    return credential
  }

  #interfere(rate: number): void {
    this.#world.rate = rate / 4
    this.#callbacks.rate = rate / 4
    this.harness.server.faultOf = () => {
      if (this.#random() < rate / 200) return 'paced'
      return this.#random() < rate / 2 ? this.#pick(faults) : undefined
    }
  }

  #act(): void {
    const { session, server } = this.harness
    const order = { json: { id: `order-${this.#orders}` } }
    const place = (): void =>
      this.#call(session.post('/iserver/account/DU1/orders', order), () => (this.#orders += 1))
    const actions: readonly (() => void)[] = [
      () => this.#crowd(() => session.get('/portfolio/x')),
      () => this.#crowd(() => session.get('/iserver/x')),
      () =>
        this.#crowd(() =>
          session.get(this.#pick(['/iserver/account/orders', '/portfolio/odd', '/iserver/odd'])),
        ),
      place,
      place,
      () => this.#converse(),
      () => this.#abandon(),
      () => server.revokeAll(),
      () => server.reset(),
      () => server.loseBrokerage(),
      () => server.loseAccounts(),
      () => server.timeOutBrokerage(),
      () => this.#toggle(server, 'competitor'),
      () => this.#toggleMaintenance(),
      () => this.#toggle(server, 'loginsRefused'),
      () => this.#toggle(this.#world, 'refusesAll'),
      () => this.#refusePath(),
      () => this.#setClock(),
      () => this.#setDates(),
      () => this.#interfere(this.#pick([0, 0.03, 0.2, 1])),
      () => this.#call(session.renew()),
      () => this.#call(session.ready({ brokerage: this.#random() < 0.5 })),
      () => this.#takeOver(),
      () => void [session.status(), session.health()],
      () => this.#mayClose(),
    ]
    this.#pick(actions)()
  }

  #crowd(ask: () => Promise<unknown>): void {
    for (let count = this.#pick([1, 1, 5, 30]); count > 0; count -= 1) this.#call(ask())
  }

  #call(call: Promise<unknown>, begun: () => void = () => undefined): void {
    begun()
    this.#calls.push(
      call.then(
        () => {
          this.#settled += 1
        },
        (error: unknown) => {
          this.#settled += 1
          if (!isTransportError(error))
            this.invariants.violations.push(`not a transport error: ${String(error)}`)
        },
      ),
    )
  }

  #converse(): void {
    const { session } = this.harness
    const id = `order-${this.#orders}`
    this.#orders += 1
    this.#call(
      session.conversation(async (talk) => {
        await talk.post('/iserver/account/DU1/orders', { json: { id } })
        await talk.post('/iserver/reply/1', { json: { confirmed: true } })
      }),
    )
  }

  #abandon(): void {
    const controller = new AbortController()
    this.#call(this.harness.session.get('/iserver/x', { signal: controller.signal }))
    this.harness.clock.setTimeout(() => controller.abort(), this.#below(1_000))
  }

  #toggle<Name extends string>(on: Record<Name, boolean>, name: Name): void {
    on[name] = !on[name]
    if (name === 'refusesAll') this.invariants.noteRefusal()
  }

  #toggleMaintenance(): void {
    const { server } = this.harness
    server.maintenance = !server.maintenance
    if (server.maintenance) server.reset()
  }

  #refusePath(): void {
    const path = this.#pick([
      '/portfolio/odd',
      '/iserver/odd',
      '/iserver/auth/ssodh/init',
      '/iserver/accounts',
      '/iserver/x',
    ])
    if (this.#world.refusing.delete(path)) return
    const status = this.#pick([401, 410, 423, 500, 400])
    this.#world.refusing.set(path, {
      status,
      body: this.#pick(['', '{"error":"no bridge"}', '<html>no</html>']),
    })
  }

  /** The machine's clock is set, or it has slept; never further off than half a day in all. */
  #setClock(): void {
    const { clock } = this.harness
    const byMs = this.#pick([-1, 1]) * this.#pick([2_000, 90_000, 3_600_000, 21_600_000])
    if (Math.abs(this.#setByMs + byMs) > 43_200_000) return
    this.#setByMs += byMs
    clock.set(clock.now() + byMs)
  }

  #setDates(): void {
    this.#world.datesOffByMs = this.#pick([undefined, undefined, -7_200_000, 7_200_000, 90_000_000])
  }

  #takeOver(): void {
    this.invariants.allowedCompetes += 1
    this.#call(this.harness.session.openBrokerage({ takeOver: true }))
  }

  #mayClose(): void {
    if (this.#random() < 0.9) return
    this.#closed = true
    this.#call(this.harness.session.close())
    this.invariants.noteClose()
  }

  /** The server behaves from now on: the session must find its way back, or stay closed and silent. */
  async #heal(): Promise<void> {
    const { session, server, clock } = this.harness
    server.competitor = false
    server.maintenance = false
    server.loginsRefused = false
    server.lifetimeMs = 86_400_000
    server.faultOf = () => undefined
    this.#world.behave()
    this.#callbacks.rate = 0
    const { penaltyUntilMs } = session.status()
    if (penaltyUntilMs !== undefined) await clock.advance(Math.max(0, penaltyUntilMs - clock.now()))
    await clock.advance(20 * minute)
    if (this.#settled !== this.#calls.length) this.invariants.violations.push('a call never settled')
    if (!this.#closed) await this.#proveAlive()
    await clock.until(session.close())
    this.invariants.noteClose()
    const sent = server.seen.length
    await clock.advance(40 * minute)
    if (server.seen.length !== sent) this.invariants.violations.push('sent after close')
    if (clock.pending !== 0) this.invariants.violations.push(`${clock.pending} timers left`)
  }

  /** Without help, unless the credential never worked. */
  async #proveAlive(): Promise<void> {
    const { session, clock, server } = this.harness
    const { state, proven, brokerage } = session.status()
    const restsAs = ['active', 'renewing', ...(proven ? [] : ['idle', 'failed'])]
    if (!restsAs.includes(state))
      this.invariants.violations.push(`rests as ${state}, ${JSON.stringify(session.health())}`)
    if (!['open', 'closed'].includes(brokerage.state))
      this.invariants.violations.push(`rests ${brokerage.state}`)
    if (state === 'failed') await clock.until(session.renew())
    const asked = server.seen.length
    await clock
      .until(session.get('/iserver/x', { context: { maxWaitMs: 10_000 } }))
      .catch((error: unknown) => {
        this.invariants.violations.push(
          `is not ready: ${String(error)} after ${server.seen.length - asked} requests`,
        )
      })
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T
  }
}
