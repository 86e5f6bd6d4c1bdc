import { expect, it } from 'vitest'
import { healthOf } from '../src/health.ts'

const well = { health: () => ({ ok: true, reading: true, waitingFor: undefined, remedy: undefined }) }
const waiting = { what: 'retry', untilMs: 5, why: 'refused' }
const ill = { health: () => ({ ok: false, waitingFor: waiting, remedy: 'wait' }) }

it('shows all parts with all that they tell, and is well if all of them are', () => {
  expect(healthOf({ live: well, prices: ill })).toEqual({
    ok: false,
    parts: [
      { name: 'live', ok: true, reading: true, waitingFor: undefined, remedy: undefined },
      { name: 'prices', ok: false, waitingFor: waiting, remedy: 'wait' },
    ],
  })
  expect(healthOf([well, well])).toMatchObject({ ok: true, parts: [{ name: '0' }, { name: '1' }] })
  expect(healthOf([])).toEqual({ ok: true, parts: [] })
})

it('takes a part that cannot tell for unwell, and says nothing of what it threw', () => {
  const throwing = {
    health: () => {
      throw new Error('s3cret')
    },
  }
  const parts = {
    throwing,
    nonsense: { health: () => 'fine' },
    truthy: { health: () => ({ ok: 1 }) },
  } as never
  const health = healthOf(parts)
  expect(health.ok).toBe(false)
  expect(health.parts).toMatchObject([{ ok: false }, { ok: false }, { name: 'truthy' }])
  expect(JSON.stringify(health)).not.toContain('s3cret')
  expect(healthOf([{ health: () => ({ ok: 1 }) } as never]).ok).toBe(false)
})

it.each([undefined, null, 'live', 7])('is not well of %s: nothing was asked', (parts) => {
  expect(healthOf(parts as never)).toMatchObject({ ok: false, parts: [{ name: 'parts', ok: false }] })
})
