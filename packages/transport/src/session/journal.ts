import { containRejection } from '@ibkr-auth/internal/channel'
import { reasonOf, toldError } from '@ibkr-auth/internal/thrown'
import { TransportError } from '../errors.ts'
import { codeOf } from '../events.ts'
import { publishSessionEvent } from './channels.ts'
import type { EstablishReason, SessionCredential } from './credential.ts'
import type { LoginOutcome, SessionErrorEvent, SessionEvent } from './events.ts'
import { Listeners } from './listeners.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { BrokerageState, BrokerageTrigger, SessionState, SessionTrigger } from './states.ts'
import type { StatusError } from './status.ts'

/** Whose journal it is. */
interface JournalHost {
  /** In milliseconds since 1970. */
  wallNow(): number
  readonly monotonicNow: () => number
  readonly username: string | undefined
  maintenance(): MaintenanceKind | undefined
}

let sessions = 0

/** What happens to a session: told to its listeners and channels, and remembered as far as a status shows it. */
export class Journal {
  /** Number of the session within this process. */
  readonly id: number = ++sessions
  readonly #host: JournalHost
  #login: { readonly reason: EstablishReason; readonly startedAtMs: number } | undefined
  #listeners: Listeners<SessionEvent> | undefined
  #credentials: Listeners<SessionCredential> | undefined
  sinceMs: number
  brokerageSinceMs: number
  lastError: StatusError | undefined
  lastBrokerageError: StatusError | undefined
  lastActivityAtMs: number | undefined

  constructor(host: JournalHost) {
    this.#host = host
    this.sinceMs = host.wallNow()
    this.brokerageSinceMs = this.sinceMs
  }

  subscribe(listener: (event: SessionEvent) => unknown): () => void {
    this.#listeners ??= new Listeners((error, event) => {
      // A listener that throws at what it is told of throwing is not told again.
      if (event.type !== 'error' || event.during !== 'callback') this.threw('a listener', error)
    })
    return this.#listeners.add(listener)
  }

  onCredential(listener: (credential: SessionCredential) => unknown): () => void {
    this.#credentials ??= new Listeners((error) => this.threw('a listener', error))
    return this.#credentials.add(listener)
  }

  tellCredential(credential: SessionCredential): void {
    this.#credentials?.tell(credential)
  }

  tell(event: SessionEvent): void {
    publishSessionEvent(event, () => ({ session: this.id, username: this.#host.username }), toStatusError)
    this.#listeners?.tell(event)
  }

  loginBegins(reason: EstablishReason): void {
    this.#login = { reason, startedAtMs: this.#host.monotonicNow() }
    this.tell({ type: 'login-start', atMs: this.#host.wallNow(), reason })
  }

  loginEnds(outcome: LoginOutcome, error?: unknown): void {
    const login = this.#login
    if (login === undefined) return
    this.#login = undefined
    const elapsedMs = Math.round(this.#host.monotonicNow() - login.startedAtMs)
    const { reason } = login
    const code = codeOf(error)
    this.tell({ type: 'login-end', atMs: this.#host.wallNow(), reason, outcome, code, elapsedMs })
  }

  moved(from: SessionState, to: SessionState, trigger: SessionTrigger): void {
    this.sinceMs = this.#host.wallNow()
    this.tell({ type: 'state', atMs: this.sinceMs, from, to, trigger })
  }

  brokerageMoved(from: BrokerageState, to: BrokerageState, trigger: BrokerageTrigger): void {
    this.brokerageSinceMs = this.#host.wallNow()
    this.tell({ type: 'brokerage', atMs: this.brokerageSinceMs, from, to, trigger })
  }

  failed(during: SessionErrorEvent['during'], error: unknown, retryAtMs?: number): void {
    const atMs = this.#host.wallNow()
    const shown = toStatusError(error, atMs)
    if (during === 'brokerage' || during === 'keep-alive') this.lastBrokerageError = shown
    else if (during !== 'callback') this.lastError = shown
    this.tell({ type: 'error', atMs, during, error, retryAtMs, maintenance: this.#host.maintenance() })
  }

  /** Calls what a caller gave. What it throws is told, and a default stands in. */
  contain<Value>(name: string, call: () => Value, instead: Value): Value {
    try {
      const value = call()
      containRejection(value, (error) => this.threw(name, error))
      return value
    } catch (error) {
      this.threw(name, error)
      return instead
    }
  }

  /** Something that a caller gave has thrown, or answered with nonsense. */
  threw(name: string, cause: unknown): void {
    const message = `${name} failed (${reasonOf(cause)}); a default stands in for it`
    this.failed('callback', new TransportError('ERR_TRANSPORT_INVALID_INPUT', message, { cause }))
  }
}

/** An error as a probe shows it: without anything that could be a secret. */
function toStatusError(error: unknown, atMs: number): StatusError {
  return { atMs, ...toldError(error) }
}
