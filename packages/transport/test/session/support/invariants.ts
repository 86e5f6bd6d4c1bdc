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
  }

  /** From now on nothing but the farewell may be sent. */
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
}

/** A renewal that turns into a wait, because the credential has ended meanwhile, is no second reason. */
function beginsExchange(event: SessionEvent): boolean {
  if (event.type !== 'state') return false
  return event.to === 'renewing' || (event.to === 'establishing' && event.from !== 'renewing')
}
