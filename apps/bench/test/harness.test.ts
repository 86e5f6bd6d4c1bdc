import { describe, expect, it } from 'vitest'
import { type Contestant, inTurn, loop, measure, quantile, spreadOfRatios } from '../src/harness.ts'

const about = { id: 'table', title: 'Table', note: 'Note.', rounds: 5 }

/** Takes the given times in turn, in ns; an answer that is wrong says why. */
function timed(kind: Contestant['kind'], times: readonly number[], wrong?: string): Contestant {
  let turn = 0
  const prepare = async () => {
    if (wrong !== undefined) throw new Error(wrong)
  }
  return { name: kind, kind, prepare, sample: async () => times[turn++ % times.length]! }
}

describe('statistics', () => {
  it('interpolate between neighbours, and refuse nothing at all', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 1.75, 2.5, 4])
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })

  it('take ratios round by round: a moment that slows both sides changes nothing', () => {
    expect(spreadOfRatios([20, 200, 30], [10, 100, 10])).toEqual({ low: 2, median: 2, high: 2.5 })
    expect(spreadOfRatios([1, 2], [1]).high).toBeNaN()
  })
})

describe('a table', () => {
  const floor = timed('floor', [100])

  it('has the floor twice, and ratios to the floor of the same round with their quartiles', async () => {
    const { rows } = await measure(about, [floor, timed('ours', [100, 150, 200, 250, 300])])
    expect(rows.map(({ name }) => name)).toEqual(['floor', 'floor, again', 'ours'])
    expect(rows[1]).toMatchObject({ medianNs: 100, ratio: { low: 1, median: 1, high: 1 } })
    expect(rows[2]).toMatchObject({ medianNs: 200, ratio: { low: 1.5, median: 2, high: 2.5 } })
  })

  it('gives a peer with a wrong answer no figure, and is not measured with anybody else wrong', async () => {
    const { rows } = await measure(about, [floor, timed('peer', [1], 'not signed')])
    expect(rows[2]).toEqual({ name: 'peer', kind: 'peer', wrong: 'peer: not signed' })
    await expect(measure(about, [floor, timed('ours', [1], 'bad')])).rejects.toThrow('ours: bad')
    await expect(measure(about, [timed('floor', [1], 'bad')])).rejects.toThrow('floor: bad')
    await expect(measure(about, [timed('ours', [1])])).rejects.toThrow('no floor')
    await expect(measure({ ...about, rounds: 4 }, [floor])).rejects.toThrow('fewer than five')
  })

  it('takes turns in orders in which everybody comes after everybody else, and first', () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7]
    const followed = new Set<string>()
    for (let round = 0; round < 75; round += 1) {
      const order = inTurn(items, round)
      expect([...order].sort()).toEqual(items)
      for (const [index, item] of order.entries()) followed.add(`${order[index - 1]} ${item}`)
    }
    expect(followed.size).toBe(8 * 7 + 8)
  })
})

describe('a loop', () => {
  it('checks answers before it times anything, and has so many under way at once', async () => {
    const seen = { running: 0, most: 0, checked: 0 }
    const run = async () => {
      seen.most = Math.max(seen.most, ++seen.running)
      await new Promise(setImmediate)
      seen.running -= 1
      return 'answer'
    }
    const check = (answer: unknown) => {
      expect([answer, seen.most]).toEqual(['answer', 1])
      seen.checked += 1
    }
    const { prepare, sample } = loop({ name: 'a', kind: 'ours', run, check }, { inFlight: 4, warmUpMs: 1 })
    await prepare()
    expect(await sample()).toBeGreaterThan(0)
    expect(seen).toEqual({ running: 0, most: 4, checked: 3 })
  })
})
