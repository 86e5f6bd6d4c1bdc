import { Acceptances } from './acceptances.ts'
import { Alarm, type AlarmHost } from './alarm.ts'
import { closeCredential, type TakenCredential } from './credential.ts'
import type { CredentialHost, Refused } from './credential-host.ts'
import { credentialDueAtMs, newCredential, nextCredential } from './credential-lifecycle.ts'
import type {
  Credential,
  CredentialEffect,
  CredentialEvent,
  CredentialStep,
  Held,
  Verdict,
} from './credential-state.ts'
import { CredentialWaiters } from './credential-waiters.ts'
import { sessionClosed } from './errors.ts'
import { Logins, type LoginsHost } from './establish.ts'
import { ExpiryWatch } from './expiry.ts'
import { Machine, type MachineHost, type Unstamped } from './machine.ts'
import { heldIn, nextAttemptAtMs, reasonForNone } from './no-credential.ts'
import type { SessionState, SessionTrigger } from './states.ts'

type CredentialMachine = MachineHost<Credential, CredentialEvent, SessionTrigger, CredentialEffect>

/** Carries out what the credential's life asks for: one login at a time, one timer, and those who wait. */
export class CredentialRunner implements CredentialMachine, AlarmHost, LoginsHost {
  readonly #host: CredentialHost
  readonly #machine: Machine<Credential, CredentialEvent, SessionTrigger, CredentialEffect>
  readonly #waiters: CredentialWaiters
  readonly #expiry: ExpiryWatch = new ExpiryWatch()
  readonly #logins: Logins
  readonly #alarm: Alarm
  #sequence = 0
  readonly #acceptances = new Acceptances()

  constructor(host: CredentialHost) {
    this.#host = host
    const { timers, rules } = host
    this.#machine = new Machine(newCredential(rules, host.now().monotonicMs), this)
    this.#alarm = new Alarm(timers, this)
    this.#logins = new Logins(timers, host.renewal.timeoutMs, host, this)
    this.#waiters = new CredentialWaiters(timers)
  }

  get state(): Credential {
    return this.#machine.state
  }

  /** The credential if it may be used now. */
  get current(): Held | undefined {
    this.#catchUp()
    return heldIn(this.state)
  }

