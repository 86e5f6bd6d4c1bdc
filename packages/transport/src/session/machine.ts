/** What a pure `next` makes of a state and an event. */
export interface Step<State, Trigger, Effect> {
  readonly state: State
  /** Undefined if the state's name stays. */
  readonly trigger: Trigger | undefined
  readonly effects: readonly Effect[]
}

/** What a machine goes by, and does beside moving. None of these may throw. */
export interface MachineHost<State extends Named, Event, Trigger, Effect> {
  /** Pure: what an event makes of a state. */
  next(state: State, event: Event): Step<State, Trigger, Effect>
  moved(from: State['name'], to: State['name'], trigger: Trigger): void
  carryOut(effect: Effect): void
  /** The state is what it is for now: time what it wants. */
  rested(state: State): void
}

/** An event (each member of a union) before it is told when it happened. */
export type Unstamped<Event> = Event extends unknown ? Omit<Event, 'at' | 'atMs' | 'chance'> : never

interface Named {
  readonly name: string
}

/** Runs a pure `next`: one event after the other, also those that its effects and their listeners cause. */
export class Machine<State extends Named, Event, Trigger, Effect> {
  readonly #host: MachineHost<State, Event, Trigger, Effect>
  #state: State
  #waiting: Event[] | undefined

  constructor(initial: State, host: MachineHost<State, Event, Trigger, Effect>) {
    this.#state = initial
    this.#host = host
  }

  get state(): State {
    return this.#state
  }

  dispatch(event: Event): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(event)
      return
    }
    const waiting: Event[] = [event]
    this.#waiting = waiting
    try {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) this.#take(one)
    } finally {
      // What throws all the same must not leave a machine that takes nothing any more.
      this.#waiting = undefined
      this.#host.rested(this.#state)
    }
  }

  #take(event: Event): void {
    const from = this.#state.name
    const { state, trigger, effects } = this.#host.next(this.#state, event)
    this.#state = state
    if (trigger !== undefined && state.name !== from) this.#host.moved(from, state.name, trigger)
    for (const effect of effects) this.#host.carryOut(effect)
  }
}
