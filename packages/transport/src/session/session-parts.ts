import type { RequestOptions } from '../request/types.ts'
import type { Timers } from '../timer-heap.ts'
import type { BrokerageReport } from './brokerage-report.ts'
import type { BrokerageHost } from './brokerage-runner.ts'
import type { BrokerageRules } from './brokerage-state.ts'
import type { EstablishReason } from './credential.ts'
import type { Asked, CredentialHost } from './credential-host.ts'
import type { CredentialRules, EstablishFailure, Held } from './credential-state.ts'
import { sessionFailed } from './errors.ts'
import type { Login } from './establish.ts'
import type { LoginOutcome } from './events.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { OwnReply } from './own-calls.ts'
import type { Moment } from './proof.ts'
import type { SessionCore } from './session-core.ts'
import type { BrokerageState, BrokerageTrigger, SessionState, SessionTrigger } from './states.ts'

/** What both runners need of their session. */
class Part {
  protected readonly core: SessionCore

  constructor(core: SessionCore) {
    this.core = core
  }

  get timers(): Timers {
    return this.core.settings.timers
  }

  now(): Moment {
    return this.core.now()
  }

  random(): number {
    return this.core.random()
  }

  maintenance(): MaintenanceKind | undefined {
    return this.core.maintenance()
  }
}

/** The session as its credential sees it. */
export class CredentialPart extends Part implements CredentialHost {
  get rules(): CredentialRules {
    return this.core.settings.credential
  }

  get renewal(): CredentialHost['renewal'] {
    return this.core.settings.renewal
  }

  serverNow(): number {
    return this.core.serverNow()
  }

  establish(signal: AbortSignal, login: Login): Promise<unknown> {
    return this.core.own.establish(signal, login)
  }

  classify(error: unknown): Omit<EstablishFailure, 'error'> {
    return this.core.own.classify(error)
  }

  ask(step: number): Promise<Asked> {
    return this.core.own.ask(step)
  }

  forgetCookies(): void {
    this.core.transport.clearCookies()
  }

  /** A session that has failed takes its brokerage session along. */
  moved(from: SessionState, to: SessionState, trigger: SessionTrigger): void {
    const { credential, brokerage, journal } = this.core
    if (credential.state.name === 'failed') brokerage?.abandon(sessionFailed(credential.state.error))
    journal.moved(from, to, trigger)
  }

  loginBegins(reason: EstablishReason): void {
    this.core.journal.loginBegins(reason)
  }

  loginEnds(outcome: LoginOutcome, error?: unknown): void {
    this.core.journal.loginEnds(outcome, error)
  }

  lent({ credential, number }: Held): void {
    const { brokerage, journal } = this.core
    const { expiresAtMs, brokerageProof, original } = credential
    brokerage?.renewed(number, brokerageProof?.atMs)
    journal.tell({ type: 'established', atMs: this.timers.now(), expiresAtMs })
    journal.tellCredential(original)
  }

  threw(name: string, cause: unknown): void {
    this.core.threw(name, cause)
  }

  failed(during: 'establish' | 'release', error: unknown, retryAtMs: number | undefined): void {
    this.core.journal.failed(during, error, retryAtMs)
  }
}

/** The session as its brokerage session sees it. */
export class BrokeragePart extends Part implements BrokerageHost {
  readonly rules: BrokerageRules

  constructor(core: SessionCore, rules: BrokerageRules) {
    super(core)
    this.rules = rules
  }

  send(method: 'GET' | 'POST', path: string, options?: RequestOptions): Promise<OwnReply> {
    return this.core.own.sendForBrokerage(method, path, options)
  }

  tickle(): void {
    void this.core.own.tickle()
  }

  leads(): boolean | undefined {
    return this.core.leads()
  }

  askLeader(): void {
    const { leadership } = this.core.settings
    this.core.journal.contain('leadership.want', () => leadership?.want?.(), undefined)
  }

  moved(from: BrokerageState, to: BrokerageState, trigger: BrokerageTrigger): void {
    this.core.journal.brokerageMoved(from, to, trigger)
  }

  failed(error: unknown, retryAtMs: number): void {
    this.core.journal.failed('brokerage', error, retryAtMs)
  }

  /** Whoever leads tells those who follow. */
  heard(report: BrokerageReport): void {
    const { leadership } = this.core.settings
    if (leadership === undefined || this.core.leads() !== true) return
    const atMs = this.timers.now()
    this.core.journal.contain('leadership.publish', () => leadership.publish({ ...report, atMs }), undefined)
  }
}
