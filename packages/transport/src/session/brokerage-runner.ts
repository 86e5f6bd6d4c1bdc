import type { RequestOptions } from '../request/types.ts'
import type { Timers } from '../timer-heap.ts'
import { Alarm, type AlarmHost } from './alarm.ts'
import { brokerageUnavailable, competingSession, leaderHasNone } from './brokerage-errors.ts'
import { brokerageDueAtMs, newBrokerage, nextBrokerage } from './brokerage-lifecycle.ts'
import { readAccountsAnswer, readFailure, readStatusAnswer } from './brokerage-protocol.ts'
import { type BrokerageReport, isOpen } from './brokerage-report.ts'
import type {
  Brokerage,
  BrokerageAnswer,
  BrokerageEffect,
  BrokerageEvent,
  BrokerageRules,
  BrokerageStep,
} from './brokerage-state.ts'
import { Machine, type MachineHost, type Unstamped } from './machine.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { OwnReply } from './own-calls.ts'
import { ageMs, type Moment, type Proof, proofLastsMs, proofSeenAt } from './proof.ts'
import type { BrokerageState, BrokerageTrigger } from './states.ts'
import { Waiters } from './waiters.ts'

/** What a brokerage session needs of its session. None of these throws. */
export interface BrokerageHost {
  readonly timers: Timers
  readonly rules: BrokerageRules
  now(): Moment
  random(): number
  /** Sends a request of the session's own, ahead of others; any status is returned. May reject. */
  send(method: 'GET' | 'POST', path: string, options?: RequestOptions): Promise<OwnReply>
  tickle(): void
  maintenance(): MaintenanceKind | undefined
  /** Whether this process may open it; undefined if there is no question of that. */
  leads(): boolean | undefined
  /** Whoever leads is to be told that it is wanted. */
  askLeader(): void
  moved(from: BrokerageState, to: BrokerageState, trigger: BrokerageTrigger): void
  failed(error: unknown, retryAtMs: number): void
  /** A status was heard under the credential of the moment. */
  heard(report: BrokerageReport): void
}

type BrokerageMachine = MachineHost<Brokerage, BrokerageEvent, BrokerageTrigger, BrokerageEffect>

/** Carries out what the brokerage session's life asks for: its calls, one timer, and those who wait. */
export class BrokerageRunner implements BrokerageMachine, AlarmHost {
  readonly #host: BrokerageHost
  readonly #machine: Machine<Brokerage, BrokerageEvent, BrokerageTrigger, BrokerageEffect>
  readonly #waiters: Waiters
  readonly #alarm: Alarm
  #abandonedFor: unknown

  constructor(host: BrokerageHost) {
    this.#host = host
    this.#machine = new Machine(newBrokerage(host.now().monotonicMs), this)
    this.#alarm = new Alarm(host.timers, this)
    this.#waiters = new Waiters(host.timers)
  }

  get state(): Brokerage {
    return this.#machine.state
  }

  /** Whether `/iserver` may be asked now. */
  get isUsable(): boolean {
    const { state } = this
    return state.name === 'open' || (state.name === 'following' && isOpen(state.standing.report))
  }

