import { performance } from 'node:perf_hooks'
import { describe, expect, it, vi } from 'vitest'
import type { Candidate, Row } from '../src/candidate.ts'
import { type Comparison, measureTogether } from '../src/harness.ts'
import { measureLoad } from '../src/load.ts'

const quick = { slices: 2, sliceMs: 0.2, warmUpMs: 1 }

function compare(candidates: readonly Candidate[], options: Comparison['options'] = quick): Comparison {
  return { id: 'id', title: 'title', note: 'note', candidates, options }
}

async function measure(
  candidates: readonly Candidate[],
  options: Comparison['options'],
  rounds = 5,
): Promise<readonly Row[]> {
  const [table] = await measureTogether([compare(candidates, options)], rounds)
  return table?.rows ?? []
}

function candidate(name: string, kind: Candidate['kind'], run: () => unknown, right: unknown): Candidate {
  const check = (answer: unknown): void => {
    if (answer !== right) throw new Error(`${answer} is not ${right}`)
  }
  return { name, kind, run, check }
}

const floor = candidate('floor', 'floor', () => 1, 1)

describe('measureTogether', () => {
  it('gives each candidate one figure per round, and the floor the ratio 1', async () => {
    const [first, second] = await measure([floor, candidate('ours', 'ours', () => 2, 2)], quick)
    expect(first).toMatchObject({ name: 'floor', kind: 'floor', ratio: 1 })
    expect(first?.roundsNs).toHaveLength(5)
    expect(second?.roundsNs).toHaveLength(5)
    expect(second?.roundsNs?.every((ns) => ns > 0)).toBe(true)
    expect(second?.disqualified).toBeUndefined()
  })

  it('takes turns: between two turns of one candidate every other has one', async () => {
    const turns: string[] = []
    const spy = (name: string, kind: Candidate['kind']): Candidate =>
      candidate(name, kind, () => (turns.at(-1) === name ? 0 : turns.push(name) * 0), 0)
    await measure([spy('a', 'floor'), spy('b', 'ours'), spy('c', 'peer'), spy('d', 'peer')], quick)
    const measured = turns.slice(-44, -4) // before them the warm-up, after them one check each
    for (let first = 0; first < measured.length; first += 4) {
      expect(measured.slice(first, first + 4).sort()).toEqual(['a', 'b', 'c', 'd'])
    }
  })

  it('lets a candidate follow now this one and now that one', async () => {
    const before = new Set<string>()
    let last = ''
    const spy = (name: string, kind: Candidate['kind']): Candidate =>
      candidate(
        name,
        kind,
        () => {
          if (name === 'b' && last !== 'b') before.add(last)
          last = name
          return 0
        },
        0,
      )
    await measure([spy('a', 'floor'), spy('b', 'ours'), spy('c', 'peer')], quick)
    expect([...before].sort()).toEqual(['a', 'c'])
  })

  it.each([true, false])('leaves out what a turn costs at its start (promised: %s)', async (promised) => {
    let clock = 0
    let last = ''
    vi.spyOn(performance, 'now').mockImplementation(() => clock)
    const cold = (name: string, kind: Candidate['kind']): Candidate => {
      const run = (): unknown => {
        clock += last === name ? 1 : 50
        last = name
        return promised ? Promise.resolve(0) : 0
      }
      return candidate(name, kind, run, 0)
    }
    const options = { slices: 2, sliceMs: 4, warmUpMs: 200 }
    const rows = await measure([cold('a', 'floor'), cold('b', 'ours')], options)
    vi.restoreAllMocks()
    expect(rows.map(({ roundsNs }) => roundsNs)).toEqual([Array(5).fill(1e6), Array(5).fill(1e6)])
  })

  it('spreads the rounds of each comparison over all the time', async () => {
    const tables: string[] = []
    const spy = (name: string): Candidate =>
      candidate(name, 'floor', () => (tables.at(-1) === name ? 0 : tables.push(name) * 0), 0)
    const measured = await measureTogether([compare([spy('one')]), compare([spy('other')])], 5)
    expect(measured.map(({ id, compute, rows }) => [id, compute, rows[0]?.roundsNs?.length])).toEqual([
      ['id', true, 5],
      ['id', true, 5],
    ])
    // The warm-up, five rounds and the last check, one comparison after the other each time.
    expect(tables).toEqual(Array.from({ length: 7 }, () => ['one', 'other']).flat())
  })

  it('disqualifies a wrong answer and gives it no figure', async () => {
    const [, wrong] = await measure([floor, candidate('peer', 'peer', () => 3, 4)], quick)
    expect(wrong).toEqual({ name: 'peer', kind: 'peer', disqualified: '3 is not 4' })
  })

  it('disqualifies an answer that turns wrong while it is measured', async () => {
    let calls = 0
    const [, wrong] = await measure(
      [floor, candidate('peer', 'peer', () => (++calls > 10 ? 'stale' : 'good'), 'good')],
      quick,
    )
    expect(wrong?.disqualified).toBe('stale is not good')
    expect(wrong?.ratio).toBeUndefined()
  })

  it('disqualifies one that throws or rejects', async () => {
    const throwing = (): never => {
      throw new Error('no key')
    }
    const [, thrown, rejected] = await measure(
      [
        floor,
        candidate('throws', 'peer', throwing, 0),
        candidate('rejects', 'peer', async () => throwing(), 0),
      ],
      quick,
    )
    expect(thrown?.disqualified).toBe('no key')
    expect(rejected?.disqualified).toBe('no key')
  })

  it('does not measure against a floor that is wrong, nor in fewer than five rounds', async () => {
    await expect(measure([candidate('floor', 'floor', () => 1, 2)], quick)).rejects.toThrow('no floor')
    await expect(measure([floor], quick, 4)).rejects.toThrow(RangeError)
  })

  it('keeps as many promises under way as it is told to', async () => {
    let underWay = 0
    let most = 0
    const run = async (): Promise<number> => {
      most = Math.max(most, ++underWay)
      await new Promise(setImmediate)
      underWay -= 1
      return 1
    }
    await measure([candidate('floor', 'floor', run, 1)], { ...quick, inFlight: 16 })
    expect(most).toBe(16)
  })
})

