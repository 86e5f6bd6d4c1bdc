import { Listeners } from '../listeners.ts'
import { type PathPattern, pathPattern } from './path-pattern.ts'
import { checkFaultRule, type FaultRule } from './rule.ts'
import { seededRandom } from './seeded-random.ts'

/** A fault that was set, to look at and to take back. */
export interface FaultHandle {
  /** Its number, as `DELETE /_sandbox/faults/{id}` takes it. */
  readonly id: number
  readonly rule: FaultRule
  /** How many requests it has struck. */
  readonly hits: number
  remove(): void
}

interface SetRule {
  readonly id: number
  readonly rule: FaultRule
  readonly path: PathPattern | undefined
  matched: number
  hits: number
}

/** The faults that are set, in the order in which they were. */
export class FaultRules {
  #rules: SetRule[] = []
  #random: () => number
  #nextId = 1
  readonly #changes = new Listeners<undefined>()

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
  add(input: FaultRule): FaultHandle {
    const rule = checkFaultRule(input)
    const path = rule.path === undefined ? undefined : pathPattern(rule.path)
    const set: SetRule = { id: this.#nextId++, rule, path, matched: 0, hits: 0 }
    this.#rules.push(set)
    this.#changes.tell(undefined)
    const remove = (): void => this.remove(set.id)
    return {
      id: set.id,
      rule,
      get hits() {
        return set.hits
      },
      remove,
    }
  }

  /** Tells when a fault is set, strikes, or is taken back. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  remove(id: number): void {
    this.#rules = this.#rules.filter((set) => set.id !== id)
    this.#changes.tell(undefined)
  }

  clear(): void {
    this.#rules = []
    this.#changes.tell(undefined)
  }

  /** Starts the random numbers anew. */
  reseed(seed: number): void {
    this.#random = seededRandom(seed)
  }

  list(): readonly { readonly id: number; readonly rule: FaultRule; readonly hits: number }[] {
    return this.#rules.map(({ id, rule, hits }) => ({ id, rule, hits }))
  }

  /** The rule that strikes this request, if one does. */
  strike(method: string, path: string): FaultRule | undefined {
    for (const set of this.#rules) {
      if (!matches(set, method, path)) continue
      set.matched++
      if (set.matched <= (set.rule.skip ?? 0)) continue
      if (this.#random() >= (set.rule.probability ?? 1)) continue
      set.hits++
      const { times = 1 } = set.rule
      if (times !== 'unlimited' && set.hits >= times) this.remove(set.id)
      return set.rule
    }
    return undefined
  }
}

function matches(set: SetRule, method: string, path: string): boolean {
  const { method: wanted } = set.rule
  return (
    (wanted === undefined || wanted.toUpperCase() === method) && (set.path === undefined || set.path(path))
  )
}
