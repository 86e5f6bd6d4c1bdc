/** The same work, done one way. */
export interface Candidate {
  readonly name: string
  /** The bare operation, code of this repository, or somebody else's. */
  readonly kind: 'floor' | 'ours' | 'peer'
  /** Does the work once; may answer with a promise. */
  readonly run: () => unknown
  /** Throws, saying why, if an answer of `run` is wrong: a candidate with a wrong answer gets no figure. */
  readonly check: (answer: unknown) => unknown
}

/** A candidate with a clock: what the harness takes turns of. */
export interface Contestant extends Pick<Candidate, 'name' | 'kind'> {
  /** Checks answers, then works until the engine has compiled what it will. */
  readonly prepare: () => Promise<unknown>
  /** Time for one piece of work, in ns. */
  readonly sample: () => Promise<number>
  /** Further figures once all rounds are over, unit in the name. */
  readonly more?: (() => Record<string, number>) | undefined
}

/** The median of some figures, and its neighbours: a quarter is below `low`, a quarter above `high`. */
export type Spread = Readonly<Record<'low' | 'median' | 'high', number>>

/** What came out for one contestant: nothing but the reason where its answer was wrong. */
export interface Row extends Pick<Candidate, 'name' | 'kind'> {
  readonly wrong?: string | undefined
  /** Median over the rounds of the time for one piece of work, in ns. */
  readonly medianNs?: number | undefined
  /** Ratios to the floor of the same round. */
  readonly ratio?: Spread | undefined
  readonly more?: Readonly<Record<string, number>> | undefined
}

/** Rows that were measured together; the first is the floor. The note says what one piece of work is, and what the floor. */
export interface Table extends Readonly<Record<'id' | 'title' | 'note', string>> {
  readonly rounds: number
  readonly rows: readonly Row[]
}

/** The value below which a share (0 to 1) of the values lies, interpolated between neighbours. Throws on an empty list. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of')
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * share
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return below + (above - below) * (position - Math.floor(position))
}

/** Ratios taken round by round, so that a slow moment of the machine hits both sides alike. */
export function spreadOfRatios(values: readonly number[], floor: readonly number[]): Spread {
  const ratios = values.map((value, round) => value / (floor[round] ?? Number.NaN))
  return { low: quantile(ratios, 0.25), median: quantile(ratios, 0.5), high: quantile(ratios, 0.75) }
}

/**
 * Takes turns: everybody once a round, in an order that changes, and the floor twice, so that the table shows what the
 * machine's noise makes of one and the same work.
 *
 * @param all - The first is the floor.
 * @param options - Of the loops in which candidates are timed.
 */
export async function measure(
  about: Omit<Table, 'rows'>,
  all: readonly (Candidate | Contestant)[],
  options?: LoopOptions,
): Promise<Table> {
  const contestants = all.map((one) => ('sample' in one ? one : loop(one, options)))
  const [floor, ...others] = contestants
  if (floor?.kind !== 'floor') throw new Error(`${about.id}: the first contestant is no floor`)
  if (about.rounds < 5) throw new RangeError('fewer than five rounds say nothing')
  const wrong = await prepareAll(contestants)
  const everybody = [floor, { ...floor, name: `${floor.name}, again` }, ...others]
  const times = new Map<Contestant, number[]>(everybody.map((one) => [one, []]))
  const right = everybody.filter((one) => !wrong.has(one))
  for (let round = 0; round < about.rounds; round += 1) {
    for (const one of inTurn(right, round)) times.get(one)?.push(await one.sample())
  }
  const rows = everybody.map((one): Row => {
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
    await one.prepare().catch((error: unknown) => {
      const message = `${one.name}: ${error instanceof Error ? error.message : error}`
      if (one.kind !== 'peer') throw new Error(message, { cause: error })
      wrong.set(one, message)
    })
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

/** How long a sample works, how many promised pieces are under way at once, how long everybody works beforehand. */
export type LoopOptions = Readonly<{ sliceMs?: number; inFlight?: number; warmUpMs?: number }>

/** Times a candidate by doing its work again and again. */
export function loop({ name, kind, run, check }: Candidate, options: LoopOptions = {}): Contestant {
  const { sliceMs = 3, inFlight = 1, warmUpMs = 150 } = options
  const work = { promised: false, count: inFlight }
  const slice = (count: number) => timeSlice(run, count, work.promised ? inFlight : undefined)
  const prepare = async (): Promise<void> => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = run()
      work.promised = answer instanceof Promise
      await check(await answer)
    }
    for (let spentMs = 0; spentMs < warmUpMs; ) {
      const elapsedMs = await slice(work.count)
      spentMs += elapsedMs
      const wanted = Math.min((work.count * sliceMs) / elapsedMs, work.count * 10)
      work.count = Math.max(inFlight, Math.round(wanted))
    }
  }
  const sample = async (): Promise<number> => {
    // What the contestant before left behind, cold caches and garbage, is not counted.
    await slice(Math.ceil(work.count / 20))
    return ((await slice(work.count)) * 1e6) / work.count
  }
  return { name, kind, prepare, sample }
}

/** The last answer is kept where the optimiser cannot see that nobody reads it. */
export const sink: { answer: unknown } = { answer: undefined }

/** Does so many pieces of work, so many at once where they are promised, and says how long that took, in ms. */
async function timeSlice(run: () => unknown, count: number, inFlight: number | undefined): Promise<number> {
  let left = count
  const work = async (): Promise<void> => {
    while (left-- > 0) sink.answer = await run()
  }
  const start = performance.now()
  if (inFlight === undefined) while (left-- > 0) sink.answer = run()
  else await Promise.all(Array.from({ length: inFlight }, work))
  return performance.now() - start
}
