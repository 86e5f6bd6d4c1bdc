import { expect, it } from 'vitest'
import { QuietGate, sumOf } from '../src/quiet.ts'

/** A probe that takes what the machine is said to take at the moment. */
function machine(): { took: number; readonly probe: () => number } {
  const state = { took: 1, probe: (): number => state.took }
  return state
}

/** A gate that has met this machine at its best. */
async function gateFor(state: { readonly probe: () => number }, budgetMs: number): Promise<QuietGate> {
  const gate = new QuietGate(budgetMs, state.probe)
  await gate.pass(async () => undefined)
  return gate
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
  const gate = await gateFor(state, 1000)
  state.took = 1.5
  setTimeout(() => {
    state.took = 1.1
  }, 30)
  expect(await gate.pass(async () => state.took)).toBe(1.1)
  expect(gate.disturbance).toEqual({ measured: 2, repeated: 0, takenDisturbed: 0 })
})

it('takes work as it comes once waiting has cost what it may, and says so', async () => {
  const state = machine()
  const gate = await gateFor(state, 40)
  state.took = 2
  let runs = 0
  expect(await gate.pass(async () => ++runs)).toBe(1)
  expect(await gate.pass(async () => ++runs)).toBe(2)
  expect(gate.disturbance).toEqual({ measured: 3, repeated: 0, takenDisturbed: 2 })
})

it('gives up on one piece of work after eight attempts', async () => {
  const state = machine()
  const gate = new QuietGate(10_000, state.probe)
  let runs = 0
  await gate.pass(async () => {
    runs++
    disturb(state)
  })
  expect(runs).toBe(8)
  expect(gate.disturbance).toEqual({ measured: 1, repeated: 7, takenDisturbed: 1 })
})

it('looks for the machine at its best before anything counts', async () => {
  let probes = 0
  const gate = new QuietGate(0, () => (++probes === 100 ? 1 : 1.5))
  await gate.pass(async () => undefined)
  expect(gate.disturbance).toEqual({ measured: 1, repeated: 0, takenDisturbed: 1 })
})

it('adds up how several runs went', () => {
  const one = { measured: 1, repeated: 2, takenDisturbed: 3 }
  expect(sumOf([one, { measured: 10, repeated: 20, takenDisturbed: 30 }])).toEqual({
    measured: 11,
    repeated: 22,
    takenDisturbed: 33,
  })
})

it('measures its own work by default', async () => {
  const gate = new QuietGate(0)
  expect(await gate.pass(async () => 'done')).toBe('done')
})
