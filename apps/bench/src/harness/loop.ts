import { performance } from 'node:perf_hooks'
import type { Candidate, Contestant } from './candidate.ts'

export interface LoopOptions {
  /** How long a sample works, in ms. Default 3. */
  readonly sliceMs?: number | undefined
  /** Pieces of work under way at once, for candidates that answer with a promise. Default 1. */
  readonly inFlight?: number | undefined
  /** How long the candidate works before anything is measured, in ms. Default 150. */
  readonly warmUpMs?: number | undefined
}

/** Times a candidate by doing its work again and again. */
export function loop({ name, kind, run, check }: Candidate, options: LoopOptions = {}): Contestant {
  const { sliceMs = 3, inFlight = 1, warmUpMs = 150 } = options
  let slice = plainSlice(run)
  let count = inFlight
  const prepare = async (): Promise<void> => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = run()
      if (answer instanceof Promise) slice = promisedSlice(run, inFlight)
      await check(await answer)
    }
    for (let spentMs = 0; spentMs < warmUpMs; ) {
      const elapsedMs = await slice(count)
      spentMs += elapsedMs
      count = Math.max(inFlight, Math.round(Math.min((count * sliceMs) / elapsedMs, count * 10)))
    }
  }
  const sample = async (): Promise<number> => {
    // What the contestant before left behind, cold caches and garbage, is not counted.
    await slice(Math.ceil(count / 20))
    return ((await slice(count)) * 1e6) / count
  }
  return { name, kind, prepare, sample }
}

/** Does so many pieces of work, and says how long that took, in ms. */
type Slice = (count: number) => Promise<number>

/** The last answer is kept where the optimiser cannot see that nobody reads it. */
export const sink: { answer: unknown } = { answer: undefined }

function plainSlice(run: () => unknown): Slice {
  return async (count) => {
    const start = performance.now()
    for (let done = 0; done < count; done += 1) sink.answer = run()
    return performance.now() - start
  }
}

function promisedSlice(run: () => unknown, inFlight: number): Slice {
  return async (count) => {
    let left = count
    const work = async (): Promise<void> => {
      while (left-- > 0) sink.answer = await run()
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: inFlight }, work))
    return performance.now() - start
  }
}