  /** The credential for the logout, while the session is closing. */
  get logoutCredential(): Held | undefined {
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
      if (this.current === undefined) await this.#waiters.users.wait(signal)
    }
  }

  /** Replaces the credential at the caller's word; resolves once that is done. */
  renew(): Promise<void> {
    if (this.isClosing) return Promise.reject(sessionClosed())
    const done = this.#waiters.renewers.wait()
    this.#dispatch({ type: 'renew' })
    return done
  }

  /** A request was refused: resolves once it is known what that was about, or that nobody knows yet. */
  async refuse(refused: Refused): Promise<Verdict> {
    this.#catchUp()
    this.#dispatch({ type: 'refused', ...refused })
    const { state } = this
    if (heldIn(state)?.number !== refused.number) return 'replaced'
    return state.name === 'active' ? 'kept' : this.#waiters.refused.wait()
  }

  /** Whether a question has only begun, so that its answer is worth waiting for. */
  get isQuestioned(): boolean {
    const { state } = this
    return state.name === 'questioned' && state.question.unclear === 0
  }

  /** Waits until the question is answered, one way or another. */
  async answered(signal: AbortSignal): Promise<void> {
    await this.#waiters.refused.wait(signal)
  }

  /** @throws why there is no credential, if none is being obtained. */
  assertNotGivenUp(): void {
    const { name } = this.state
    if (name === 'waiting' || name === 'failed') throw this.#reason()
  }

  /** A request was accepted. */
  accept(number: number, sequence: number): void {
    const { state } = this
    const held = heldIn(state)
    if (held?.number !== number) return
    const isNews = held.lastAccepted === 0 || state.name === 'questioned'
    if (isNews) this.#dispatch({ type: 'accepted', number, sequence }, 0)
    else this.#acceptances.note(number, sequence)
    const life = this.#expiry.correct(held.credential.expiresAtMs, this.#host)
    if (life !== undefined) this.#dispatch({ type: 'corrected', ...life })
  }

  /** The machine has slept, or its clock was set. */
  suspended(): void {
    this.#dispatch({ type: 'suspended', sequence: this.#sequence })
  }

  /** A penalty has ended before its time: what was put off for it is due. */
  pardoned(): void {
    this.#dispatch({ type: 'pardoned' })
  }

  /** Starts nothing more; whoever waits is told. Keeps the credential for the logout. */
  close(): void {
    this.#dispatch({ type: 'close' })
  }

  /** The end: releases the credential. */
  closed(): void {
    this.#dispatch({ type: 'closed' })
  }

  /** A busy process is late with its timers: what is due by now comes before what has happened only now. */
  #catchUp(): void {
    const dueAtMs = credentialDueAtMs(this.state)
    if (dueAtMs !== undefined && dueAtMs <= this.#host.timers.monotonicNow()) this.#dispatch({ type: 'due' })
  }

  #dispatch(event: Unstamped<CredentialEvent>, chance: number = this.#host.random()): void {
    const { monotonicMs: atMs } = this.#host.now()
    const accepted = this.#acceptances.take()
    if (accepted !== undefined) this.#machine.dispatch({ type: 'accepted', ...accepted, atMs, chance: 0 })
    this.#machine.dispatch({ ...event, atMs, chance } as CredentialEvent)
  }

  next(state: Credential, event: CredentialEvent): CredentialStep {
    return nextCredential(state, event, this.#host.rules)
  }

  moved(from: SessionState, to: SessionState, trigger: SessionTrigger): void {
    this.#host.moved(from, to, trigger)
  }

  rested(state: Credential): void {
    this.#alarm.set(credentialDueAtMs(state))
  }

  due(): void {
    this.#dispatch({ type: 'due' })
  }

  carryOut(effect: CredentialEffect): void {
    switch (effect.do) {
      case 'establish':
        this.#host.loginBegins(effect.reason)
        this.#logins.begin(effect)
        break
      case 'ask':
        this.#host
          .ask(effect.step)
          .then((asked) => this.#dispatch({ type: 'answered', number: effect.number, ...asked }))
        break
      case 'release':
        this.discard(effect.credential)
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
        this.#waiters.users.rejectAll(this.#reason())
        break
      case 'refuse-renewal':
        this.#waiters.renewers.rejectAll(this.#reason(effect.error))
        break
      case 'tell-failure':
        this.#host.failed('establish', effect.error, this.nextAttemptAtMs)
        break
      case 'settle':
        this.#waiters.refused.resolveAll(effect.verdict)
        break
    }
  }

  established(credential: TakenCredential): void {
    const life = this.#expiry.begin(credential.expiresAtMs, this.#host)
    if (life === undefined) {
      this.discard(credential)
      this.failed(new RangeError('establish() resolved to a credential that has expired; compare the clocks'))
      return
    }
    this.#host.loginEnds(credential.adopted === true ? 'adopted' : 'established')
    this.#dispatch({ type: 'established', credential, ...life })
  }

  failed(error: unknown): void {
    this.#host.loginEnds('failed', error)
    this.#dispatch({ type: 'establish-failed', error, ...this.#host.classify(error) })
    this.#host.failed('establish', error, this.nextAttemptAtMs)
  }

  discard(credential: TakenCredential): void {
    closeCredential(credential).catch((error: unknown) => this.#host.failed('release', error, undefined))
  }

  #cancel(): void {
    const reason = sessionClosed()
    this.#host.loginEnds('abandoned')
    this.#logins.cancel(reason)
    this.#waiters.refuse(reason)
  }

  #lend(): void {
    const held = heldIn(this.state)
    if (held !== undefined) this.#host.lent(held)
    this.#waiters.lend()
  }

  /** When the credential will be replaced, or the next attempt is due, in milliseconds since 1970. */
  get nextAttemptAtMs(): number | undefined {
    return nextAttemptAtMs(this.state, this.#host.now())
  }

  #reason(cause?: unknown): Error {
    return reasonForNone(this.state, this.#host, cause)
  }
}
