import type { Timers } from '../timer-heap.ts'
import type { Verdict } from './credential-state.ts'
import { Waiters } from './waiters.ts'

/** Who waits for what becomes of a credential. */
export class CredentialWaiters {
  /** For one to use. */
  readonly users: Waiters
  /** For the end of a `renew()`. */
  readonly renewers: Waiters
  /** For what a refusal was about. */
  readonly refused: Waiters<Verdict>

  constructor(timers: Timers) {
    this.users = new Waiters(timers)
    this.renewers = new Waiters(timers)
    this.refused = new Waiters(timers)
  }

  /** There is a credential. */
  lend(): void {
    this.users.resolveAll()
    this.renewers.resolveAll()
  }

  /** There will be none. */
  refuse(reason: Error): void {
    this.users.rejectAll(reason)
    this.renewers.rejectAll(reason)
  }
}
