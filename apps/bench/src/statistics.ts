/** The middle value; the mean of the two middle ones for an even count. Throws on an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * The value below which a share of the sorted values lies, interpolated between neighbours.
 *
 * @param share - 0 to 1: 0.5 is the median, 0.99 the 99th percentile.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of')
  if (!(share >= 0 && share <= 1)) throw new RangeError('a share lies between 0 and 1')
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

/** The median of the ratios taken round by round, so that a slow moment of the machine hits both sides alike. */
export function medianRatio(values: readonly number[], floor: readonly number[]): number {
  if (values.length !== floor.length) throw new RangeError('both sides need one value per round')
  return median(values.map((value, round) => value / (floor[round] as number)))
}

/** How far two figures are apart, as a share of the smaller one: 0.15 is 15 %. */
export function apart(one: number, other: number): number {
  const smaller = Math.min(one, other)
  if (smaller === 0) return one === other ? 0 : Number.POSITIVE_INFINITY
  return Math.abs(one - other) / smaller
}
