import type { Timer, Timers } from '../timer-heap.ts'
import { placeFreeAtMs } from './budget.ts'
import type { TakenCredential } from './credential.ts'
import { credentialDueAtMs, newCredential, nextCredential } from './credential-lifecycle.ts'
import type {
  Credential,
  CredentialEffect,
  CredentialEvent,
  CredentialRules,
  EstablishFailure,
  Held,
  ProbeAnswer,
  Verdict,
} from './credential-state.ts'
import { loginBudgetSpent, sessionClosed, sessionFailed, sessionUnavailable } from './errors.ts'
import { type EstablishFlight, startEstablishing } from './establish.ts'
import { ExpiryWatch, lifeOf } from './expiry.ts'
import { Machine } from './machine.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { Moment } from './proof.ts'
import type { SessionState, SessionTrigger } from './states.ts'
import { Waiters } from './waiters.ts'

/** What a credential needs of its session. None of these throws. */
export interface CredentialHost {
  readonly timers: Timers
  readonly rules: CredentialRules
  readonly renewal: { readonly aheadMs: number; readonly timeoutMs: number }
  now(): Moment
  random(): number
  serverNow(): number
  establish(signal: AbortSignal, effect: Extract<CredentialEffect, { do: 'establish' }>): Promise<unknown>
  judge(error: unknown): Omit<EstablishFailure, 'error'>
  /** Asks the path of that place whether IBKR still takes the credential. */
  ask(step: number): Promise<Asked>
  forgetCookies(): void
  maintenance(): MaintenanceKind | undefined
  moved(from: SessionState, to: SessionState, trigger: SessionTrigger): void
  /** There is a new credential. */
  lent(held: Held): void
  failed(during: 'establish' | 'release', error: unknown, retryAtMs: number | undefined): void
}

/** What a path that was asked has answered. */
export interface Asked {
  readonly answer: ProbeAnswer
  readonly gone: boolean
  readonly retryAfterMs: number
}

/** A request that was refused. */
export interface Refused {
  readonly number: number
  readonly sequence: number
  readonly path: string
  readonly gone: boolean
}

/** `Omit` on each member of a union. */
type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs' | 'chance'> : never

/** Carries out what the credential's life asks for: one flight, one timer, and those who wait. */
export class CredentialRunner {
  readonly #host: CredentialHost
  readonly #machine: Machine<Credential, CredentialEvent, SessionTrigger, CredentialEffect>
  readonly #users: Waiters
  readonly #renewers: Waiters
  readonly #refused: Waiters<Verdict>
  readonly #expiry: ExpiryWatch = new ExpiryWatch()
  #flight: EstablishFlight | undefined
  #timer: Timer | undefined
  #sequence = 0

