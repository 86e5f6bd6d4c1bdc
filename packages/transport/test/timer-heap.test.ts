import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '../src/clock.ts'
import { type Timer, Timers, timersOf } from '../src/timer-heap.ts'
import { VirtualClock } from './support/virtual-clock.ts'

test('ten thousand timers are one timer of the runtime', async () => {
  const clock = new VirtualClock()
  const timers = new Timers(clock)
  let fired = 0
  for (let index = 0; index < 10_000; index += 1) {
    timers.after(index, () => {
      fired += 1
    })
  }
  expect(timers.size).toBe(10_000)
  expect(clock.pending).toBe(1)
  await clock.advance(4_999)
  expect(fired).toBe(5_000)
  expect(clock.pending).toBe(1)
  await clock.advance(5_000)
  expect([fired, timers.size, clock.pending]).toEqual([10_000, 0, 0])
})

test('whatever is set and cancelled, and when: each fires at its time, cancelled ones never', async () => {
  const step = fc.record({
    advanceMs: fc.integer({ min: 0, max: 50 }),
    delays: fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 8 }),
    cancel: fc.array(fc.nat(), { maxLength: 4 }),
  })
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    const waiting: { timer: Timer; dueAtMs: number; firedAtMs: number | undefined; cancelled: boolean }[] = []
    for (const { advanceMs, delays, cancel } of steps) {
      for (const delayMs of delays) {
        const one = {
          dueAtMs: clock.now() + delayMs,
          firedAtMs: undefined as number | undefined,
          cancelled: false,
        }
        const timer = timers.after(delayMs, () => {
          Object.assign(entry, { firedAtMs: clock.now() })
        })
        const entry = Object.assign(one, { timer })
        waiting.push(entry)
      }
      for (const index of cancel) {
        const entry = waiting[index % Math.max(1, waiting.length)]
        if (entry !== undefined && entry.firedAtMs === undefined) {
          timers.cancel(entry.timer)
          entry.cancelled = true
        }
      }
      await clock.advance(advanceMs)
      for (const entry of waiting) {
        const expected = entry.cancelled || entry.dueAtMs > clock.now() ? undefined : entry.dueAtMs
        expect(entry.firedAtMs).toBe(expected)
      }
    }
  })
  await fc.assert(property, { numRuns: 100, seed: 8 })
})

test('a callback that throws loses nobody else', async () => {
  const clock = new VirtualClock()
  const timers = new Timers(clock)
  let fired = false
  timers.after(1, () => {
    throw new Error('from a callback')
  })
  timers.after(1, () => {
    fired = true
  })
  await expect(clock.advance(1)).rejects.toThrow('from a callback')
  await clock.advance(0)
  expect(fired).toBe(true)
})

test.each([3_600_000, -3_600_000, 2_000, -2_000])(
  'a wall clock set by %d ms makes no wait longer or shorter',
  async (byMs) => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    const fired: string[] = []
    timers.after(10_000, () => fired.push('before'))
    clock.set(clock.now() + byMs)
    timers.after(10_000, () => fired.push('after'))
    await clock.advance(9_999)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect(fired).toEqual(['before', 'after'])
  },
)

test('without a monotonic reading, a wall clock set back stops nothing, and one set forth is noticed within a minute', async () => {
  const clock = new VirtualClock()
  const timers = new Timers(methodsOf(clock))
  let fired = 0
  const count = (): void => {
    fired += 1
  }
  timers.after(10_000, count)
  clock.set(clock.now() - 3_600_000)
  await clock.advance(20_000)
  expect(fired).toBe(1)
  timers.after(8 * 3_600_000, count)
  clock.set(clock.now() + 9 * 3_600_000)
  await clock.advance(60_000)
  expect(fired).toBe(2)
})

test('delays that are no numbers, and a clock that answers with none, stop nobody else', async () => {
  const clock = new VirtualClock()
  const timers = new Timers(clock)
  const fired: string[] = []
  timers.after(Number.NaN, () => fired.push('nonsense'))
  timers.after(Number.POSITIVE_INFINITY, () => fired.push('never'))
  timers.after(Number.NEGATIVE_INFINITY, () => fired.push('at once'))
  for (const delayMs of [30_000, 10_000, 20_000]) timers.after(delayMs, () => fired.push(String(delayMs)))
  await clock.advance(30_000)
  expect(fired).toEqual(['at once', '10000', '20000', '30000'])
  await clock.advance(30_000)
  expect(fired.at(-1)).toBe('nonsense')
  let broken = false
  const odd = new Timers({
    ...methodsOf(clock),
    monotonicNow: () => (broken ? Number.NaN : clock.monotonicNow()),
  })
  odd.after(1_000, () => fired.push('odd'))
  broken = true
  await clock.advance(500)
  broken = false
  await clock.advance(60_000)
  expect(fired.at(-1)).toBe('odd')
})

test('the runtime may end while timers wait, unless somebody waits for them', () => {
  const held: boolean[] = []
  const handle = { ref: () => held.push(true), unref: () => held.push(false) }
  const clock: Clock = { now: () => 0, setTimeout: () => handle, clearTimeout: () => undefined }
  const timers = new Timers(clock)
  timers.after(10, () => undefined)
  expect(held.at(-1)).toBe(false)
  timers.hold()
  timers.hold()
  expect(held.at(-1)).toBe(true)
  timers.after(5, () => undefined)
  expect(held.at(-1)).toBe(true)
  timers.letGo()
  expect(held.at(-1)).toBe(true)
  timers.letGo()
  expect(held.at(-1)).toBe(false)
})

test('a clock has one set of timers', () => {
  const clock = new VirtualClock()
  expect(timersOf(clock)).toBe(timersOf(clock))
  expect(timersOf()).toBe(timersOf())
  expect(timersOf(clock)).not.toBe(timersOf())
})

function methodsOf({ now, setTimeout, clearTimeout }: VirtualClock): Clock {
  return { now, setTimeout, clearTimeout }
}
