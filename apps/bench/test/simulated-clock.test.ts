import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../src/simulated-clock.ts'

describe('SimulatedClock', () => {
  it('fires what is due, once, and counts what waits', async () => {
    const clock = new SimulatedClock()
    const start = clock.now()
    const fired: number[] = []
    clock.setTimeout(() => fired.push(clock.now() - start), 1000)
    clock.setTimeout(() => fired.push(clock.now() - start), 2100)
    clock.clearTimeout(clock.setTimeout(() => fired.push(-1), 1500))
    expect(clock.timers).toBe(2)
    await clock.advance(1500)
    expect(fired).toEqual([1000])
    await clock.advance(1000)
    expect(fired).toEqual([1000, 2250])
    expect(clock.timers).toBe(0)
    expect(clock.now() - start).toBe(2500)
  })
})
