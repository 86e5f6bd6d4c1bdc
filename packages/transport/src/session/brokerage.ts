import type { Timer, Timers } from '../timer-heap.ts'
import { type Backoff, backoffMs, retryAfterMsOf } from './backoff.ts'
import { askAccounts, askStatus, initialize, notHealthy, type SendBrokerageCall } from './brokerage-calls.ts'
import { type BrokerageReport, isHealthy } from './brokerage-report.ts'
import { type BrokerageState, type BrokerageTrigger, brokerageTransitions } from './brokerage-states.ts'
import { brokerageUnavailable, competingSession } from './errors.ts'
import type { MaintenanceKind } from './maintenance.ts'
import { type OnMove, StateMachine } from './state-machine.ts'
import { Waiters } from './waiters.ts'

/** What a brokerage session needs of its session. */
export interface BrokerageHost {
  readonly timers: Timers
  readonly random: () => number
  readonly settings: BrokerageSettings
  readonly send: SendBrokerageCall
  /** The same with the credential of the moment, or not at all. */
  readonly sendNow: SendBrokerageCall
  maintenance(): MaintenanceKind | undefined
  readonly onMove: OnMove<BrokerageState, BrokerageTrigger>
  onError(during: 'brokerage', error: unknown, retryAtMs: number | undefined): void
}

/** {@link BrokerageOptions} with nothing left open. */
export interface BrokerageSettings {
  readonly compete: boolean
  readonly settleMs: number
  readonly accountsPauseMs: number
  readonly accountsAttempts: number
  readonly keepAliveMs: number
  readonly backoff: Backoff
  readonly patience: number
}

const unknownReport: BrokerageReport = {
  authenticated: false,
  connected: false,
  competing: false,
  established: undefined,
}

/** How often one opening may start over before it counts as failed. */
const startsPerOpening = 3

/**
 * How long the answer of the old credential is worth something. Later, somebody else may have come; and what the old one
 * still holds ends of itself, after five minutes of silence.
 */
const takeOverWithinMs = 10_000

/**
 * Opens the brokerage session in IBKR's order, finds out what became of it when there is doubt, and leaves sessions of other
 * platforms alone unless the caller says otherwise.
 */
export class Brokerage {
  readonly #host: BrokerageHost
  readonly #machine: StateMachine<BrokerageState, BrokerageTrigger>
  readonly #waiters: Waiters
  readonly #resting: Waiters
  #report: BrokerageReport = unknownReport
  #compete: boolean
  /** Until when it is taken as known that the brokerage session is held by the credential before; 0 if it is not. */
  #ownUntilMs = 0
  #running = false
  /** Counts abandonments: what was begun before one must not go on after it. */
  #epoch = 0
  #starts = 0
  #failures = 0
  #lastError: unknown
  #retry: Timer | undefined
  #retryAtMs: number | undefined

  constructor(host: BrokerageHost) {
    this.#host = host
    this.#machine = new StateMachine(brokerageTransitions, 'closed', host.onMove)
    this.#waiters = new Waiters(host.timers)
    this.#resting = new Waiters(host.timers)
    this.#compete = host.settings.compete
  }

  get state(): BrokerageState {
    return this.#machine.state
  }

  /** The last answer about it. */
  get report(): BrokerageReport {
    return this.#report
  }

  get failures(): number {
    return this.#failures
  }

  get nextAttemptAtMs(): number | undefined {
    return this.#retryAtMs
  }

