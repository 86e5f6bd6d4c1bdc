import { runInNewContext } from 'node:vm'

/** An object that throws whatever is asked of it. */
function hostile(): object {
  const refuse = (): never => {
    throw new RangeError('asked a hostile object')
  }
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse })
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

class Money {
  readonly #amount = 5
  get amount(): number {
    return this.#amount
  }
}

const cycle: Record<string, unknown> = {}
cycle.self = cycle

/** What callers hand in by mistake or on purpose. None of it is a secret, a key or a token. */
export const oddValues: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
  ['0', 0],
  ['-1', -1],
  ['1.5', 1.5],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['2 ** 53', 2 ** 53],
  ['1e300', 1e300],
  ['a bigint', 10n],
  ['an empty text', ''],
  ['a blank', ' '],
  ['a word', 'odd'],
  ['a NUL', '\0'],
  ['a line end', 'odd\r\nheader: x'],
  ['text beyond ASCII', 'zoë😀'],
  ['a lone surrogate', '\ud800'],
  ['a long text', 'x'.repeat(70_000)],
  ['__proto__', '__proto__'],
  ['a symbol', Symbol('odd')],
  ['an empty array', []],
  ['an array', ['odd', 1]],
  ['an array with a hole', new Array(2)],
  ['an object', { odd: 1 }],
  ['an object without prototype', Object.create(null)],
  ['an object that holds itself', cycle],
  ['a Map', new Map([['odd', 1]])],
  ['an invalid Date', new Date(Number.NaN)],
  ['a class instance', new Money()],
  ['a function', () => 'odd'],
  [
    'a function that throws',
    () => {
      throw new RangeError('thrown by the caller')
    },
  ],
  ['an async function', async () => 'odd'],
  ['a promise', Promise.resolve('odd')],
  ['a promise of another realm', runInNewContext("Promise.resolve('odd')")],
  ['an object of another realm', runInNewContext('({ odd: 1 })')],
  ['no bytes', new Uint8Array()],
  ['bytes', new Uint8Array(40).fill(0x30)],
  ['an ArrayBuffer', new ArrayBuffer(8)],
  ['URLSearchParams', new URLSearchParams({ odd: '1' })],
  ['what reveals a number', { reveal: () => 42 }],
  ['what throws on reveal', { reveal: hostile, toString: hostile }],
  ['what says it is a CryptoKey', { [Symbol.toStringTag]: 'CryptoKey' }],
  ['what says it is a KeyObject', { type: 'private', export: hostile }],
  ['what says it is a JWK', { kty: 'RSA', n: 1, e: {}, d: [] }],
  ['a hostile object', hostile()],
  ['a revoked proxy', revoked()],
]

/** Every place of an argument that can be given otherwise: the argument, and what plain objects in it hold. */
export function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  const inner = isPlain
    ? Object.entries(value).flatMap(([name, member]) => placesOf(member, [...path, name]))
    : []
  return [[...path], ...inner]
}

/** A copy of an argument with one place given otherwise. */
export function replaced(value: unknown, path: readonly string[], odd: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return odd
  const object = value as Record<string, unknown>
  return { ...object, [name]: replaced(object[name], rest, odd) }
}
