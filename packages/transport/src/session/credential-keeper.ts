import type { Timers } from '../timer-heap.ts'
import { AttemptSchedule } from './attempt-schedule.ts'
import { type Backoff, backoffMs, retryAfterMsOf } from './backoff.ts'
import type { SessionCredential } from './credential.ts'
import { refusedAgain, sessionClosed, sessionFailed, sessionUnavailable } from './errors.ts'
import { type EstablishFlight, startEstablishing } from './establish-flight.ts'
import type { MaintenanceKind } from './maintenance.ts'
import { statusOf } from './permanent.ts'
import { type SessionState, type SessionTrigger, sessionTransitions } from './session-states.ts'
import { type OnMove, StateMachine } from './state-machine.ts'
import { Waiters } from './waiters.ts'

/** What a keeper needs of its session. */
export interface KeeperHost {
  readonly timers: Timers
  readonly random: () => number
  readonly renewal: KeeperSettings
  establish(signal: AbortSignal): Promise<SessionCredential>
  isPermanent(error: unknown): boolean
  /** The server's time, in milliseconds since 1970. */
  serverNow(): number
  maintenance(): MaintenanceKind | undefined
  readonly onMove: OnMove<SessionState, SessionTrigger>
  onEstablished(credential: SessionCredential): void
  onError(during: 'establish' | 'release', error: unknown, retryAtMs: number | undefined): void
}

/** {@link RenewalOptions} with nothing left open. */
export interface KeeperSettings {
  readonly aheadMs: number
  readonly timeoutMs: number
  readonly backoff: Backoff
  readonly patience: number
}

/** A reply that refuses a credential. */
export interface CredentialRefusal {
  readonly status: number
  readonly path: string
  readonly conclusive: boolean
  readonly repeated: boolean
}

interface Held {
  readonly credential: SessionCredential
  readonly renewAtMs: number
  /** Whether the server has taken it at least once. */
  accepted: boolean
}

/** A wait that nobody should sit through: what waits is told instead. */
const tellAfterMs = 15_000

/** Obtains the credential once for all who need it, replaces it once, and never lends a replaced one. */
export class CredentialKeeper {
  readonly #host: KeeperHost
  readonly #machine: StateMachine<SessionState, SessionTrigger>
  readonly #users: Waiters
  readonly #renewers: Waiters
  readonly #schedule: AttemptSchedule
  #held: Held | undefined
  #flight: EstablishFlight | undefined
  #established = 0
  #failures = 0
  #refusalsInARow = 0
  /** Whether the server has ever taken a credential of this session. */
  #proven = false
  #impatient = false
  #lastError: unknown
  #failure: Error | undefined

  constructor(host: KeeperHost) {
    this.#host = host
    this.#machine = new StateMachine(sessionTransitions, 'idle', host.onMove)
    this.#users = new Waiters(host.timers)
    this.#renewers = new Waiters(host.timers)
    this.#schedule = new AttemptSchedule(host.timers)
  }

  get state(): SessionState {
    return this.#machine.state
  }

  /** Credentials obtained so far. */
  get established(): number {
    return this.#established
  }

  /** Failed attempts since the last credential. */
  get failures(): number {
    return this.#failures
  }

  /** When the credential will be replaced, or the next attempt is due; by this machine's clock. */
  get nextAttemptAtMs(): number | undefined {
    return this.#schedule.nextAtMs
  }

  /** Expiry of the credential, by the server's clock. */
  get expiresAtMs(): number | undefined {
    return this.#held?.credential.expiresAtMs
  }

  /** The username that the credential names. */
  get username(): string | undefined {
    return this.#held?.credential.username
  }

