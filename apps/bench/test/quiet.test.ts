import { expect, it } from 'vitest'
import { QuietGate } from '../src/quiet.ts'

/** A probe that takes what the machine is said to take at the moment. */
function machine(): { took: number; readonly probe: () => number } {
  const state = { took: 1, probe: (): number => state.took }
  return state
}

/** Makes a machine slow until the event loop has its next turn. */
function disturb(state: { took: number }): void {
  state.took = 1.5
  setTimeout(() => {
    state.took = 1
  })
}

it('takes what ran undisturbed, once', async () => {
  const gate = new QuietGate(1000, machine().probe)
  let runs = 0
  expect(await gate.pass(async () => ++runs)).toBe(1)
  expect(gate.disturbance).toEqual({ measured: 1, repeated: 0, takenDisturbed: 0 })
})

it('does work again that was disturbed while it ran', async () => {
  const state = machine()
  const gate = new QuietGate(1000, state.probe)
  let runs = 0
  const answer = await gate.pass(async () => {
    if (++runs < 3) disturb(state)
    return runs
  })
  expect(answer).toBe(3)
  expect(gate.disturbance).toEqual({ measured: 1, repeated: 2, takenDisturbed: 0 })
})

it('waits for a quiet moment before it begins', async () => {
  const state = machine()
  const gate = new QuietGate(1000, state.probe)
  state.took = 1.5
  setTimeout(() => {
    state.took = 1.1
  }, 30)
  expect(await gate.pass(async () => state.took)).toBe(1.1)
})

it('takes work as it comes once waiting has cost what it may, and says so', async () => {
  const state = machine()
  const gate = new QuietGate(40, state.probe)
  state.took = 2
  let runs = 0
  expect(await gate.pass(async () => ++runs)).toBe(1)
  expect(await gate.pass(async () => ++runs)).toBe(2)
  expect(gate.disturbance).toEqual({ measured: 2, repeated: 0, takenDisturbed: 2 })
})

it('gives up on one piece of work after five attempts', async () => {
  const state = machine()
  const gate = new QuietGate(10_000, state.probe)
  let runs = 0
  await gate.pass(async () => {
    runs++
    disturb(state)
  })
  expect(runs).toBe(5)
  expect(gate.disturbance).toEqual({ measured: 1, repeated: 4, takenDisturbed: 1 })
})

it('measures its own work by default', async () => {
  const gate = new QuietGate(0)
  expect(await gate.pass(async () => 'done')).toBe('done')
})
