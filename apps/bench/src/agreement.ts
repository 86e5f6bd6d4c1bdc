import type { Row } from './candidate.ts'
import type { Results } from './results.ts'
import { apart } from './statistics.ts'

/** How two runs on one machine differ in one row of a compute table, as shares: 0.15 is 15 %. */
export interface Difference {
  readonly table: string
  readonly row: string
  readonly inMedian: number
  readonly inRatio: number
}

/** Two runs are comparable if machine and versions are the same. */
export function comparable(one: Results, other: Results): boolean {
  const identity = ({ machine, versions }: Results): string => JSON.stringify([machine, versions])
  return identity(one) === identity(other)
}

/** The differences of all compute rows that both runs have, the largest first. */
export function differences(one: Results, other: Results): Difference[] {
  const found = one.tables
    .filter(({ compute }) => compute)
    .flatMap(({ id, rows }) =>
      rows.flatMap((row) => difference(id, row, other.tables.find((table) => table.id === id)?.rows ?? [])),
    )
  return found.sort((first, second) => second.inMedian - first.inMedian)
}

function difference(table: string, row: Row, others: readonly Row[]): Difference[] {
  const other = others.find(({ name }) => name === row.name)
  if (row.medianNs === undefined || other?.medianNs === undefined) return []
  const inMedian = apart(row.medianNs, other.medianNs)
  const inRatio = apart(row.ratio ?? 0, other.ratio ?? 0)
  return [{ table, row: row.name, inMedian, inRatio }]
}
