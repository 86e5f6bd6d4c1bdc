import type { SessionEvent } from '../../../src/session/events.ts'
import {
  brokerageTransitions,
  sessionTransitions,
  type TransitionTable,
} from '../../../src/session/states.ts'
import type { Seen } from './model-server.ts'
import type { SessionHarness } from './session-harness.ts'

/** What must never happen, whatever does: collects what did. */
export class Invariants {
  readonly violations: string[] = []
  #closed = false
  readonly #harness: SessionHarness

  constructor(harness: SessionHarness) {
    this.#harness = harness
    harness.server.onDispatch = (seen) => this.#check(seen)
    harness.session.onCredential((credential) => {
      this.#token = 'token' in credential ? String(credential.token) : ''
    })
  }

  /** From now on nothing but the logout may be sent. */
  noteClose(): void {
    this.#closed = true
  }

  #check({ token, path, atMs }: Seen): void {
    const releasedAtMs = token === undefined ? undefined : this.#harness.released.get(token)
    if (releasedAtMs !== undefined && releasedAtMs < atMs)
      this.violations.push(`${path} signed with replaced ${token}`)
    if (this.#closed && path !== '/logout') this.violations.push(`${path} sent after close`)
  }

  /** Checks what can only be checked afterwards. */
  finish(): void {
    const { events, establishing, server } = this.#harness
    this.#checkTable('state', sessionTransitions, 'idle')
    this.#checkTable('brokerage', brokerageTransitions, 'closed')
    if (establishing.most > 1) this.violations.push(`${establishing.most} exchanges at once`)
    const begun = events.filter(beginsExchange).length
    if (establishing.calls > begun)
      this.violations.push(`${establishing.calls} exchanges for ${begun} reasons`)
    this.#checkBudget()
    for (const [id, times] of server.orders) {
      if (times > 1) this.violations.push(`order ${id} carried out ${times} times`)
    }
    this.#checkPacing(server.seen.flatMap(({ written, atMs }) => (written ? [atMs] : [])))
    this.#checkCompeting()
  }

  /** Every move is in the table, and begins where the last one ended. */
  #checkTable(type: 'state' | 'brokerage', table: TransitionTable<string, string>, initial: string): void {
    let at = initial
    for (const event of this.#harness.events) {
      if (event.type !== type) continue
      if (event.from !== at || table[event.from]?.[event.trigger] !== event.to) {
        this.violations.push(`${type}: ${event.trigger} from ${event.from} to ${event.to}, was at ${at}`)
      }
      at = event.to
    }
  }

  #checkPacing(timesMs: readonly number[]): void {
    for (const [index, atMs] of timesMs.entries()) {
      const tenth = timesMs[index + 10]
      if (tenth !== undefined && tenth - atMs < 1_000)
        this.violations.push(`11 requests within ${tenth - atMs} ms`)
    }
  }

  /** Nobody is thrown out but at the caller's word. */
  #checkCompeting(): void {
    const { thrownOut } = this.#harness.server
    if (thrownOut > this.allowedCompetes) this.violations.push(`${thrownOut} thrown out`)
  }

  allowedCompetes = 0
  readonly #logins: number[] = []
  #token = ''
  #refusedUntilMs = Number.NEGATIVE_INFINITY

  /** Everything is refused from now on, or no more. */
  noteRefusal(): void {
    this.#refusedUntilMs = this.#harness.clock.monotonicNow()
  }

  /** A login begins. */
  noteLogin(): void {
    this.#logins.push(this.#harness.clock.monotonicNow())
  }

  /** A good credential is replaced on schedule or at the caller's word, and for nothing else. */
  noteEvent(event: SessionEvent, refusesAll: boolean): void {
    const { clock, server } = this.#harness
    if (event.type !== 'state' || !event.trigger.startsWith('unaccepted')) return
    const wasRefused = refusesAll || clock.monotonicNow() - this.#refusedUntilMs < 60_000
    if (!wasRefused && server.takes(this.#token))
      this.violations.push(`${this.#token} was good: ${event.trigger}`)
  }

  /** Five at once, and one more every three minutes; a last look with the old credential may hold a login up by five seconds. */
  #checkBudget(): void {
    for (const [index, atMs] of this.#logins.entries()) {
      for (let later = index + 5; later < this.#logins.length; later += 1) {
        const spanMs = (this.#logins[later] ?? 0) - atMs
        const allowed = 5 + (spanMs + 5_100) / 180_000
        if (later - index + 1 > allowed) {
          this.violations.push(`${later - index + 1} logins within ${spanMs} ms`)
          return
        }
      }
    }
  }
}

/** A renewal that turns into a wait, because the credential has ended meanwhile, is no second reason. */
function beginsExchange(event: SessionEvent): boolean {
  if (event.type !== 'state') return false
  return event.to === 'renewing' || (event.to === 'establishing' && event.from !== 'renewing')
}
