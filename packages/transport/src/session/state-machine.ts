import type { TransitionTable } from './session-states.ts'

/** Hears of a move along a table. */
export type OnMove<State, Trigger> = (from: State, to: State, trigger: Trigger) => void

/** A state that only moves along its table. */
export class StateMachine<State extends string, Trigger extends string> {
  readonly #table: TransitionTable<State, Trigger>
  readonly #onMove: OnMove<State, Trigger>
  #state: State

  constructor(table: TransitionTable<State, Trigger>, initial: State, onMove: OnMove<State, Trigger>) {
    this.#table = table
    this.#state = initial
    this.#onMove = onMove
  }

  get state(): State {
    return this.#state
  }

  can(trigger: Trigger): boolean {
    return this.#table[this.#state][trigger] !== undefined
  }

  /** Moves; an event that the table does not list for this state is a defect of the caller. */
  fire(trigger: Trigger): void {
    const from = this.#state
    const to = this.#table[from][trigger]
    if (to === undefined) throw new RangeError(`The table has no event "${trigger}" in state "${from}"`)
    this.#state = to
    this.#onMove(from, to, trigger)
  }
}
