import type { Spread } from './statistics.ts'

/** What a row is: the bare operation, code of this repository, or somebody else's. */
export type Kind = 'floor' | 'ours' | 'peer'

/** The same work, done one way. */
export interface Candidate {
  readonly name: string
  readonly kind: Kind
  /** Does the work once; may answer with a promise. */
  readonly run: () => unknown
  /** Throws, saying why, if an answer of `run` is wrong: a candidate with a wrong answer gets no figure. */
  readonly check: (answer: unknown) => unknown
}

/** A candidate with a clock: what the harness takes turns of. */
export interface Contestant {
  readonly name: string
  readonly kind: Kind
  /** Checks answers, then works until the engine has compiled what it will. */
  readonly prepare: () => Promise<unknown>
  /** Time for one piece of work, in ns. */
  readonly sample: () => Promise<number>
  /** Further figures once all rounds are over, unit in the name. */
  readonly more?: (() => Record<string, number>) | undefined
}

/** What came out for one contestant: nothing but the reason where its answer was wrong. */
export interface Row {
  readonly name: string
  readonly kind: Kind
  readonly wrong?: string | undefined
  /** Median over the rounds of the time for one piece of work, in ns. */
  readonly medianNs?: number | undefined
  /** Ratios to the floor of the same round. */
  readonly ratio?: Spread | undefined
  readonly more?: Readonly<Record<string, number>> | undefined
}

/** Rows that were measured together; the first is the floor. */
export interface Table {
  readonly id: string
  readonly title: string
  /** What one piece of work is, and what the floor is. */
  readonly note: string
  readonly rounds: number
  readonly rows: readonly Row[]
}