describe('measureLoad', () => {
  const send = (value: number) => async (): Promise<number> => {
    await new Promise(setImmediate)
    return value
  }

  it('gives throughput and latency for each way, and disqualifies wrong ones', async () => {
    const [first, second, wrong] = await measureLoad(
      [
        candidate('floor', 'floor', send(1), 1),
        candidate('ours', 'ours', send(2), 2),
        candidate('peer', 'peer', send(3), 4),
      ],
      { concurrency: 4, sliceMs: 5 },
    )
    expect(first).toMatchObject({ ratio: 1 })
    expect(second?.roundsNs).toHaveLength(5)
    expect(Object.keys(second?.more ?? {})).toEqual(['requestsPerSecond', 'p50Ms', 'p99Ms'])
    expect(second?.more?.p99Ms).toBeGreaterThanOrEqual(second?.more?.p50Ms ?? Number.POSITIVE_INFINITY)
    expect(wrong).toEqual({ name: 'peer', kind: 'peer', disqualified: '3 is not 4' })
  })

  it('disqualifies a way that fails under load, and carries on with the others', async () => {
    let calls = 0
    const failing = async (): Promise<number> => {
      await new Promise(setImmediate)
      if (++calls > 3) throw new Error('connection lost')
      return 2
    }
    const candidates = [candidate('floor', 'floor', send(1), 1), candidate('peer', 'peer', failing, 2)]
    const [first, lost] = await measureLoad(candidates, { concurrency: 2, sliceMs: 5 })
    expect(first?.roundsNs).toHaveLength(5)
    expect(lost).toEqual({ name: 'peer', kind: 'peer', disqualified: 'connection lost' })
  })

  it('does not measure against a floor that fails', async () => {
    const broken = candidate('floor', 'floor', send(1), 2)
    await expect(measureLoad([broken], { concurrency: 1, sliceMs: 5 })).rejects.toThrow('1 is not 2')
  })
})
