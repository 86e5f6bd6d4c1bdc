import { expect, test } from 'vitest'
import { HostileLife } from './support/hostile-life.ts'

const seeds = Number(process.env.SESSION_SEEDS ?? 1500)
const firstSeed = Number(process.env.SESSION_FIRST_SEED ?? 1)

test(`${seeds} lives in which anything happens in any order break no rule, and end well by themselves`, {
  timeout: 7_200_000,
}, async () => {
  const broken: object[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const life = new HostileLife(seed)
    const outcome = await life.run().catch((error: unknown) => error)
    const { violations } = life.invariants
    if (outcome !== undefined || violations.length > 0)
      broken.push({ seed, outcome, violations: violations.slice(0, 5) })
  }
  expect(broken).toEqual([])
})
