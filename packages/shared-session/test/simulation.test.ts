import { expect, test } from 'vitest'
import { Life } from './support/life.ts'

// Schedules that a seed determines: processes with clocks of their own on a store that is slow, loses messages and is cut off, killed and
// started anew, on a server where each login voids the one before. `pnpm simulate` runs thousands.

const seeds = Number(process.env.SHARED_SEEDS ?? 300)
const first = Number(process.env.SHARED_FIRST_SEED ?? 1)

async function live(seed: number): Promise<void> {
  const life = new Life(seed)
  const outcome = await life.run()
  const about = `seed ${seed} (${life.kind}): ${JSON.stringify({ ...outcome, unservedMs: undefined })}`
  // Where clocks let a credential seem good for too long, its end is a refusal that others are asked about, for three seconds.
  expect(Math.max(...outcome.unservedMs), about).toBeLessThan(outcome.isOverrated ? 8_000 : 5_000)
  expect(outcome.served, about).toBeGreaterThan(100)
  // Of lost messages and cuts each may cost the login that it belongs to, and no more.
  const bound = life.kind === 'mean' ? 2 * outcome.expiries : outcome.expiries
  expect(outcome.logins, about).toBeLessThanOrEqual(bound + outcome.excuses)
  expect(outcome.staleMs, about).toBeLessThanOrEqual(2_000)
}

test(`${seeds} lives: one login for each expiry, none used long after it was replaced, nobody left behind`, {
  timeout: 600_000 + seeds * 1_000,
}, async () => {
  for (let seed = first; seed < first + seeds; seed += 1) await live(seed)
})