  /** The credential if it may be used now. Notices an expiry that no timer has told of yet. */
  get current(): SessionCredential | undefined {
    const { state } = this.#machine
    if (this.#held === undefined || (state !== 'active' && state !== 'renewing')) return undefined
    if (this.#host.serverNow() < this.#held.credential.expiresAtMs) return this.#held.credential
    this.#expire()
    return undefined
  }

  /** The credential for the farewell, while the session is closing. */
  get parting(): SessionCredential | undefined {
    const held = this.state === 'closing' ? this.#held : undefined
    return held && this.#host.serverNow() < held.credential.expiresAtMs ? held.credential : undefined
  }

  /** Waits until there is a credential to use, obtaining one if need be. */
  async usable(signal: AbortSignal | undefined): Promise<SessionCredential> {
    for (;;) {
      const credential = this.current
      if (credential !== undefined) return credential
      if (this.state === 'idle') this.#move('start')
      this.#refuseIfHopeless()
      await this.#users.wait(signal)
    }
  }

  /** Replaces the credential at the caller's word; resolves once that is done. */
  renew(): Promise<void> {
    if (this.state === 'closing' || this.state === 'closed') return Promise.reject(sessionClosed())
    const done = this.#renewers.wait(undefined)
    if (this.#machine.can('renew')) this.#move('renew')
    return done
  }

  /** Whether this is the current credential, and the server has taken it. */
  isProven(credential: SessionCredential): boolean {
    return this.#held?.credential === credential && this.#held.accepted
  }

  /** The server has taken a credential. */
  accept(credential: SessionCredential): void {
    if (this.#held?.credential !== credential) return
    this.#held.accepted = true
    this.#proven = true
    this.#refusalsInARow = 0
  }

  /**
   * The server has refused a credential. The first such reply for the current one replaces it; those for one that is replaced already
   * change nothing. If the fresh one is refused too before anything accepted it, that is the end: another would be no better.
   *
   * @param refusal.repeated - True if the request was refused with the credential before, too: if others get through with this one,
   * the request is at fault.
   * @param refusal.conclusive - False if the reply may mean something else: then a fresh credential is kept, and not replaced again.
   * @returns What to tell whoever was refused; undefined if trying again makes sense, or its reply says enough.
   */
  refuse(credential: SessionCredential, refusal: CredentialRefusal): Error | undefined {
    if (this.current !== credential) return this.state === 'failed' ? this.#failure : undefined
    if (this.#held?.accepted && refusal.repeated) return undefined
    const inARow = this.#held?.accepted ? 1 : this.#refusalsInARow + 1
    if (this.state === 'active' && inARow > 1 && !refusal.conclusive) return undefined
    this.#refusalsInARow = inARow
    this.#release()
    if (this.state === 'renewing' || inARow === 1) {
      this.#move('refused')
      return undefined
    }
    const error = refusedAgain(refusal.status, refusal.path)
    return this.#isExcused() ? this.#pause(error) : this.#giveUp('refused-again', error)
  }

  /** Starts nothing more; whoever waits is told. Keeps the credential for the farewell. */
  close(): void {
    this.#machine.fire('close')
    this.#schedule.clear()
    const reason = sessionClosed()
    this.#flight?.cancel(reason)
    this.#flight = undefined
    this.#users.rejectAll(reason)
    this.#renewers.rejectAll(reason)
  }

  /** The end: releases the credential. */
  closed(): void {
    this.#release()
    this.#machine.fire('closed')
  }

  /** The error that state `failed` answers with. */
  get failure(): Error | undefined {
    return this.#failure
  }

  #move(trigger: SessionTrigger): void {
    this.#machine.fire(trigger)
    if (this.state === 'establishing' || this.state === 'renewing') this.#begin()
  }

  #refuseIfHopeless(): void {
    if (this.state === 'closing' || this.state === 'closed') throw sessionClosed()
    if (this.state === 'failed') throw this.#failure
    if (this.state === 'waiting' && this.#impatient) throw this.#unavailable()
  }

  #begin(): void {
    const held = this.#held
    if (held === undefined) this.#schedule.clear()
    else this.#schedule.wake(held.credential.expiresAtMs - this.#host.serverNow(), () => this.#expire())
    this.#failure = undefined
    if (this.#flight !== undefined) return
    const flight = startEstablishing({
      establish: (signal) => this.#host.establish(signal),
      timers: this.#host.timers,
      timeoutMs: this.#host.renewal.timeoutMs,
      discard: (credential) => this.#dispose(credential),
    })
    this.#flight = flight
    flight.outcome.then(
      (credential) => this.#land(flight, credential),
      (error) => this.#crash(flight, error),
    )
  }

  #land(flight: EstablishFlight, credential: SessionCredential): void {
    if (this.#flight !== flight) return
    this.#flight = undefined
    const nowMs = this.#host.serverNow()
    if (credential.expiresAtMs <= nowMs) {
      this.#dispose(credential)
      this.#fail(new RangeError('establish() resolved to a credential that has expired; compare the clocks'))
      return
    }
    if (this.state === 'renewing') this.#refusalsInARow = 0
    this.#release()
    this.#held = { credential, accepted: false, renewAtMs: this.#chooseRenewal(credential, nowMs) }
    this.#established += 1
    this.#failures = 0
    this.#lastError = undefined
    this.#machine.fire('established')
    this.#timeRenewal(this.#held.renewAtMs - nowMs)
    this.#host.onEstablished(credential)
    this.#users.resolveAll()
    this.#renewers.resolveAll()
  }

  #crash(flight: EstablishFlight, error: unknown): void {
    if (this.#flight !== flight) return
    this.#flight = undefined
    this.#fail(error)
  }

  #fail(error: unknown): void {
    this.#failures += 1
    this.#lastError = error
    const excused = statusOf(error) !== undefined && this.#isExcused()
    const permanent = !excused && this.#host.isPermanent(error)
    if (this.state === 'renewing') this.#keepOld(error, permanent)
    else if (permanent) this.#giveUp('establish-rejected', sessionFailed(error))
    else this.#tryLater(error)
    this.#renewers.rejectAll(this.#failure ?? this.#unavailable())
  }

  /** A session that has worked is not given up for what IBKR answers while it resets. One that never has is. */
  #isExcused(): boolean {
    return this.#proven && this.#host.maintenance() !== undefined
  }

  /** The renewal failed, but the old credential is good for a while yet. */
  #keepOld(error: unknown, permanent: boolean): void {
    this.#machine.fire(permanent ? 'establish-rejected' : 'establish-failed')
    const leftMs = (this.#held?.credential.expiresAtMs ?? 0) - this.#host.serverNow()
    this.#timeRenewal(permanent ? leftMs : Math.min(leftMs, this.#delayMs(error)))
    this.#host.onError('establish', error, this.#schedule.nextAtMs)
  }

  #tryLater(error: unknown): void {
    this.#machine.fire('establish-failed')
    this.#timeRetry(this.#delayMs(error))
    this.#host.onError('establish', error, this.#schedule.nextAtMs)
    if (this.#impatient) this.#users.rejectAll(this.#unavailable())
  }

  /** Refused twice, but at a time when IBKR resets: that is not the credential's fault. */
  #pause(error: Error): Error {
    this.#failures = Math.max(this.#failures + 1, this.#host.renewal.patience)
    this.#lastError = error
    this.#machine.fire('refused-in-maintenance')
    this.#timeRetry(this.#delayMs(error))
    this.#host.onError('establish', error, this.#schedule.nextAtMs)
    return this.#unavailable()
  }

  #giveUp(trigger: 'establish-rejected' | 'refused-again', error: Error): Error {
    this.#failure = error
    this.#lastError = error
    this.#machine.fire(trigger)
    this.#schedule.clear()
    this.#host.onError('establish', error, undefined)
    this.#users.rejectAll(error)
    return error
  }

