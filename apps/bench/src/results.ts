import type { AccountsResult } from './accounts.ts'
import type { Table } from './candidate.ts'
import type { Machine } from './machine.ts'
import type { Disturbance } from './quiet.ts'
import type { ScaleResult } from './scale.ts'
import type { Size } from './size.ts'

/** Everything that one run found, as `results/latest.json` holds it. */
export interface Results {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly machine: Machine
  /** Exact versions of everything measured, by package name. */
  readonly versions: Readonly<Record<string, string>>
  readonly durationSeconds: number
  readonly disturbance: Disturbance
  readonly tables: readonly Table[]
  readonly sizes: readonly Size[]
  readonly accounts: readonly AccountsResult[]
  readonly scale: readonly ScaleResult[]
}

/** The figures of a row; undefined if there is no such row or it has none. */
export function ratioOf(results: Results, tableId: string, row: string): number | undefined {
  return rowOf(results, tableId, row)?.ratio
}

export function rowOf(results: Results, tableId: string, row: string): Table['rows'][number] | undefined {
  return results.tables.find(({ id }) => id === tableId)?.rows.find(({ name }) => name === row)
}
