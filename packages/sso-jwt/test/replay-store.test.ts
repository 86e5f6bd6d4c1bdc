import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReplayStore, type ReplayOutcome, type ReplayStoreOptions } from '../src/server.ts'
import { failure } from './support/errors.ts'

/** A store on a clock that the test turns; both clocks start at 0 and run together unless one is set. */
function storeOf(options: ReplayStoreOptions = {}) {
  const clock = { ticks: 0, nowMs: 0 }
  const store = createReplayStore({ clientShare: 1, monotonicNow: () => clock.ticks, ...options })
  return {
    store,
    clock,
    pass(ms: number): void {
      clock.ticks += ms
      clock.nowMs += ms
    },
    record: (jti: string, expiresAtMs: number, clientId = 'C'): ReplayOutcome =>
      store.record({ clientId, jti, expiresAtMs }, clock.nowMs),
  }
}

describe('a replay store', () => {
  it('forgets nothing by a clock that tells no time', async () => {
    for (const ticks of [Number.NaN, Number.POSITIVE_INFINITY, '5', undefined]) {
      const { clock, record } = storeOf({ capacity: 1 })
      expect(record('a', 1000)).toBe('new')
      clock.ticks = ticks as number
      const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => record('b', 1000))
      expect(error.message).toContain('monotonicNow')
      clock.ticks = 0
      expect(record('a', 1000)).toBe('seen')
    }
  })

  it('tells new from seen until the use has expired', () => {
    const { record, pass } = storeOf()
    expect(record('a', 1000)).toBe('new')
    pass(999)
    expect([record('a', 1000), record('b', 1000)]).toEqual(['seen', 'new'])
    pass(1)
    expect(record('a', 5000)).toBe('new')
  })

  it('keeps the ids of clients apart', () => {
    const { record } = storeOf()
    expect([record('a', 1000, 'one'), record('a', 1000, 'other')]).toEqual(['new', 'new'])
    // No separator can be smuggled in that makes one pair of two.
    expect([record('b c', 1000, 'a'), record('c', 1000, 'a b')]).toEqual(['new', 'new'])
  })

  it('refuses when full, makes room as ids expire, and forgets no live one', () => {
    const { record, pass, store } = storeOf({ capacity: 2 })
    expect([record('a', 1000), record('b', 9000)]).toEqual(['new', 'new'])
    pass(999)
    expect(record('c', 9000)).toBe('full')
    pass(1)
    expect([record('b', 9000), record('c', 9000), store.size]).toEqual(['seen', 'new', 2])
    expect([record('b', 9000), record('d', 9000)]).toEqual(['seen', 'full'])
  })

  it('renews an expired id in a full store', () => {
    const { record, pass } = storeOf({ capacity: 1 })
    record('a', 1000)
    pass(2000)
    expect([record('a', 9000), record('a', 9000)]).toEqual(['new', 'seen'])
  })

  it('remembers for no less than the time asked for', () => {
    const { record, pass } = storeOf()
    record('a', 1000.5)
    pass(1000.4)
    expect(record('a', 1000.5)).toBe('seen')
  })
})

describe('clocks that are set', () => {
  it('ahead make it forget nothing', () => {
    const { record, clock, pass } = storeOf({ capacity: 1 })
    expect(record('a', 60_000)).toBe('new')
    clock.nowMs += 86_400_000
    expect([record('b', clock.nowMs + 60_000), record('a', clock.nowMs + 60_000)]).toEqual(['full', 'seen'])
    clock.nowMs -= 86_400_000
    pass(30_000)
    expect(record('a', 60_000)).toBe('seen')
  })

  it('back make it forget nothing, though the life was over', () => {
    const { record, clock, pass } = storeOf()
    expect(record('a', 60_000)).toBe('new')
    pass(3_600_000)
    clock.nowMs = 0
    expect(record('a', 60_000)).toBe('seen')
  })

  it('back after having been ahead do not keep it full', () => {
    const year = 31_536_000_000
    const { record, clock, pass } = storeOf({ capacity: 2 })
    clock.nowMs += year
    expect([record('a', year + 60_000), record('b', year + 60_000)]).toEqual(['new', 'new'])
    clock.nowMs -= year
    expect(record('c', 60_000)).toBe('full')
    pass(60_000)
    expect(record('c', 120_000)).toBe('new')
  })
})