  /** No credential is good any more. One that is on its way is waited for. */
  #expire(): void {
    this.#release()
    this.#move('expired')
  }

  #chooseRenewal(credential: SessionCredential, nowMs: number): number {
    const aheadMs = Math.min(this.#host.renewal.aheadMs, (credential.expiresAtMs - nowMs) / 10)
    return credential.expiresAtMs - aheadMs * (1 + this.#host.random())
  }

  #timeRenewal(delayMs: number): void {
    this.#schedule.attempt(delayMs, () => {
      if (this.current !== undefined) this.#move('renewal-due')
    })
  }

  #timeRetry(delayMs: number): void {
    this.#impatient = this.#failures >= this.#host.renewal.patience || delayMs > tellAfterMs
    this.#schedule.attempt(delayMs, () => this.#move('retry-due'))
  }

  #delayMs(error: unknown): number {
    const { renewal, random } = this.#host
    return Math.max(retryAfterMsOf(error), backoffMs(renewal.backoff, this.#failures, random))
  }

  #unavailable(): Error {
    const maintenance = this.#host.maintenance()
    return sessionUnavailable({
      cause: this.#lastError,
      retryAfterMs: this.#schedule.remainingMs,
      maintenance,
    })
  }

  #release(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#dispose(held.credential)
  }

  #dispose(credential: SessionCredential): void {
    closeCredential(credential).catch((error: unknown) => this.#host.onError('release', error, undefined))
  }
}

async function closeCredential(credential: SessionCredential): Promise<void> {
  await credential.close?.()
}