  /** A proof that still counts, if there is one. */
  get proof(): Proof | undefined {
    const { proof } = this.state.standing
    return proof !== undefined && ageMs(proof.seen, this.#host.now()) <= proofLastsMs ? proof : undefined
  }

  /** When the next attempt is due, in milliseconds since 1970. */
  get nextAttemptAtMs(): number | undefined {
    return this.state.name === 'waiting' ? this.#wallOf(this.state.untilMs) : undefined
  }

  /** Waits until it is open, opening it if need be. */
  async opened(signal: AbortSignal | undefined): Promise<void> {
    if (this.isUsable) return
    if (this.state.name === 'closed' && this.#host.leads() === false) this.follow({ leads: false })
    this.#dispatch({ type: 'wanted' })
    const { state } = this
    // Whoever leads may be about to open it; only of a login elsewhere is known that it stays.
    const refuses =
      state.name === 'competing' ||
      (state.name === 'following' && state.standing.report.competing) ||
      (state.name === 'waiting' && state.told)
    if (this.isUsable) return
    if (refuses) throw this.#reason()
    if (state.name === 'following') this.#host.askLeader()
    await this.#waiters.wait(signal)
  }

  /** Others want it of this process, which leads. */
  want(): void {
    this.#dispatch({ type: 'wanted' })
  }

  /** Opens it at the caller's word, also while it is competing or waiting. */
  open(takeOver: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (this.isUsable) return Promise.resolve()
    if (this.#host.leads() !== false) this.#dispatch({ type: 'open', takeOver })
    return this.opened(signal)
  }

  /** A status that nobody waits for; undefined if a tickle told of none. */
  heard(report: BrokerageReport | undefined, credential: number, asked = false): void {
    this.#dispatch({ type: 'heard', report, credential, asked })
    if (report !== undefined && credential === this.state.standing.credential) this.#host.heard(report)
  }

  /** A request was told that something is missing. */
  missed(what: 'bridge' | 'accounts' | 'authentication'): void {
    this.#dispatch({ type: 'missed', what })
  }

  /** There is a new credential. `provenAtMs`: what came with it, in milliseconds since 1970. */
  renewed(number: number, provenAtMs: number | undefined): void {
    const leads = this.#host.leads() === true
    this.#dispatch({ type: 'credential', number, proof: proofSeenAt(provenAtMs, this.#host.now()), leads })
  }

  /** The machine has slept, or its clock was set. */
  suspended(): void {
    this.#dispatch({ type: 'suspended' })
  }

  /** A penalty has ended before its time: what was put off for it is due. */
  pardoned(): void {
    this.#dispatch({ type: 'pardoned' })
  }

  /** Somebody has told who leads, and what that one sees. */
  follow(told: {
    leads: boolean
    report?: BrokerageReport | undefined
    provenAtMs?: number | undefined
  }): void {
    const { leads, report, provenAtMs } = told
    this.#dispatch({ type: 'led', leads, report, proof: proofSeenAt(provenAtMs, this.#host.now()) })
  }

  /** The credential is gone for good, for this reason. */
  abandon(reason: unknown): void {
    this.#abandonedFor = reason
    this.#dispatch({ type: 'abandoned' })
    this.#abandonedFor = undefined
  }

  #dispatch(event: Unstamped<BrokerageEvent>): void {
    this.#machine.dispatch({ ...event, at: this.#host.now(), chance: this.#host.random() } as BrokerageEvent)
  }

  next(state: Brokerage, event: BrokerageEvent): BrokerageStep {
    return nextBrokerage(state, event, this.#host.rules)
  }

  moved(from: BrokerageState, to: BrokerageState, trigger: BrokerageTrigger): void {
    this.#host.moved(from, to, trigger)
  }

  rested(state: Brokerage): void {
    this.#alarm.set(brokerageDueAtMs(state))
  }

  due(): void {
    this.#dispatch({ type: 'due' })
  }

  carryOut(effect: BrokerageEffect): void {
    switch (effect.do) {
      case 'init':
        this.#initialize(effect.call, effect.compete)
        break
      case 'accounts':
        this.#call(effect.call, 'GET', '/iserver/accounts', {}, readAccountsAnswer)
        break
      case 'status':
        this.#call(effect.call, 'POST', '/iserver/auth/status', { idempotent: true }, readStatusAnswer)
        break
      case 'tickle':
        this.#host.tickle()
        break
      case 'lend':
        this.#waiters.resolveAll()
        break
      case 'refuse':
        this.#waiters.rejectAll(this.#reason())
        break
      case 'tell-failure':
        this.#host.failed(effect.error, this.#wallOf(effect.retryAtMs))
        break
    }
  }

  /** With `compete` it is sent once and never repeated: it may throw a person out. */
  #initialize(call: number, compete: boolean): void {
    const json = { publish: true, compete }
    const options = { json, idempotent: !compete, ...(compete ? { retryLimit: 0 } : {}) }
    this.#call(call, 'POST', '/iserver/auth/ssodh/init', options, readStatusAnswer)
  }

  #call(
    call: number,
    method: 'GET' | 'POST',
    path: string,
    options: RequestOptions,
    read: typeof readStatusAnswer,
  ): void {
    const { credential: before } = this.state.standing
    this.#host.send(method, path, options).then(
      ({ response, credential, hide }) => {
        const answer = read(`${method} ${path}`, response, hide)
        this.#answer(call, credential ?? before, answer)
      },
      (error: unknown) => this.#answer(call, this.state.standing.credential, readFailure(error)),
    )
  }

  #answer(call: number, credential: number, answer: BrokerageAnswer): void {
    this.#dispatch({ type: 'answered', call, credential, answer })
    if (answer.kind === 'status' && credential === this.state.standing.credential)
      this.#host.heard(answer.report)
  }

  #wallOf(monotonicMs: number): number {
    const now = this.#host.now()
    return Math.round(now.wallMs + monotonicMs - now.monotonicMs)
  }

  /** What whoever gets none is told. */
  #reason(): unknown {
    const { state } = this
    const { report, proof } = state.standing
    if (state.name === 'competing') {
      return competingSession({ report, sinceMs: state.found.wallMs, provenAtMs: proof?.seen.wallMs })
    }
    if (state.name === 'following') return leaderHasNone(report)
    if (state.name !== 'waiting') return this.#abandonedFor
    const retryAfterMs = Math.max(0, state.untilMs - this.#host.now().monotonicMs)
    return brokerageUnavailable({ cause: state.error, retryAfterMs, maintenance: this.#host.maintenance() })
  }
}
