import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { settle, thenOf } from '../src/settle.ts'

function thenable(...thens: (() => unknown)[]): object {
  let read = -1
  return Object.defineProperty({}, 'then', { get: () => thens[Math.min(++read, thens.length - 1)]?.() })
}

function fail(): never {
  throw new Error('not for you')
}

describe('an answer is settled', () => {
  test.each([undefined, null, 0, '', 'text', true, 1n, Symbol.iterator, () => 1])(
    'as it is where it is no promise: %s',
    async (answer) => {
      expect(await settle(answer)).toEqual({ ok: true, value: answer })
    },
  )

  test('with what a promise of any realm gives', async () => {
    expect(await settle(Promise.resolve(7))).toEqual({ ok: true, value: 7 })
    expect(await settle(runInNewContext('(async () => 7)()'))).toEqual({ ok: true, value: 7 })
    await expect(settle(Promise.reject(new Error('database down')))).rejects.toThrow('database down')
  })

  test('with its then read once', async () => {
    expect(await settle(thenable(() => undefined, fail))).toMatchObject({ ok: true })
    const once = thenable(() => (resolve: (value: unknown) => void) => resolve(7), fail)
    expect(await settle(once)).toEqual({ ok: true, value: 7 })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const answer of [thenable(fail), proxy]) {
      expect(thenOf(answer)).toEqual({ ok: false })
      expect(await settle(answer)).toEqual({ ok: false })
    }
  })
})
