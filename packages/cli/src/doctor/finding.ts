/** What became of one step of an examination. */
export type Outcome = 'ok' | 'failed' | 'skipped'

/** One step: what was looked at, what was seen, what to do. No member holds a secret. */
export interface Finding {
  /** Stable name, for `--json`. */
  readonly step: string
  /** What was looked at, for people. */
  readonly title: string
  readonly outcome: Outcome
  /** What was seen; after a failure, its cause. */
  readonly detail: string
  /** What to do, after a failure. */
  readonly remedy?: string | undefined
}

/** Collects findings in order. */
export class Findings {
  readonly #list: Finding[] = []
  readonly #tell: (finding: Finding) => void

  /** @param tell - Called with each finding as it is made. */
  constructor(tell: (finding: Finding) => void) {
    this.#tell = tell
  }

  get all(): readonly Finding[] {
    return this.#list
  }

  get failed(): boolean {
    return this.#list.some(({ outcome }) => outcome === 'failed')
  }

  ok(step: string, title: string, detail: string): void {
    this.#add({ step, title, outcome: 'ok', detail })
  }

  fail(step: string, title: string, cause: Cause): void {
    this.#add({ step, title, outcome: 'failed', detail: cause.cause, remedy: cause.remedy })
  }

  skip(step: string, title: string, detail: string): void {
    this.#add({ step, title, outcome: 'skipped', detail })
  }

  #add(finding: Finding): void {
    this.#list.push(finding)
    this.#tell(finding)
  }
}

/** Why something failed, and what to do about it. */
export interface Cause {
  readonly cause: string
  readonly remedy: string
}
