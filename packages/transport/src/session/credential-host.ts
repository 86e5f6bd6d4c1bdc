import type { Timers } from '../timer-heap.ts'
import type { EstablishReason } from './credential.ts'
import type { CredentialRules, EstablishFailure, Held, ProbeAnswer } from './credential-state.ts'
import type { Login } from './establish.ts'
import type { LoginOutcome } from './events.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { Moment } from './proof.ts'
import type { SessionState, SessionTrigger } from './states.ts'

/** What a credential needs of its session. None of these throws. */
export interface CredentialHost {
  readonly timers: Timers
  readonly rules: CredentialRules
  readonly renewal: { readonly aheadMs: number; readonly timeoutMs: number }
  now(): Moment
  random(): number
  serverNow(): number
  establish(signal: AbortSignal, login: Login): Promise<unknown>
  classify(error: unknown): Omit<EstablishFailure, 'error'>
  /** Asks the path of that place whether IBKR still takes the credential. */
  ask(step: number): Promise<Asked>
  forgetCookies(): void
  maintenance(): MaintenanceKind | undefined
  moved(from: SessionState, to: SessionState, trigger: SessionTrigger): void
  /** `establish()` is about to be called. */
  loginBegins(reason: EstablishReason): void
  /** It is over, if it was under way. */
  loginEnds(outcome: LoginOutcome, error?: unknown): void
  /** There is a new credential. */
  lent(held: Held): void
  /** Something that the caller gave has thrown. */
  threw(name: string, cause: unknown): void
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