  constructor(host: CredentialHost) {
    this.#host = host
    const { timers, rules } = host
    const next = (state: Credential, event: CredentialEvent): ReturnType<typeof nextCredential> =>
      nextCredential(state, event, rules)
    this.#machine = new Machine(newCredential(rules, host.now().monotonicMs), next, {
      moved: host.moved,
      carryOut: (effect) => this.#carryOut(effect),
      rested: (state) => this.#time(state),
    })
    this.#users = new Waiters(timers)
    this.#renewers = new Waiters(timers)
    this.#refused = new Waiters(timers)
  }

  get state(): Credential {
    return this.#machine.state
  }

  /** The credential if it may be used now. Notices an expiry that no timer has told of yet. */
  get current(): Held | undefined {
    const held = heldIn(this.state)
    if (held === undefined || this.#host.now().monotonicMs < held.expiresAtMs) return held
    this.#dispatch({ type: 'due' })
    return heldIn(this.state)
  }

  /** The credential for the farewell, while the session is closing. */
  get parting(): Held | undefined {
    const held = this.state.name === 'closing' ? this.state.held : undefined
    return held && this.#host.now().monotonicMs < held.expiresAtMs ? held : undefined
  }

  get isClosing(): boolean {
    return this.state.name === 'closing' || this.state.name === 'closed'
  }

  /** Numbers attempts in the order in which they are signed. */
  nextSequence(): number {
    this.#sequence += 1
    return this.#sequence
  }

  /** Waits until there is a credential to use, obtaining one if need be. */
  async usable(signal: AbortSignal | undefined): Promise<void> {
    while (this.current === undefined) {
      this.#dispatch({ type: 'wanted' })
      const { state } = this
      if (state.name === 'waiting' && state.wait.told) throw this.#reason()
      if (state.name === 'failed' || this.isClosing) throw this.#reason()
      if (this.current === undefined) await this.#users.wait(signal)
    }
  }

  /** Replaces the credential at the caller's word; resolves once that is done. */
  renew(): Promise<void> {
    if (this.isClosing) return Promise.reject(sessionClosed())
    const done = this.#renewers.wait()
    this.#dispatch({ type: 'renew' })
    return done
  }

  /** A request was refused: resolves once it is known what that was about, or that nobody knows yet. */
  async refuse(refused: Refused): Promise<Verdict> {
    this.#dispatch({ type: 'refused', ...refused })
    const { state } = this
    if (heldIn(state)?.number !== refused.number) return 'replaced'
    return state.name === 'active' ? 'kept' : this.#refused.wait()
  }

  /** Waits until a question that has only begun is answered, one way or another. */
  async answered(signal: AbortSignal): Promise<void> {
    const { state } = this
    if (state.name === 'questioned' && state.question.unclear === 0) await this.#refused.wait(signal)
  }

  /** @throws why there is no credential, if none is being obtained. */
  assertNotGivenUp(): void {
    const { name } = this.state
    if (name === 'waiting' || name === 'failed') throw this.#reason()
  }

  /** A request was accepted. */
  accept(number: number, sequence: number): void {
    this.#dispatch({ type: 'accepted', number, sequence })
    const held = heldIn(this.state)
    if (held?.number !== number) return
    const { now, serverNow, renewal, random } = this.#host
    const life = this.#expiry.correct(
      held.credential.expiresAtMs,
      now(),
      serverNow(),
      renewal.aheadMs,
      random(),
    )
    if (life !== undefined) this.#dispatch({ type: 'corrected', ...life })
  }

  /** The machine has slept, or its clock was set. */
  suspended(): void {
    this.#dispatch({ type: 'suspended', sequence: this.#sequence })
  }

  /** Starts nothing more; whoever waits is told. Keeps the credential for the farewell. */
  close(): void {
    this.#dispatch({ type: 'close' })
  }

  /** The end: releases the credential. */
  closed(): void {
    this.#dispatch({ type: 'closed' })
  }

  #dispatch(event: Unstamped<CredentialEvent>): void {
    const { monotonicMs: atMs } = this.#host.now()
    this.#machine.dispatch({ ...event, atMs, chance: this.#host.random() } as CredentialEvent)
  }

  #time(state: Credential): void {
    const { timers, now } = this.#host
    timers.cancel(this.#timer)
    const dueAtMs = credentialDueAtMs(state)
    this.#timer =
      dueAtMs === undefined
        ? undefined
        : timers.after(dueAtMs - now().monotonicMs, () => this.#dispatch({ type: 'due' }))
  }

  #carryOut(effect: CredentialEffect): void {
    switch (effect.do) {
      case 'establish':
        this.#establish(effect)
        break
      case 'ask':
        this.#ask(effect)
        break
      case 'release':
        this.#release(effect.credential)
        break
      case 'forget-cookies':
        this.#host.forgetCookies()
        break
      case 'cancel':
        this.#cancel()
        break
      case 'lend':
        this.#lend()
        break
      case 'refuse':
        this.#refuseWaiting()
        break
      case 'refuse-renewal':
        this.#renewers.rejectAll(this.#reason(effect.error))
        break
      case 'settle':
        this.#refused.resolveAll(effect.verdict)
        break
    }
  }

  #establish(effect: Extract<CredentialEffect, { do: 'establish' }>): void {
    const { timers, renewal } = this.#host
    const flight = startEstablishing({
      establish: (signal) => this.#host.establish(signal, effect),
      timers,
      timeoutMs: renewal.timeoutMs,
      discard: (credential) => this.#release(credential),
    })
    this.#flight = flight
    flight.outcome.then(
      (credential) => this.#land(flight, credential),
      (error: unknown) => this.#crash(flight, error),
    )
  }

  #land(flight: EstablishFlight, credential: TakenCredential): void {
    if (this.#flight !== flight) {
      this.#release(credential)
      return
    }
    const { now, serverNow, renewal, random } = this.#host
    const life = lifeOf(credential.expiresAtMs, now(), serverNow(), renewal.aheadMs, random())
    if (life === undefined) {
      this.#release(credential)
      this.#crash(
        flight,
        new RangeError('establish() resolved to a credential that has expired; compare the clocks'),
      )
      return
    }
    this.#flight = undefined
    this.#expiry.begin(now(), serverNow())
    this.#dispatch({ type: 'established', credential, ...life })
  }

  #crash(flight: EstablishFlight, error: unknown): void {
    if (this.#flight !== flight) return
    this.#flight = undefined
    this.#dispatch({ type: 'establish-failed', error, ...this.#host.judge(error) })
    this.#host.failed('establish', error, this.nextAttemptAtMs)
  }

  #ask({ step, number }: Extract<CredentialEffect, { do: 'ask' }>): void {
    this.#host.ask(step).then((asked) => this.#dispatch({ type: 'answered', number, ...asked }))
  }

  #release(credential: TakenCredential): void {
    closeCredential(credential).catch((error: unknown) => this.#host.failed('release', error, undefined))
  }

  #cancel(): void {
    const reason = sessionClosed()
    this.#flight?.cancel(reason)
    this.#flight = undefined
    this.#users.rejectAll(reason)
    this.#renewers.rejectAll(reason)
  }

  #lend(): void {
    const held = heldIn(this.state)
    if (held !== undefined) this.#host.lent(held)
    this.#users.resolveAll()
    this.#renewers.resolveAll()
  }

  #refuseWaiting(): void {
    const { state } = this
    if (state.name === 'failed' && state.error !== undefined && state.ledger.unaccepted > 0) {
      this.#host.failed('establish', state.error, undefined)
    }
    this.#users.rejectAll(this.#reason())
  }

  /** When the credential will be replaced, or the next attempt is due, in milliseconds since 1970. */
  get nextAttemptAtMs(): number | undefined {
    const { state } = this
    const now = this.#host.now()
    const atMs =
      state.name === 'waiting'
        ? state.wait.untilMs
        : state.name === 'active' || state.name === 'questioned'
          ? Math.min(state.held.renewAtMs, state.held.expiresAtMs)
          : undefined
    return atMs === undefined ? undefined : Math.round(now.wallMs + atMs - now.monotonicMs)
  }

  /** What whoever gets no credential is told. */
  #reason(cause?: unknown): Error {
    const { state } = this
    if (state.name === 'closing' || state.name === 'closed') return sessionClosed()
    if (state.name === 'failed') return sessionFailed(cause ?? state.error)
    const now = this.#host.now().monotonicMs
    const { rules } = this.#host
    const untilMs =
      state.name === 'waiting' ? state.wait.untilMs : placeFreeAtMs(state.ledger.budget, rules.logins, now, 1)
    const known = state.name === 'waiting' ? (state.error ?? cause) : cause
    return sessionUnavailable({
      cause: known ?? loginBudgetSpent(),
      retryAfterMs: Math.max(0, untilMs - now),
      maintenance: this.#host.maintenance(),
    })
  }
}

function heldIn(state: Credential): Held | undefined {
  return state.name === 'active' || state.name === 'questioned' || state.name === 'renewing'
    ? state.held
    : undefined
}

async function closeCredential(credential: TakenCredential): Promise<void> {
  await credential.close?.()
}
