import { ok } from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../store/store.ts'

/** What a case is run on. */
export interface ConformanceInput {
  /** Two handles on the same data, as two processes have them: two connections, two instances. */
  readonly one: Store
  readonly other: Store
  /** A key that nothing was ever stored under. */
  readonly key: string
}

/** One thing that a store must do. */
export interface ConformanceCase {
  readonly name: string
  /** Rejects with an AssertionError if the store does not. */
  run(input: ConformanceInput): Promise<void>
}

export const hour = 3_600_000

/** Asks again until it is so; a busy machine may take its time. */
export async function eventually(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const lastMs = performance.now() + 20_000
  while (!(await isSo())) {
    ok(performance.now() < lastMs, otherwise)
    await pause(20)
  }
}
