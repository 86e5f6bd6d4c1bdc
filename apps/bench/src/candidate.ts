/** What a row is: the bare operation, code of this repository, a library, or code one would write by hand. */
export type Kind = 'floor' | 'ours' | 'by hand' | 'peer'

/** One row of a table: the same work, done one way. */
export interface Candidate {
  readonly name: string
  readonly kind: Kind
  /** Does the work once. A promise means that the row is measured with awaits. */
  readonly run: () => unknown
  /** Throws, saying why, if an answer of `run` is wrong. A row with a wrong answer gets no figure. */
  readonly check: (answer: unknown) => void | Promise<void>
}

/** What came out for one candidate. */
export interface Row {
  readonly name: string
  readonly kind: Kind
  /** Median over the rounds of the time for one piece of work, in ns. Absent where the answer was wrong. */
  readonly medianNs?: number
  /** Median over the rounds of the ratio to the floor of the same round. */
  readonly ratio?: number
  /** One figure per round, in ns. */
  readonly roundsNs?: readonly number[]
  /** Why the row has no figure. */
  readonly disqualified?: string
  /** Further figures of the row, unit in the name. */
  readonly more?: Readonly<Record<string, number>>
}

/** Rows that were measured together. */
export interface Table {
  readonly id: string
  readonly title: string
  /** What one piece of work is, and what the floor is. */
  readonly note: string
  /** True where only computation is measured: two runs on one machine must agree on these. */
  readonly compute: boolean
  readonly rows: readonly Row[]
}
