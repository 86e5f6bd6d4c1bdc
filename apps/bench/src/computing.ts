import type { Table } from './candidate.ts'
import { compareHandshakes } from './handshake.ts'
import { measureTogether } from './harness.ts'
import { compareJwts } from './jwt.ts'
import { createPoolProbe, type Disturbance, type Gate, QuietGate } from './quiet.ts'
import { compareSigning } from './signing.ts'

/** What waiting for a quiet machine, and repeating, may cost in all. */
const budgetMs = 60_000

export interface Computing {
  readonly tables: readonly Table[]
  readonly disturbance: Disturbance
}

/** All tables in which only computation is measured. */
export async function benchComputing(): Promise<Computing> {
  const main = new QuietGate(budgetMs)
  const pool = new QuietGate(budgetMs / 2, createPoolProbe())
  const both: Gate = (work) => main.pass(() => pool.pass(work))
  const comparisons = [...(await compareSigning()), ...(await compareHandshakes()), ...(await compareJwts())]
  const tables = await measureTogether(comparisons, 7, main.pass, both)
  return { tables, disturbance: sum(main.disturbance, pool.disturbance) }
}

/** A slice that went through both gates was measured once. */
function sum(main: Disturbance, pool: Disturbance): Disturbance {
  return {
    measured: main.measured,
    repeated: main.repeated + pool.repeated,
    takenDisturbed: main.takenDisturbed + pool.takenDisturbed,
  }
}
