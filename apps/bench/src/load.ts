import { performance } from 'node:perf_hooks'
import type { Candidate, Row } from './candidate.ts'
import { median, medianRatio, quantile } from './statistics.ts'

export interface LoadOptions {
  /** Requests under way at once. */
  readonly concurrency: number
  /** At least five. Default 5. */
  readonly rounds?: number
  /** How long one candidate sends before the next has its turn, in ms. Default 220. */
  readonly sliceMs?: number
  /**
   * How long each candidate sends before anything is measured, in ms: until the engine has compiled what it will, which takes
   * a server with more code longer and a core from whoever else is at work. Default 220.
   */
  readonly warmUpMs?: number
}

interface Slice {
  /** Time per request, in ns: the slice's length by the number of requests that ended within it. */
  readonly perRequestNs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/**
 * Sends requests one way after the other, in turn, and says for each way the time per request and its latency. The first
 * candidate is the floor.
 */
export async function measureLoad(candidates: readonly Candidate[], options: LoadOptions): Promise<Row[]> {
  const { concurrency, rounds = 5, sliceMs = 220, warmUpMs = 220 } = options
  if (rounds < 5) throw new RangeError('fewer than five rounds say nothing')
  const slices = new Map<Candidate, Slice[]>(candidates.map((candidate) => [candidate, []]))
  const wrong = new Map<Candidate, string>()
  const attempt = async (candidate: Candidate, work: () => Promise<void>): Promise<void> => {
    if (wrong.has(candidate)) return
    await work().catch((error: unknown) => {
      wrong.set(candidate, error instanceof Error ? error.message : String(error))
    })
  }
  for (const candidate of candidates) {
    await attempt(candidate, async () => {
      await candidate.check(await candidate.run())
      await sendFor(warmUpMs, concurrency, candidate.run)
    })
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const candidate = candidates[(turn + round) % candidates.length] as Candidate
      await attempt(candidate, async () => {
        slices.get(candidate)?.push(await sendFor(sliceMs, concurrency, candidate.run))
      })
    }
  }
  return toRows(candidates, slices, wrong)
}

function toRows(
  candidates: readonly Candidate[],
  slices: ReadonlyMap<Candidate, readonly Slice[]>,
  wrong: ReadonlyMap<Candidate, string>,
): Row[] {
  const [first] = candidates
  if (!first || wrong.has(first)) throw new Error(`the floor fails: ${first && wrong.get(first)}`)
  const floor = slices.get(first) ?? []
  return candidates.map((candidate) => {
    const { name, kind } = candidate
    const disqualified = wrong.get(candidate)
    if (disqualified !== undefined) return { name, kind, disqualified }
    return { name, kind, ...figures(slices.get(candidate) ?? [], floor) }
  })
}

function figures(own: readonly Slice[], floor: readonly Slice[]): Omit<Row, 'name' | 'kind'> {
  const roundsNs = own.map(({ perRequestNs }) => perRequestNs)
  const medianNs = median(roundsNs)
  return {
    medianNs,
    roundsNs,
    ratio: medianRatio(
      roundsNs,
      floor.map(({ perRequestNs }) => perRequestNs),
    ),
    more: {
      requestsPerSecond: 1e9 / medianNs,
      p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
    },
  }
}

async function sendFor(ms: number, concurrency: number, send: () => unknown): Promise<Slice> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + ms
  const work = async (): Promise<void> => {
    let before = performance.now()
    do {
      await send()
      const after = performance.now()
      latencies.push(after - before)
      before = after
    } while (before < end)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const elapsedMs = performance.now() - start
  return {
    perRequestNs: (elapsedMs * 1e6) / latencies.length,
    p50Ms: median(latencies),
    p99Ms: quantile(latencies, 0.99),
  }
}
