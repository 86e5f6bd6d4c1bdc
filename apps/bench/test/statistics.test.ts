import { describe, expect, it } from 'vitest'
import { apart, median, medianRatio, quantile } from '../src/statistics.ts'

describe('statistics', () => {
  it('takes the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 2, 9, 1])).toBe(5.5)
    expect(median([100, 20, 3])).toBe(20)
  })

  it('interpolates quantiles between neighbours', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index)
    expect(quantile(hundred, 0.99)).toBe(99)
    expect(quantile([0, 10], 0.25)).toBe(2.5)
    expect(quantile([4, 2], 0)).toBe(2)
    expect(quantile([4, 2], 1)).toBe(4)
  })

  it('leaves the values as they were', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('refuses what has no quantile', () => {
    expect(() => median([])).toThrow(RangeError)
    expect(() => quantile([1], 1.1)).toThrow(RangeError)
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError)
  })

  it('takes ratios round by round, so that a slow round of both sides changes nothing', () => {
    expect(medianRatio([20, 200, 22], [10, 100, 10])).toBe(2)
    expect(() => medianRatio([1, 2], [1])).toThrow(RangeError)
  })

  it('says how far two figures are apart, whichever comes first', () => {
    expect(apart(115, 100)).toBeCloseTo(0.15)
    expect(apart(100, 115)).toBeCloseTo(0.15)
    expect(apart(0, 0)).toBe(0)
    expect(apart(0, 1)).toBe(Number.POSITIVE_INFINITY)
  })
})
