import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNonceStore, type NonceUse } from '../src/server.ts'

function use(nonce: string, more: Partial<NonceUse> = {}): NonceUse {
  return { consumerKey: 'k', token: 't', timestampSeconds: 1000, nonce, expiresAtMs: 1_301_000, ...more }
}

function at(timestampSeconds: number, more: Partial<NonceUse> = {}): NonceUse {
  return use('n', { timestampSeconds, expiresAtMs: (timestampSeconds + 301) * 1000, ...more })
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
      use('n', { consumerKey: '1 1', token: 'k' }),
    ]
    expect(uses.map((one) => store.record(one, 1_000_000))).toEqual(uses.map(() => 'new'))
    expect(uses.map((one) => store.record(one, 1_000_000))).toEqual(uses.map(() => 'seen'))
    expect(store.size).toBe(uses.length)
  })

  test('the moment of expiry is no part of what is unique, and the latest counts', () => {
    const store = createNonceStore({ capacity: 1, capacityPerClient: 1 })
    expect(store.record(use('n', { expiresAtMs: 1_011_000 }), 1_000_000)).toBe('new')
    expect(store.record(use('n', { expiresAtMs: 1_301_000 }), 1_000_000)).toBe('seen')
    expect(store.record(at(1200), 1_200_000)).toBe('full')
    expect(store.record(use('n'), 1_200_000)).toBe('seen')
  })

  test('when full it refuses rather than forget, until something expires', () => {
    const store = createNonceStore({ capacity: 2, capacityPerClient: 2 })
    const [a, b] = [at(1000), at(1100)]
    expect([store.record(a, 1_000_000), store.record(b, 1_000_000)]).toEqual(['new', 'new'])
    expect(store.record(at(1150), 1_300_000)).toBe('full')
    expect(store.record(a, 1_300_000)).toBe('seen')
    expect(store.record(at(1200), 1_301_000)).toBe('new')
    expect([store.record(a, 1_301_000), store.record(b, 1_301_000)]).toEqual(['seen', 'seen'])
    expect(store.size).toBe(2)
  })

  test('what it has forgotten, and all that is as old, is refused', () => {
    const store = createNonceStore({ capacity: 1, capacityPerClient: 1 })
    store.record(at(1000), 1_000_000)
    expect(store.record(at(5000), 5_000_000)).toBe('new')
    for (const timestampSeconds of [999, 1000]) {
      expect(store.record(at(timestampSeconds, { nonce: 'other' }), 1_000_000)).toBe('seen')
    }
  })

  test('a clock that jumps forth and back brings nothing back and locks nobody out', () => {
    const store = createNonceStore()
    const early = at(1000)
    const jumped = at(1_000_000)
    expect(store.record(early, 1_000_000)).toBe('new')
    expect(store.record(jumped, 1_000_000_000)).toBe('new')
    expect(store.record(early, 1_001_000)).toBe('seen')
    expect(store.record(at(1000, { nonce: 'later' }), 1_001_000)).toBe('new')
    expect(store.record(jumped, 1_000_000_000)).toBe('seen')
  })

  test('one client fills nobody else’s place', () => {
    const store = createNonceStore({ capacity: 8 })
    const outcomes = Array.from({ length: 5 }, (_, index) => store.record(use(`${index}`), 1_000_000))
    expect(outcomes).toEqual(['new', 'new', 'full', 'full', 'full'])
    expect(store.record(use('0', { consumerKey: 'other' }), 1_000_000)).toBe('new')
  })

  test('a client whose uses have expired has its place again', () => {
    const store = createNonceStore({ capacity: 8 })
    for (const round of [0, 1, 2, 3]) {
      const seconds = 1000 + 400 * round
      expect([at(seconds), at(seconds + 1)].map((one) => store.record(one, seconds * 1000))).toEqual([
        'new',
        'new',
      ])
      expect(store.record(at(seconds + 2), seconds * 1000)).toBe('full')
    }
  })

  test('bytes are bounded too, for all and for each client', () => {
    const store = createNonceStore({ maximumBytes: 40_000 })
    const long = (nonce: string, consumerKey: string) =>
      store.record(use(nonce, { consumerKey, token: 'x'.repeat(2000) }), 1_000_000)
    expect([long('a', 'k'), long('b', 'k'), long('c', 'k')]).toEqual(['new', 'new', 'full'])
    expect(store.record(use('a', { token: 'x'.repeat(6000) }), 1_000_000)).toBe('full')
    expect(['l', 'm', 'n'].flatMap((key) => [long('a', key), long('b', key)])).not.toContain('full')
    expect([long('a', 'o'), long('b', 'o')]).toEqual(['new', 'full'])
  })

  test('no use is recorded twice and no more than its capacity remembered, whatever the clock does', () => {
    const step = fc.record({
      nonce: fc.constantFrom('a', 'b', 'c', 'd'),
      consumerKey: fc.constantFrom('k', 'l', 'm'),
      timestamp: fc.integer({ min: 90, max: 110 }),
      tolerance: fc.integer({ min: 0, max: 20 }),
      now: fc.integer({ min: 80_000, max: 140_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, capacity) => {
        const store = createNonceStore({ capacity })
        const recorded = new Set<string>()
        for (const { nonce, consumerKey, timestamp, tolerance, now } of steps) {
          if (Math.abs(timestamp - Math.floor(now / 1000)) > tolerance) continue
          const expiresAtMs = (timestamp + tolerance + 1) * 1000
          const one = use(nonce, { consumerKey, timestampSeconds: timestamp, expiresAtMs })
          if (store.record(one, now) === 'new') {
            expect(recorded.has(`${nonce} ${consumerKey} ${timestamp}`)).toBe(false)
            recorded.add(`${nonce} ${consumerKey} ${timestamp}`)
          }
          expect(store.size).toBeLessThanOrEqual(capacity)
        }
      }),
    )
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('%s is no capacity', (value) => {
    for (const name of ['capacity', 'capacityPerClient', 'maximumBytes']) {
      expect(() => createNonceStore({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'ERR_OAUTH1_INVALID_INPUT',
          message: expect.stringContaining(name),
        }),
      )
    }
  })

  test.each(['consumerKey', 'token', 'timestampSeconds', 'nonce', 'expiresAtMs'])(
    'a use without %s',
    (name) => {
      const store = createNonceStore()
      expect(() => store.record({ ...use('n'), [name]: undefined } as NonceUse, 0)).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT', message: expect.stringContaining(name) }),
      )
      expect(store.size).toBe(0)
    },
  )
})
