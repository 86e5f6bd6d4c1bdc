/** The middle of some figures, and how far they are spread. */
export interface Spread {
  /** A quarter of the figures is below. */
  readonly low: number
  readonly median: number
  /** A quarter of the figures is above. */
  readonly high: number
}

/** The value below which a share (0 to 1) of the values lies, interpolated between neighbours. Throws on an empty list. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of')
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

export function spreadOf(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), median: quantile(values, 0.5), high: quantile(values, 0.75) }
}

/** Ratios taken round by round, so that a slow moment of the machine hits both sides alike. */
export function spreadOfRatios(values: readonly number[], floor: readonly number[]): Spread {
  if (values.length !== floor.length) throw new RangeError('both sides need one value per round')
  return spreadOf(values.map((value, round) => value / (floor[round] as number)))
}
