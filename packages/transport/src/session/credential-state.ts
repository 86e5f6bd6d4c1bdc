import type { Backoff } from './backoff.ts'
import type { Budget, BudgetRules } from './budget.ts'
import type { EstablishReason, TakenCredential } from './credential.ts'
import type { SessionTrigger } from './states.ts'

/** What a credential's life goes by. */
export interface CredentialRules {
  readonly backoff: Backoff
  /** Failed attempts in a row after which whoever waits is told. */
  readonly patience: number
  readonly logins: BudgetRules
  /** How many paths a question asks, one after the other; 0: a refusal is believed. */
  readonly probes: number
}

/** What outlives each credential. All times are monotonic milliseconds. */
export interface Ledger {
  /** Credentials obtained so far. */
  readonly established: number
  /** Whether the server has ever accepted one. */
  readonly proven: boolean
  /** Failed attempts since the last one. */
  readonly failures: number
  /** Credentials that were refused in a row, none of which was accepted. */
  readonly unaccepted: number
  /** Refused logins in a row whose reply told that they had been signed with a wrong time. */
  readonly wrongTimes: number
  readonly budget: Budget
  readonly last: TakenCredential | undefined
}

/** A credential in use. */
export interface Held {
  readonly credential: TakenCredential
  /** Counts credentials: what arrives for another one is about that one. */
  readonly number: number
  readonly obtainedAtMs: number
  readonly renewAtMs: number
  readonly expiresAtMs: number
  /** The latest attempt that was accepted; 0 for none. */
  readonly lastAccepted: number
  /** Paths that refused it, and when IBKR was last asked about that. */
  readonly refusing: ReadonlyMap<string, number>
}

/** What IBKR is being asked: does it still take the credential? */
export interface Question {
  /** The attempt that was refused: one that was sent later and accepted answers the question. */
  readonly sequence: number
  /** Which of the paths is asked now, or next. */
  readonly step: number
  /** When it is asked; undefined while an answer is awaited. */
  readonly askAtMs: number | undefined
  /** Answers in a row that said nothing. */
  readonly unclear: number
  /** Whether any refusal was a 410: the host has forgotten this login, and its cookies lead back to it. */
  readonly gone: boolean
}

/** Why nothing is tried before `untilMs`. */
export interface Wait {
  readonly untilMs: number
  readonly why: 'failure' | 'login-budget'
  /** True if whoever waits is told now, and whoever comes, at once. */
  readonly told: boolean
}

/** The state of a session's credential. A member exists only where it belongs. */
export type Credential =
  | { readonly name: 'idle'; readonly ledger: Ledger }
  | { readonly name: 'establishing'; readonly ledger: Ledger; readonly reason: EstablishReason }
  | { readonly name: 'active'; readonly ledger: Ledger; readonly held: Held }
  | { readonly name: 'questioned'; readonly ledger: Ledger; readonly held: Held; readonly question: Question }
  | {
      readonly name: 'renewing'
      readonly ledger: Ledger
      readonly held: Held
      readonly reason: EstablishReason
    }
  | {
      readonly name: 'waiting'
      readonly ledger: Ledger
      readonly reason: EstablishReason
      readonly wait: Wait
      readonly error: unknown
    }
  | { readonly name: 'failed'; readonly ledger: Ledger; readonly error: unknown }
  | { readonly name: 'closing'; readonly ledger: Ledger; readonly held: Held | undefined }
  | { readonly name: 'closed'; readonly ledger: Ledger }

/** What happens to a credential. `atMs` is monotonic, `chance` a random number from 0 to 1. */
export type CredentialEvent = { readonly atMs: number; readonly chance: number } & (
  | { readonly type: 'wanted' }
  | { readonly type: 'renew' }
  | { readonly type: 'due' }
  | {
      readonly type: 'established'
      readonly credential: TakenCredential
      readonly renewAtMs: number
      readonly expiresAtMs: number
    }
  | ({ readonly type: 'establish-failed' } & EstablishFailure)
  | {
      readonly type: 'refused'
      readonly number: number
      readonly sequence: number
      readonly path: string
      readonly gone: boolean
    }
  | { readonly type: 'accepted'; readonly number: number; readonly sequence: number }
  | {
      readonly type: 'answered'
      readonly number: number
      readonly answer: ProbeAnswer
      readonly gone: boolean
      readonly retryAfterMs: number
    }
  | { readonly type: 'suspended'; readonly sequence: number }
  | { readonly type: 'pardoned' }
  | { readonly type: 'corrected'; readonly renewAtMs: number; readonly expiresAtMs: number }
  | { readonly type: 'close' }
  | { readonly type: 'closed' }
)

/** What happens of one kind. */
export type CredentialEventOf<Type extends CredentialEvent['type']> = Extract<
  CredentialEvent,
  { readonly type: Type }
>

/** What a path that was asked made of the credential. */
export type ProbeAnswer = 'accepted' | 'refused' | 'unclear'

/** What is known of a failed call of `establish()`. */
export interface EstablishFailure {
  readonly error: unknown
  readonly permanent: 'no' | 'by-default' | 'by-caller'
  /** The reply told that the login had been signed with a wrong time. */
  readonly wrongTime: boolean
  readonly retryAfterMs: number
}

/** What is to be done. */
export type CredentialEffect =
  | {
      readonly do: 'establish'
      readonly reason: EstablishReason
      readonly replaces: TakenCredential | undefined
    }
  | { readonly do: 'ask'; readonly step: number; readonly number: number }
  | { readonly do: 'release'; readonly credential: TakenCredential }
  | { readonly do: 'forget-cookies' }
  | { readonly do: 'cancel' }
  /** Whoever waits for a credential gets it. */
  | { readonly do: 'lend' }
  /** Whoever waits for one is told why there is none. */
  | { readonly do: 'refuse' }
  /** Whoever called `renew()` is told that it failed. */
  | { readonly do: 'refuse-renewal'; readonly error: unknown }
  | { readonly do: 'tell-failure'; readonly error: unknown }
  /** Whoever was refused is told what became of it. */
  | { readonly do: 'settle'; readonly verdict: Verdict }

/** About a refused request: its path is at fault; the credential was replaced, or will be; nobody knows yet. */
export type Verdict = 'kept' | 'replaced' | 'unclear'

/** A step: the state after it, what moved it there, and what is to be done. */
export interface CredentialStep {
  readonly state: Credential
  /** Undefined if the state's name stays. */
  readonly trigger: SessionTrigger | undefined
  readonly effects: readonly CredentialEffect[]
}
