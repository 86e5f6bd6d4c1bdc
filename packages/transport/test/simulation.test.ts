import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulate } from './support/simulate.ts'

const seeds = Number(process.env.SIMULATION_SEEDS ?? 200)
const firstSeed = Number(process.env.SIMULATION_FIRST_SEED ?? 1)
const perTest = 50

const unhandled: unknown[] = []
const note = (reason: unknown): void => {
  unhandled.push(reason)
}

beforeAll(() => {
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
})

afterAll(() => {
  process.off('unhandledRejection', note)
  process.off('uncaughtException', note)
})

describe('whatever server and network do', () => {
  const outcomes = new Map<string, number>()
  let repeated = 0
  const batches = Array.from(
    { length: Math.ceil(seeds / perTest) },
    (_, batch) => firstSeed + batch * perTest,
  )

  it.each(batches)(
    `no order is doubled and nothing is left over: seeds from %i`,
    async (first) => {
      for (let seed = first; seed < Math.min(first + perTest, firstSeed + seeds); seed++) {
        const summary = await simulate(seed).catch((error: Error) => {
          throw new Error(`seed ${seed}: ${error.message}`, { cause: error })
        })
        repeated += summary.repeated
        for (const outcome of summary.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
      expect(unhandled).toEqual([])
    },
    60_000,
  )

  it('each way to end was taken, so that the runs mean something', () => {
    const counted = [...outcomes].map(([outcome]) => outcome)
    expect(counted).toEqual(
      expect.arrayContaining([
        'success',
        ...[
          'ABORTED',
          'AMBIGUOUS',
          'AUTHORIZE_FAILED',
          'BAD_RESPONSE',
          'CLOSED',
          'FORBIDDEN',
          'PACED',
          'REDIRECT',
        ].map(code),
        ...[
          'REQUEST_REFUSED',
          'SERVER_ERROR',
          'TIMEOUT',
          'TOO_LARGE',
          'UNAUTHENTICATED',
          'UNREACHABLE',
          'CLOCK_SKEW',
        ].map(code),
      ]),
    )
    expect(repeated).toBeGreaterThan(seeds)
  })
})

function code(name: string): string {
  return `ERR_TRANSPORT_${name}`
}
