import type { Contestant, Row, Table } from './candidate.ts'
import { quantile, spreadOfRatios } from './statistics.ts'

/** A table before it is measured. The first contestant is the floor. */
export interface Comparison extends Omit<Table, 'rows'> {
  readonly contestants: readonly Contestant[]
}

/**
 * Takes turns: each contestant once a round, in an order that changes, and the floor twice, so that the table shows what the
 * machine's noise makes of one and the same work.
 */
export async function measure({ contestants, ...about }: Comparison): Promise<Table> {
  const [floor, ...others] = contestants
  if (floor?.kind !== 'floor') throw new Error(`${about.id}: the first contestant is no floor`)
  if (about.rounds < 5) throw new RangeError('fewer than five rounds say nothing')
  const wrong = await prepareAll(contestants)
  const all = [floor, { ...floor, name: `${floor.name}, again` }, ...others]
  const times = new Map<Contestant, number[]>(all.map((one) => [one, []]))
  const right = all.filter((one) => !wrong.has(one))
  for (let round = 0; round < about.rounds; round += 1) {
    for (const one of inTurn(right, round)) times.get(one)?.push(await one.sample())
  }
  const rows = all.map((one): Row => {
    const { name, kind } = one
    const own = times.get(one) ?? []
    if (wrong.has(one)) return { name, kind, wrong: wrong.get(one) }
    const ratio = spreadOfRatios(own, times.get(floor) ?? [])
    return { name, kind, medianNs: quantile(own, 0.5), ratio, more: one.more?.() }
  })
  return { ...about, rows }
}

/** A peer may be wrong; a wrong floor or row of ours ends the run. */
async function prepareAll(contestants: readonly Contestant[]): Promise<Map<Contestant, string>> {
  const wrong = new Map<Contestant, string>()
  for (const one of contestants) {
    try {
      await one.prepare()
    } catch (error) {
      const message = `${one.name}: ${error instanceof Error ? error.message : error}`
      if (one.kind !== 'peer') throw new Error(message, { cause: error })
      wrong.set(one, message)
    }
  }
  return wrong
}

/** A permutation for each round, the same in every run, so that none always follows the same other one. */
export function inTurn<Item>(items: readonly Item[], round: number): Item[] {
  let state = ((round + 1) * 1_103_515_245) % 2_147_483_647
  const keyed = items.map((item) => {
    state = (state * 48_271) % 2_147_483_647
    return { item, key: state }
  })
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item)
}
