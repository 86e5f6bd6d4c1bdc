import type { Frame } from '../connection/state.ts'

/** A row as IBKR sends it; members are IBKR's. */
export type Row = Readonly<Record<string, unknown>>

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list in `args`; one object counts as a list of one, since IBKR's pages and its frames disagree on which it is. */
export function rowsOf({ args }: Frame): readonly Row[] {
  const rows: readonly unknown[] = Array.isArray(args) ? args : [args]
  return rows.filter(isRow)
}