  /** Waits until it is open, opening it if need be. */
  async opened(signal: AbortSignal | undefined): Promise<void> {
    if (this.state === 'open') return
    if (this.state === 'closed') this.#start('wanted')
    if (this.state === 'competing') throw competingSession()
    if (this.state === 'waiting' && this.#failures >= this.#host.settings.patience) throw this.#unavailable()
    await this.#waiters.wait(signal)
  }

  /** Opens it at the caller's word, also while it is competing or waiting. */
  open(compete: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (this.state === 'open') return Promise.resolve()
    this.#compete ||= compete
    if (this.state === 'competing' || this.state === 'waiting') this.#start('taken')
    return this.opened(signal)
  }

  /**
   * To be called just before the credential is replaced: asks, still with the old one, whether that one holds the brokerage session.
   * Then the one that may compete with the new credential is known, and nobody else is thrown out by ending it.
   */
  async confirm(): Promise<void> {
    if (this.#running) await this.#resting.wait(undefined)
    if (this.state === 'closed') return
    const { authenticated, competing } = await askStatus(this.#host.sendNow)
    this.#ownUntilMs = authenticated && !competing ? this.#host.timers.now() + takeOverWithinMs : 0
  }

  /** There is a new credential: what an old one could not do is tried again at once, and what was open is asked after. */
  onEstablished(): void {
    if (this.state !== 'waiting') {
      this.doubt()
      return
    }
    this.#failures = 0
    this.#start('retry-due')
  }

  /** Something suggests that it is gone: asks. */
  doubt(): void {
    if (this.#machine.can('doubted')) this.#start('doubted')
  }

  /** A request was told to query the accounts first. */
  accountsMissing(): void {
    if (this.state === 'open') this.#start('accounts-missing')
  }

  /** What a `tickle` said; undefined if it said nothing of a brokerage session. */
  heard(report: BrokerageReport | undefined): void {
    if (report !== undefined) this.#report = report
    if (this.state === 'open') {
      if (report?.competing) this.#machine.fire('competing')
      else if (!isHealthy(report)) this.doubt()
    } else if (this.state === 'competing' && report?.competing !== true) {
      this.doubt()
    }
  }

  /** The credential is gone for good: there is nothing to stand on. */
  abandon(reason: unknown): void {
    this.#epoch += 1
    this.#ownUntilMs = 0
    this.#cancelRetry()
    this.#report = unknownReport
    if (this.state !== 'closed') this.#machine.fire('abandoned')
    this.#waiters.rejectAll(reason)
  }

  #start(trigger: BrokerageTrigger): void {
    this.#cancelRetry()
    this.#starts = 0
    this.#machine.fire(trigger)
    if (this.#running) return
    this.#running = true
    void this.#run()
  }

  /** Takes steps until a state is reached that waits for something else. Never rejects: a step that fails is a trigger too. */
  async #run(): Promise<void> {
    for (let step = this.#step(); step !== undefined; step = this.#step()) {
      const epoch = this.#epoch
      const trigger = await step.call(this).catch((error: unknown) => this.#remember(error))
      if (epoch === this.#epoch) this.#move(trigger)
    }
    this.#running = false
    this.#resting.resolveAll()
  }

  #step(): (() => Promise<BrokerageTrigger>) | undefined {
    switch (this.state) {
      case 'initializing':
        return this.#initialize
      case 'settling':
        return this.#settle
      case 'loading-accounts':
        return this.#loadAccounts
      case 'checking':
        return this.#check
      default:
        return undefined
    }
  }

  async #initialize(): Promise<BrokerageTrigger> {
    // Once sent, `compete` has been used up, whatever the answer: a repeat could throw out whoever came back.
    const compete = this.#compete
    this.#compete = false
    this.#report = await initialize(this.#host.send, compete)
    if (!this.#report.competing || compete) return 'initialized'
    if (!this.#takesOver()) return 'competing'
    this.#report = await initialize(this.#host.send, true)
    return 'initialized'
  }

  /** Whether the session that competes is this one's own, of the credential before; true once. */
  #takesOver(): boolean {
    const isOwn = this.#host.timers.now() < this.#ownUntilMs
    this.#ownUntilMs = 0
    return isOwn
  }

  async #settle(): Promise<BrokerageTrigger> {
    await this.#pause(this.#host.settings.settleMs)
    return 'settled'
  }

  async #loadAccounts(): Promise<BrokerageTrigger> {
    const { accountsAttempts, accountsPauseMs } = this.#host.settings
    const epoch = this.#epoch
    for (let attempt = 1; ; attempt += 1) {
      const loaded = await askAccounts(this.#host.send, attempt >= accountsAttempts)
      if (loaded || epoch !== this.#epoch) return 'loaded'
      await this.#pause(accountsPauseMs)
    }
  }

  async #check(): Promise<BrokerageTrigger> {
    this.#report = await askStatus(this.#host.send)
    if (this.#report.competing) {
      this.#compete = this.#takesOver()
      return this.#compete ? 'lost' : 'competing'
    }
    if (isHealthy(this.#report)) return this.#report.established === false ? 'accounts-missing' : 'healthy'
    return 'lost'
  }

  #move(trigger: BrokerageTrigger): void {
    if (trigger === 'lost' || trigger === 'accounts-missing') this.#startOver(trigger)
    else if (trigger === 'failed') this.#tryLater()
    else this.#machine.fire(trigger)
    if (trigger === 'competing') this.#waiters.rejectAll(competingSession())
    if (trigger === 'healthy') {
      this.#ownUntilMs = 0
      this.#failures = 0
      this.#lastError = undefined
      this.#compete = false
      this.#waiters.resolveAll()
    }
  }

  /** Opening may need a second turn, but not one after the other. */
  #startOver(trigger: BrokerageTrigger): void {
    this.#starts += 1
    if (this.#starts <= startsPerOpening) {
      this.#machine.fire(trigger)
      return
    }
    this.#remember(notHealthy(this.#report, startsPerOpening))
    this.#tryLater()
  }

  #tryLater(): void {
    const { timers, settings, random } = this.#host
    this.#failures += 1
    this.#ownUntilMs = 0
    const backedOffMs = backoffMs(settings.backoff, this.#failures, random)
    const delayMs = Math.max(retryAfterMsOf(this.#lastError), backedOffMs)
    this.#machine.fire('failed')
    this.#retryAtMs = timers.now() + delayMs
    this.#retry = timers.after(delayMs, () => this.#start('retry-due'))
    this.#host.onError('brokerage', this.#lastError, this.#retryAtMs)
    if (this.#failures >= settings.patience) this.#waiters.rejectAll(this.#unavailable())
  }

  #remember(error: unknown): BrokerageTrigger {
    this.#lastError = error
    return 'failed'
  }

  #cancelRetry(): void {
    this.#host.timers.cancel(this.#retry)
    this.#retry = undefined
    this.#retryAtMs = undefined
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#host.timers.after(delayMs, resolve)
    })
  }

  #unavailable(): Error {
    const { timers, maintenance } = this.#host
    const retryAfterMs = this.#retryAtMs === undefined ? undefined : this.#retryAtMs - timers.now()
    return brokerageUnavailable({ cause: this.#lastError, retryAfterMs, maintenance: maintenance() })
  }
}