describe('bounds', () => {
  it('are of memory too', () => {
    const { record, store } = storeOf({ maximumBytes: 10_000 })
    const outcomes = Array.from({ length: 9 }, (_, index) => record(`${index}`.padEnd(1000, 'x'), 1000))
    expect(outcomes).toEqual([...new Array(4).fill('new'), ...new Array(5).fill('full')])
    expect(store.sizeBytes).toBeLessThanOrEqual(10_000)
  })

  it('leave room for other clients, in uses and in memory', () => {
    const uses = storeOf({ capacity: 8, clientShare: 0.25 })
    expect(['a', 'b', 'c'].map((jti) => uses.record(jti, 1000, 'greedy'))).toEqual(['new', 'new', 'full'])
    expect(uses.record('a', 1000, 'modest')).toBe('new')
    const bytes = storeOf({ maximumBytes: 20_000, clientShare: 0.25 })
    const long = (index: number): string => `${index}`.padEnd(1000, 'x')
    expect([0, 1, 2, 3].map((index) => bytes.record(long(index), 1000, 'greedy'))).toEqual([
      'new',
      'new',
      'full',
      'full',
    ])
    expect(bytes.record(long(0), 1000, 'modest')).toBe('new')
  })

  it('are of all clients together', () => {
    const { record, store } = storeOf({ maximumBytes: 5000 })
    const outcomes = ['one', 'two', 'three'].map((client) => record('x'.repeat(1000), 1000, client))
    expect([outcomes, store.size]).toEqual([['new', 'new', 'full'], 2])
  })

  it('are given back to the client', () => {
    const { record, pass } = storeOf({ maximumBytes: 10_000, clientShare: 0.25 })
    record('kept', 1_000_000)
    for (let round = 0; round < 5; round++) {
      expect(record(`${round}`.padEnd(1000, 'x'), round * 10_000 + 1000)).toBe('new')
      pass(10_000)
    }
  })

  it('hold for a use as well: too long an id is refused before anything is remembered', async () => {
    const { record, store } = storeOf()
    for (const jti of ['x'.repeat(1025), '', 'a\n'])
      await failure('ERR_SSO_JWT_INVALID_INPUT', () => record(jti, 1000))
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => record('a', Number.NaN))
    expect([store.size, store.sizeBytes]).toEqual([0, 0])
  })

  it('are given back in full', () => {
    const { record, pass, store } = storeOf({ capacity: 1 })
    record('a', 1000, 'one')
    pass(5000)
    expect(record('b', 9000, 'other')).toBe('new')
    expect(store.sizeBytes).toBe(2 * ('b'.length + 'other'.length) + 160)
  })
})

describe('beside a list without bounds', () => {
  it('it differs by refusals when full alone', () => {
    const step = fc.record({
      jti: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      clientId: fc.constantFrom('one', 'two'),
      life: fc.integer({ min: 1, max: 9 }),
      pass: fc.nat(4),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, capacity) => {
        const { record, pass, clock, store } = storeOf({ capacity })
        const live = new Map<string, number>()
        for (const { jti, clientId, life, pass: seconds } of steps) {
          pass(seconds * 1000)
          for (const [key, until] of live) if (until <= clock.nowMs) live.delete(key)
          const key = `${clientId} ${jti}`
          const expected = live.has(key) ? 'seen' : live.size >= capacity ? 'full' : 'new'
          expect(record(jti, clock.nowMs + life * 1000, clientId)).toBe(expected)
          if (expected === 'new') live.set(key, clock.nowMs + life * 1000)
          expect(store.size).toBeLessThanOrEqual(capacity)
        }
      }),
    )
  })
})

it.each<[string, unknown]>([
  ['capacity', 0],
  ['capacity', 1.5],
  ['capacity', '5'],
  ['maximumBytes', -1],
  ['clientShare', 0],
  ['clientShare', 1.1],
  ['clientShare', Number.NaN],
  ['monotonicNow', 5],
])('refuses %s %o', async (name, value) => {
  const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => createReplayStore({ [name]: value }))
  expect(error.message).toContain(name)
})
