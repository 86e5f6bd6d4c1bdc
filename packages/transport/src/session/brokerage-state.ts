import type { Backoff } from './backoff.ts'
import type { BrokerageReport } from './brokerage-report.ts'
import type { Budget } from './budget.ts'
import type { Moment, Proof, TakeOver } from './proof.ts'
import type { Refusal } from './refusals.ts'
import type { BrokerageTrigger } from './states.ts'

/** What the life of a brokerage session goes by. */
export interface BrokerageRules {
  readonly takeOver: TakeOver
  readonly settleMs: number
  readonly accountsPauseMs: number
  readonly accountsAttempts: number
  readonly keepAliveMs: number
  readonly backoff: Backoff
  /** Failed attempts in a row after which whoever waits is told. */
  readonly patience: number
}

/** What outlives each opening. */
export interface Standing {
  /** The credential of the moment, by its number. */
  readonly credential: number
  /** The last answer about it. */
  readonly report: BrokerageReport
  readonly proof: Proof | undefined
  /** When another session was last ended on a remembered proof (monotonic milliseconds). */
  readonly takenAtMs: number | undefined
  /** Openings that a mere `no bridge` may still cause. */
  readonly mends: Budget
  readonly failures: number
  /** Counts calls: an answer to any but the last is not waited for. */
  readonly calls: number
}

/** One opening that is under way. */
export interface Opening {
  /** How often it has started over. */
  readonly starts: number
  /** How often `ssodh/init` was refused for want of a DH token. */
  readonly dhRefusals: number
  /** The caller's word, given while it was under way, to end whichever other session is found. */
  readonly takeOver: boolean
}

type OpeningState = { readonly standing: Standing; readonly opening: Opening }

/** The state of a brokerage session. `callAtMs` is undefined while an answer is awaited. All times are monotonic milliseconds. */
export type Brokerage =
  | { readonly name: 'closed' | 'following'; readonly standing: Standing }
  | ({
      readonly name: 'initializing'
      readonly callAtMs: number | undefined
      readonly compete: boolean
    } & OpeningState)
  | ({ readonly name: 'settling'; readonly untilMs: number } & OpeningState)
  | ({
      readonly name: 'loading-accounts'
      readonly callAtMs: number | undefined
      readonly attempt: number
    } & OpeningState)
  | ({ readonly name: 'checking' } & OpeningState)
  | { readonly name: 'open'; readonly standing: Standing; readonly tickleAtMs: number }
  | {
      readonly name: 'competing'
      readonly standing: Standing
      readonly tickleAtMs: number
      readonly found: Moment
    }
  | {
      readonly name: 'waiting'
      readonly standing: Standing
      readonly untilMs: number
      readonly told: boolean
      readonly error: unknown
    }

/** What happens to a brokerage session. */
export type BrokerageEvent = { readonly at: Moment; readonly chance: number } & (
  | { readonly type: 'wanted' }
  /** The caller's word to open it now. */
  | { readonly type: 'open'; readonly takeOver: boolean }
  | { readonly type: 'due' }
  /** `credential` is the one that the call was signed with. */
  | {
      readonly type: 'answered'
      readonly call: number
      readonly credential: number
      readonly answer: BrokerageAnswer
    }
  /** A status that came by another way; undefined if a tickle told of none. */
  | {
      readonly type: 'heard'
      readonly credential: number
      readonly report: BrokerageReport | undefined
      readonly asked: boolean
    }
  /** A request was told that something is missing. */
  | { readonly type: 'missed'; readonly what: 'bridge' | 'accounts' | 'authentication' }
  | {
      readonly type: 'credential'
      readonly number: number
      readonly proof: Proof | undefined
      readonly leads: boolean
    }
  | { readonly type: 'suspended' }
  | { readonly type: 'pardoned' }
  | {
      readonly type: 'led'
      readonly leads: boolean
      readonly proof: Proof | undefined
      readonly report: BrokerageReport | undefined
    }
  | { readonly type: 'abandoned' }
)

/** What a call of the brokerage session's own was answered with. */
export type BrokerageAnswer =
  | { readonly kind: 'status'; readonly report: BrokerageReport }
  | { readonly kind: 'accounts'; readonly any: boolean; readonly error: unknown }
  | {
      readonly kind: 'failed'
      readonly refusal: Refusal | undefined
      readonly error: unknown
      readonly retryAfterMs: number
    }

/** What is to be done. */
export type BrokerageEffect =
  | { readonly do: 'init'; readonly compete: boolean; readonly call: number }
  | { readonly do: 'accounts'; readonly call: number }
  | { readonly do: 'status'; readonly call: number }
  | { readonly do: 'tickle' }
  /** Whoever waits for it gets it. */
  | { readonly do: 'lend' }
  /** Whoever waits for it is told why there is none. */
  | { readonly do: 'refuse' }
  | { readonly do: 'tell-failure'; readonly error: unknown; readonly retryAtMs: number }

/** A step: the state after it, what moved it there, and what is to be done. */
export interface BrokerageStep {
  readonly state: Brokerage
  /** Undefined if the state's name stays. */
  readonly trigger: BrokerageTrigger | undefined
  readonly effects: readonly BrokerageEffect[]
}
