import { describe, expect, it } from 'vitest'
import type { Contestant, Kind } from '../src/harness/candidate.ts'
import { loop } from '../src/harness/loop.ts'
import { inTurn, measure } from '../src/harness/measure.ts'
import { quantile, spreadOf, spreadOfRatios } from '../src/harness/statistics.ts'

const about = { id: 'table', title: 'Table', note: 'Note.', rounds: 5 }

/** Takes the given times in turn, in ns. */
function timed(name: string, kind: Kind, times: readonly number[], wrong?: string): Contestant {
  let turn = 0
  return {
    name,
    kind,
    prepare: async () => {
      if (wrong !== undefined) throw new Error(wrong)
    },
    sample: async () => times[turn++ % times.length]!,
  }
}

const floor = timed('floor', 'floor', [100])

describe('statistics', () => {
  it('interpolate between neighbours', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ low: 1.75, median: 2.5, high: 3.25 })
    expect(quantile([5], 0.99)).toBe(5)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })

  it('take ratios round by round: a moment that slows both sides changes nothing', () => {
    expect(spreadOfRatios([20, 200, 20], [10, 100, 10])).toEqual({ low: 2, median: 2, high: 2 })
    expect(() => spreadOfRatios([1], [1, 2])).toThrow('one value per round')
  })
})

describe('a table', () => {
  it('has the floor twice, ratios to the floor of the same round, and their quartiles', async () => {
    const { rows } = await measure({
      ...about,
      contestants: [floor, timed('a', 'ours', [100, 150, 200, 250, 300])],
    })
    expect(rows.map(({ name }) => name)).toEqual(['floor', 'floor, again', 'a'])
    expect(rows[1]).toMatchObject({ medianNs: 100, ratio: { low: 1, median: 1, high: 1 } })
    expect(rows[2]).toMatchObject({ medianNs: 200, ratio: { low: 1.5, median: 2, high: 2.5 } })
  })

  it('gives a peer with a wrong answer no figure, and says why', async () => {
    const { rows } = await measure({ ...about, contestants: [floor, timed('b', 'peer', [1], 'not signed')] })
    expect(rows[2]).toEqual({ name: 'b', kind: 'peer', wrong: 'b: not signed' })
  })

  it('is not measured where a row of ours is wrong, the floor is missing or the rounds are few', async () => {
    const measuring = (contestants: Contestant[], rounds = 5) => measure({ ...about, contestants, rounds })
    await expect(measuring([floor, timed('a', 'ours', [1], 'bad')])).rejects.toThrow('a: bad')
    await expect(measuring([timed('floor', 'floor', [1], 'bad')])).rejects.toThrow('floor: bad')
    await expect(measuring([timed('a', 'ours', [1])])).rejects.toThrow('no floor')
    await expect(measuring([floor], 4)).rejects.toThrow('fewer than five')
  })

  it('takes turns in orders in which everybody comes after everybody else, and first', () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7]
    const followed = new Set<string>()
    for (let round = 0; round < 75; round += 1) {
      const order = inTurn(items, round)
      expect([...order].sort()).toEqual(items)
      for (const [index, item] of order.entries()) followed.add(`${order[index - 1] ?? 'nobody'} ${item}`)
    }
    expect(followed.size).toBe(8 * 7 + 8)
  })
})

describe('a loop', () => {
  it('checks answers before it times anything, and has so many under way at once', async () => {
    let [running, most, checked] = [0, 0, 0]
    const run = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return 'answer'
    }
    const check = (answer: unknown) => {
      expect([answer, most]).toEqual(['answer', 1])
      checked += 1
    }
    const { prepare, sample } = loop({ name: 'a', kind: 'ours', run, check }, { inFlight: 4, warmUpMs: 1 })
    await prepare()
    expect(checked).toBe(3)
    expect(await sample()).toBeGreaterThan(0)
    expect(most).toBe(4)
  })

  it('says what is wrong with an answer', async () => {
    const check = () => {
      throw new Error('not 1')
    }
    await expect(loop({ name: 'a', kind: 'ours', run: () => 2, check }).prepare()).rejects.toThrow('not 1')
  })
})
