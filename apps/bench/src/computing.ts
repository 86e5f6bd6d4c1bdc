import type { Table } from './candidate.ts'
import { compareHandshakes } from './handshake.ts'
import { type Comparison, measureTogether } from './harness.ts'
import { compareJwts } from './jwt.ts'
import { type Disturbance, QuietGate } from './quiet.ts'
import { compareSigning } from './signing.ts'

export interface Computing {
  readonly tables: readonly Table[]
  readonly disturbance: Disturbance
}

/** Signing and handshakes, all in the calling thread. */
export async function benchSigning(): Promise<Computing> {
  return measure([...(await compareSigning()), ...(await compareHandshakes())], 60_000)
}

export async function benchHandshakes(): Promise<Computing> {
  return measure(await compareHandshakes(), 30_000)
}

/** On one core, which the gate can watch: the thread pool shares it with the calling thread. */
export async function benchJwts(): Promise<Computing> {
  return measure([...(await compareJwts(1)), ...(await compareJwts(16))], 25_000)
}

/** On all cores, where its times depend on the neighbours of each: no computing row, and taken as it comes. */
export async function benchJwtsOnAllCores(): Promise<Table[]> {
  const [assertions] = await compareJwts(16)
  const title = `${assertions.title}, on all cores`
  const tables = await measureTogether([{ ...assertions, id: 'assertion-16-all-cores', title }])
  return tables.map((table) => ({ ...table, compute: false }))
}

/** @param budgetMs - What waiting for a quiet machine, and repeating, may cost in all. */
async function measure(comparisons: readonly Comparison[], budgetMs: number): Promise<Computing> {
  const gate = new QuietGate(budgetMs)
  return { tables: await measureTogether(comparisons, 7, gate.pass), disturbance: gate.disturbance }
}
