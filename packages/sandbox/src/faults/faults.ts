import { invalidInput } from '../errors.ts'
import { customerUsername, ownUsername, type World } from '../state/world.ts'
import type { FaultRule } from './fault-rule.ts'
import type { FaultHandle, FaultRules } from './fault-rules.ts'

/** Makes things go wrong: for chosen requests, or in what the sandbox remembers. */
export class Faults {
  readonly #rules: FaultRules
  readonly #world: World

  /** @internal */
  constructor(rules: FaultRules, world: World) {
    this.#rules = rules
    this.#world = world
  }

  /**
   * Sets a fault for the requests that match; by default for the next one.
   *
   * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
   */
  add(rule: FaultRule): FaultHandle {
    return this.#rules.add(rule)
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
    for (const token of this.#world.accessTokens.all()) {
      for (const liveSession of token.liveSessions) liveSession.endedByFault = true
    }
  }

  /** Lifetime of live session tokens issued from now on, in milliseconds. */
  setLiveSessionTokenLifetime(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 1)
      throw invalidInput('The lifetime must be a positive integer of ms')
    this.#world.liveSessionTokenLifetimeMs = ms
  }

  /** Moves the clock of the sandbox against the real one, in milliseconds; the Date header moves along. */
  setClockOffset(ms: number): void {
    if (!Number.isSafeInteger(ms)) throw invalidInput('The offset must be an integer of ms')
    this.#world.clock.offsetMs = ms
  }

  /** Ends the brokerage session of a username, or of all of them; the outer sessions stay. */
  loseBrokerageSession(username?: string): void {
    this.#world.brokerage.lose(username)
  }

  /** Logs a username in elsewhere, or all of them: the brokerage session here competes from now on. */
  compete(username?: string): void {
    const all = [ownUsername, customerUsername, ...this.#world.client.credentials]
    for (const name of username === undefined ? all : [username]) this.#world.brokerage.takeElsewhere(name)
  }
}
