import { invalidInput } from '../errors.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { FaultRule } from './rule.ts'
import type { FaultHandle, FaultRules } from './rules.ts'

/** Ten years: farther off a calendar has no dates to say. */
const longestMs = 315_360_000_000

/** Makes things go wrong: for chosen requests, or in what the sandbox remembers. */
export class Faults {
  readonly #rules: FaultRules
  readonly #state: SandboxState

  /** @internal */
  constructor(rules: FaultRules, state: SandboxState) {
    this.#rules = rules
    this.#state = state
  }

  /**
   * Sets a fault for the requests that match; by default for the next one.
   *
   * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
   */
  add(rule: FaultRule): FaultHandle {
    return this.#rules.add(rule)
  }

  /** Tells when a fault is set or taken back; the function returned ends that. */
  onChange(listener: () => void): () => void {
    return this.#rules.onChange(listener)
  }

  /** The faults that are still set. */
  list(): readonly { readonly id: number; readonly rule: FaultRule; readonly hits: number }[] {
    return this.#rules.list()
  }

  /** Takes one fault back. */
  remove(id: number): void {
    this.#rules.remove(id)
  }

  /** Takes all faults back; state that was changed stays changed. */
  clear(): void {
    this.#rules.clear()
  }

  /** Starts the random numbers of `probability` anew. */
  reseed(seed: number): void {
    if (!Number.isSafeInteger(seed)) throw invalidInput('The seed must be an integer')
    this.#rules.reseed(seed)
  }

  /** Ends all live session tokens now, as the nightly reset does. */
  expireLiveSessionTokens(): void {
    for (const token of this.#state.accessTokens.all()) {
      for (const { session } of token.liveSessions) session.endedByFault = true
    }
  }

  /** Lifetime of live session tokens issued from now on, in milliseconds. */
  setLiveSessionTokenLifetime(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 1 || ms > longestMs)
      throw invalidInput(`The lifetime must be an integer of ms from 1 to ${longestMs}`)
    this.#state.liveSessionTokenLifetimeMs = ms
  }

  /** Moves the clock of the sandbox against the real one, in milliseconds; the Date header moves along. */
  setClockOffset(ms: number): void {
    if (!Number.isSafeInteger(ms) || Math.abs(ms) > longestMs) {
      throw invalidInput(`The offset must be an integer of ms, at most ${longestMs} either way`)
    }
    this.#state.clock.offsetMs = ms
  }

  /** Lets everybody out of the penalty box, and counts requests anew. */
  pardonPacing(): void {
    this.#state.pacing?.pardon()
  }

  /** Ends the brokerage session of a username, or of all of them, a login elsewhere too; the outer sessions stay. */
  loseBrokerageSession(username?: string): void {
    this.#state.brokerage.lose(username)
  }

  /**
   * Logs a username in elsewhere, or all of them: the brokerage session here competes from now on, until it is taken
   * back with `compete: true` or {@link loseBrokerageSession} ends the other one.
   */
  compete(username?: string): void {
    const all = this.#state.users.all().map((user) => user.username)
    for (const name of username === undefined ? all : [username]) this.#state.brokerage.takeElsewhere(name)
  }
}
