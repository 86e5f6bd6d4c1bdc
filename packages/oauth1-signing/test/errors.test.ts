import { describe, expect, test } from 'vitest'
import { isOAuth1Error, OAuth1Error } from '../src/index.ts'

const foreign = (): Error => Object.assign(new Error('x'), { code: 'ERR_OAUTH1_INVALID_URL' })

/** Answers every question about it by throwing. */
function throwing(target: object): object {
  const refuse = (): never => {
    throw new Error('asked')
  }
  const traps = Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse])
  return new Proxy(target, Object.fromEntries(traps))
}

/** An error whose code changes with each reading. */
function fickle(codes: readonly unknown[]): { readonly error: Error; readonly readings: () => number } {
  let readings = 0
  const error = Object.defineProperty(new Error('x'), 'code', { get: () => codes[readings++] })
  return { error, readings: () => readings }
}

const revoked = Proxy.revocable(new OAuth1Error('ERR_OAUTH1_INVALID_KEY', 'x'), {})
revoked.revoke()

const errors: readonly (readonly [string, unknown])[] = [
  ['one of its own', new OAuth1Error('ERR_OAUTH1_INVALID_KEY', 'x')],
  ['one of another installed copy', foreign()],
  ['one behind a proxy that lets everything through', new Proxy(foreign(), {})],
]

const others: readonly (readonly [string, unknown])[] = [
  ['another error', new Error('x')],
  ['an error with a code of somebody else', Object.assign(new Error('x'), { code: 'ENOENT' })],
  [
    'an error with a code that is a list of one',
    Object.assign(new Error('x'), { code: ['ERR_OAUTH1_INVALID_URL'] }),
  ],
  ['a record with such a code', { code: 'ERR_OAUTH1_INVALID_KEY' }],
  ['such a code', 'ERR_OAUTH1_INVALID_KEY'],
  ['null', null],
  ['undefined', undefined],
  ['an error behind a proxy that throws at every question', throwing(foreign())],
  ['a function behind such a proxy', throwing(() => undefined)],
  ['an error behind a proxy that was revoked', revoked.proxy],
  [
    'an error whose code cannot be read',
    Object.defineProperty(new Error('x'), 'code', { get: () => throwing({}).toString() }),
  ],
]

describe('isOAuth1Error', () => {
  test.each(errors)('says yes to %s', (_, value) => {
    expect(isOAuth1Error(value)).toBe(true)
  })

  test.each(others)('says no to %s', (_, value) => {
    expect(isOAuth1Error(value)).toBe(false)
  })

  test('reads a code once, so that none is put together from two answers', () => {
    const { error, readings } = fickle(['ENOENT', ...Array(20).fill('ERR_OAUTH1_INVALID_URL')])
    expect(isOAuth1Error(error)).toBe(false)
    expect(readings()).toBe(1)
  })
})

describe('instanceof', () => {
  test.each(errors)('OAuth1Error says yes to %s', (_, value) => {
    expect(value instanceof OAuth1Error).toBe(true)
  })

  test.each(others)('OAuth1Error says no to %s', (_, value) => {
    expect(value instanceof OAuth1Error).toBe(false)
  })

  test('a class that extends it has no instances but its own', () => {
    class Narrower extends OAuth1Error {}
    const own = new Narrower('ERR_OAUTH1_INVALID_KEY', 'x')
    expect([own instanceof Narrower, own instanceof OAuth1Error]).toEqual([true, true])
    expect(errors.some(([, error]) => error instanceof Narrower)).toBe(false)
  })
})
