import { performance } from 'node:perf_hooks'
import type { Candidate, Row, Table } from './candidate.ts'
import { type Gate, openGate } from './quiet.ts'
import { median, medianRatio } from './statistics.ts'

/** A table of computing work before it is measured. The first candidate is the floor. */
export interface Comparison extends Pick<Table, 'id' | 'title' | 'note'> {
  readonly candidates: readonly Candidate[]
  readonly options?: MeasureOptions
}

export interface MeasureOptions {
  /** How long one candidate works before the next has its turn, in ms: short, to be interrupted seldom. Default 4. */
  readonly sliceMs?: number
  /** Turns of each candidate within a round; a round's figure is their median. Default 9; slow candidates have a third. */
  readonly slices?: number
  /** How many pieces of work are under way at once, for candidates that answer with a promise. Default 1. */
  readonly inFlight?: number
  /** How long each candidate works before anything is measured, in ms. Default 250. */
  readonly warmUpMs?: number
}

/**
 * Measures comparisons together: a round of each in turn, again and again, so that the rounds of a row are spread over all the
 * time there is. On a machine that others use too, a slow half minute then costs each row a round or two and none its median.
 *
 * @param rounds - At least five.
 * @param gate - Each slice goes through it.
 */
export async function measureTogether(
  comparisons: readonly Comparison[],
  rounds = 7,
  gate: Gate = openGate,
): Promise<Table[]> {
  if (rounds < 5) throw new RangeError('fewer than five rounds say nothing')
  const prepared: Prepared[] = []
  for (const comparison of comparisons) prepared.push(await prepare(comparison))
  for (let round = 0; round < rounds; round++) {
    for (const { comparison, runners } of prepared) {
      await runRound(runners, round, gate, comparison.options?.slices)
    }
  }
  const tables: Table[] = []
  for (const { comparison, runners, wrong } of prepared) {
    for (const { candidate } of runners) {
      const { reason } = await judgeAnswers(candidate)
      if (reason !== undefined) wrong.set(candidate, reason)
    }
    const { id, title, note, candidates } = comparison
    tables.push({ id, title, note, compute: true, rows: toRows(candidates, runners, wrong) })
  }
  return tables
}

interface Runner {
  readonly candidate: Candidate
  readonly slice: (count: number) => Promise<number>
  /** Pieces of work per slice. */
  readonly count: number
  /** True where one piece of work takes many times the usual length of a slice. */
  readonly slow: boolean
  readonly rounds: number[]
}

interface Prepared {
  readonly comparison: Comparison
  readonly runners: readonly Runner[]
  readonly wrong: Map<Candidate, string>
}

async function prepare(comparison: Comparison): Promise<Prepared> {
  const wrong = new Map<Candidate, string>()
  const runners: Runner[] = []
  for (const candidate of comparison.candidates) {
    const { reason, promised } = await judgeAnswers(candidate)
    if (reason === undefined) runners.push(await warmUp(candidate, promised, comparison.options))
    else wrong.set(candidate, reason)
  }
  return { comparison, runners, wrong }
}

/** A candidate whose piece of work takes longer has a third of the turns. */
const slowMs = 20

/** Every candidate has several short turns, forwards and backwards, so that none always follows the same other one. */
async function runRound(runners: readonly Runner[], round: number, gate: Gate, slices = 9): Promise<void> {
  const times = new Map<Runner, number[]>(runners.map((runner) => [runner, []]))
  for (let slice = 0; slice < slices; slice++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const step = slice % 2 === 0 ? turn : runners.length - turn
      const runner = runners[(step + slice + round) % runners.length] as Runner
      if (runner.slow && slice % 3 !== 0) continue
      times.get(runner)?.push((await gate(() => runner.slice(runner.count))) / runner.count)
    }
  }
  for (const [runner, all] of times) runner.rounds.push(median(all) * 1e6)
}

function toRows(
  candidates: readonly Candidate[],
  runners: readonly Runner[],
  wrong: ReadonlyMap<Candidate, string>,
): Row[] {
  const floor = runners.find(({ candidate }) => candidate.kind === 'floor')
  if (!floor || wrong.has(floor.candidate)) throw new Error('there is no floor with a right answer')
  return candidates.map((candidate) => {
    const { name, kind } = candidate
    const disqualified = wrong.get(candidate)
    const runner = runners.find((one) => one.candidate === candidate)
    if (disqualified !== undefined || !runner)
      return { name, kind, disqualified: disqualified ?? 'did not run' }
    const ratio = medianRatio(runner.rounds, floor.rounds)
    return { name, kind, medianNs: median(runner.rounds), ratio, roundsNs: runner.rounds }
  })
}

/** Why the first wrong one of a few answers is wrong, if one is, and whether they come as promises. */
async function judgeAnswers(candidate: Candidate): Promise<{ reason?: string; promised: boolean }> {
  let promised = false
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = candidate.run()
      promised = answer instanceof Promise
      await candidate.check(await answer)
    }
    return { promised }
  } catch (error) {
    return { promised, reason: error instanceof Error ? error.message : String(error) }
  }
}

async function warmUp(
  candidate: Candidate,
  promised: boolean,
  { sliceMs = 4, inFlight = 1, warmUpMs = 250 }: MeasureOptions = {},
): Promise<Runner> {
  const slice = promised ? promisedSlice(candidate.run, inFlight) : plainSlice(candidate.run)
  const smallest = promised ? inFlight : 1
  let count = smallest
  let elapsedMs = await slice(count)
  for (let spentMs = elapsedMs; spentMs < warmUpMs; spentMs += elapsedMs) {
    count = wanted(count, elapsedMs, sliceMs, smallest)
    elapsedMs = await slice(count)
  }
  const slow = elapsedMs / count > slowMs
  return { candidate, slice, count: wanted(count, elapsedMs, sliceMs, smallest), slow, rounds: [] }
}

function wanted(count: number, elapsedMs: number, sliceMs: number, smallest: number): number {
  const next = elapsedMs > 0 ? (count * sliceMs) / elapsedMs : count * 10
  return Math.max(smallest, Math.min(Math.round(next), count * 10))
}

/** The last answer is kept where the optimiser cannot see that nobody reads it. */
export const sink: { answer: unknown } = { answer: undefined }

/** What the first pieces of work after another candidate's turn take is not counted: the processor's caches are cold. */
function uncounted(count: number): number {
  return Math.min(Math.floor(count / 2), 2)
}

function plainSlice(run: () => unknown): (count: number) => Promise<number> {
  return async (count) => {
    for (let left = uncounted(count); left > 0; left--) sink.answer = run()
    const start = performance.now()
    for (let done = 0; done < count; done++) sink.answer = run()
    return performance.now() - start
  }
}

function promisedSlice(run: () => unknown, inFlight: number): (count: number) => Promise<number> {
  return async (count) => {
    for (let left = uncounted(count); left > 0; left--) sink.answer = await run()
    let left = count
    const work = async (): Promise<void> => {
      while (left-- > 0) sink.answer = await run()
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: inFlight }, work))
    return performance.now() - start
  }
}
