import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNonceStore, type NonceUse } from '../src/index.ts'

function use(nonce: string, more: Partial<NonceUse> = {}): NonceUse {
  return { consumerKey: 'k', token: 't', timestampSeconds: 1000, nonce, expiresAtMs: 1_301_000, ...more }
}

describe('createNonceStore', () => {
  test('tells uses apart by consumer, token, timestamp and nonce', () => {
    const store = createNonceStore()
    const uses = [
      use('n'),
      use('m'),
      use('n', { consumerKey: 'j' }),
      use('n', { token: '' }),
      use('n', { timestampSeconds: 1001, expiresAtMs: 1_302_000 }),
      use('n', { consumerKey: 'k","t', token: '' }),
    ]
    expect(uses.map((one) => store.record(one, 1_000_000))).toEqual(uses.map(() => 'recorded'))
    expect(uses.map((one) => store.record(one, 1_000_000))).toEqual(uses.map(() => 'replayed'))
    expect(store.size).toBe(uses.length)
  })

  test('when full it refuses rather than forget, until something expires', () => {
    const store = createNonceStore({ capacity: 2 })
    expect([
      store.record(use('a'), 1_000_000),
      store.record(use('b', { expiresAtMs: 1_400_000 }), 1_000_000),
    ]).toEqual(['recorded', 'recorded'])
    expect(store.record(use('c'), 1_300_000)).toBe('full')
    expect(store.record(use('a'), 1_300_000)).toBe('replayed')
    expect(store.record(use('d', { expiresAtMs: 1_500_000 }), 1_301_000)).toBe('recorded')
    expect(store.record(use('b', { expiresAtMs: 1_400_000 }), 1_301_000)).toBe('replayed')
    expect(store.size).toBe(2)
  })

  test('a clock set back brings nothing back', () => {
    const store = createNonceStore()
    store.record(use('a'), 1_000_000)
    store.record(use('b', { expiresAtMs: 9_000_000 }), 2_000_000)
    expect(store.size).toBe(1)
    expect(store.record(use('a'), 1_000_000)).toBe('replayed')
  })

  test('no use is recorded twice and no more than its capacity remembered, whatever the clock does', () => {
    const step = fc.record({
      nonce: fc.constantFrom('a', 'b', 'c', 'd'),
      timestamp: fc.integer({ min: 90, max: 110 }),
      now: fc.integer({ min: 90_000, max: 111_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, capacity) => {
        const store = createNonceStore({ capacity })
        const recorded = new Set<string>()
        for (const { nonce, timestamp, now } of steps) {
          if (Math.abs(timestamp - Math.floor(now / 1000)) > 5) continue
          const outcome = store.record(
            use(nonce, { timestampSeconds: timestamp, expiresAtMs: (timestamp + 6) * 1000 }),
            now,
          )
          if (outcome === 'recorded') {
            expect(recorded.has(`${nonce} ${timestamp}`)).toBe(false)
            recorded.add(`${nonce} ${timestamp}`)
          }
          expect(store.size).toBeLessThanOrEqual(capacity)
        }
      }),
    )
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('capacity %d is refused', (capacity) => {
    expect(() => createNonceStore({ capacity })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
    )
  })
})
