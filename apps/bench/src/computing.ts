import type { Table } from './candidate.ts'
import { compareHandshakes } from './handshake.ts'
import { measureTogether } from './harness.ts'
import { compareJwts } from './jwt.ts'
import { type Disturbance, QuietGate } from './quiet.ts'
import { compareSigning } from './signing.ts'

/** What waiting for a quiet machine, and repeating, may cost in all. */
const budgetMs = 60_000

export interface Computing {
  readonly tables: readonly Table[]
  readonly disturbance: Disturbance
}

/** All tables in which only computation is measured. */
export async function benchComputing(): Promise<Computing> {
  const gate = new QuietGate(budgetMs)
  const comparisons = [...(await compareSigning()), ...(await compareHandshakes()), ...(await compareJwts())]
  const tables = await measureTogether(comparisons, 7, gate.pass)
  return { tables, disturbance: gate.disturbance }
}
