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
  const { concurrency, rounds = 5, sliceMs = 220 } = options
  if (rounds < 5) throw new RangeError('fewer than five rounds say nothing')
  const slices = new Map<Candidate, Slice[]>()
  const wrong = new Map<Candidate, string>()
  for (const candidate of candidates) {
    try {
      await candidate.check(await candidate.run())
      slices.set(candidate, [])
      await sendFor(sliceMs, concurrency, candidate.run)
    } catch (error) {
      wrong.set(candidate, error instanceof Error ? error.message : String(error))
    }
  }
  const running = [...slices.keys()]
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < running.length; turn++) {
      const candidate = running[(turn + round) % running.length] as Candidate
      slices.get(candidate)?.push(await sendFor(sliceMs, concurrency, candidate.run))
    }
  }
  const floor = slices.get(candidates[0] as Candidate)
  if (!floor) throw new Error(`the floor answers wrongly: ${wrong.get(candidates[0] as Candidate)}`)
  return candidates.map(({ name, kind }, index) => {
    const own = slices.get(candidates[index] as Candidate)
    const disqualified = wrong.get(candidates[index] as Candidate)
    if (!own || disqualified !== undefined) return { name, kind, disqualified: disqualified ?? 'did not run' }
    return { name, kind, ...figures(own, floor) }
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
    for (let before = performance.now(); before < end; ) {
      await send()
      const after = performance.now()
      latencies.push(after - before)
      before = after
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const elapsedMs = performance.now() - start
  return {
    perRequestNs: (elapsedMs * 1e6) / latencies.length,
    p50Ms: median(latencies),
    p99Ms: quantile(latencies, 0.99),
  }
}
