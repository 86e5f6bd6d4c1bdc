// `pnpm simulate [seeds] [first seed]`: the simulation of the test suite, over more seeds. 5,000 by default.
import process from 'node:process'
import { startVitest } from 'vitest/node'

const [seeds = '5000', firstSeed = '1'] = process.argv.slice(2)
process.env.SIMULATION_SEEDS = seeds
process.env.SIMULATION_FIRST_SEED = firstSeed

const vitest = await startVitest('test', ['test/simulation.test.ts'], {
  watch: false,
  reporters: ['default'],
})
await vitest.close()
