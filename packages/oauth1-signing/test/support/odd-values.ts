const sparse: unknown[] = []
sparse[3] = 'x'

/** What callers without a type checker hand in, by what it is. */
export const oddValues: readonly (readonly [what: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['minus zero', -0],
  ['minus one', -1],
  ['a fraction', 1.5],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a number beyond integers', 2 ** 60],
  ['a bigint', 10n],
  ['a symbol', Symbol('odd')],
  ['an empty text', ''],
  ['a space', ' '],
  ['a line break', 'a\r\nb: c'],
  ['NUL', 'a\0'],
  ['half a surrogate pair', '\ud800'],
  ['a text beyond ASCII', 'é日😀'],
  ['a text that looks like a number', '1e3'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['a long text', 'x'.repeat(70_000)],
  ['a broken escape', '%zz'],
  ['a String object', Object('text')],
  ['a Number object', Object(7)],
  ['an empty object', {}],
  ['an object without prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ a: 1 })],
  ['an object of numbers', { consumerKey: 1, method: 2, url: 3 }],
  // biome-ignore lint/suspicious/noThenProperty: that is what is odd about it
  ['an object with a then', { then: 'soon' }],
  ['reveals nothing', { reveal: () => undefined }],
  ['reveals a number', { reveal: () => 7 }],
  ['reveal is no function', { reveal: 'secret' }],
  ['an empty list', []],
  ['a list of texts', ['a', 'b']],
  ['a list with holes', sparse],
  ['a list of pairs', [['a', 'b']]],
  ['a Map', new Map([['a', 'b']])],
  ['a Set', new Set(['a'])],
  ['a Date', new Date(0)],
  ['an invalid Date', new Date(Number.NaN)],
  ['a regular expression', /x/],
  ['an Error', new Error('odd')],
  ['a promise', Promise.resolve('text')],
  ['no bytes', new Uint8Array()],
  ['some bytes', Uint8Array.from([1, 2, 3])],
  ['words', new Uint16Array([1, 2])],
  ['an ArrayBuffer', new ArrayBuffer(8)],
  ['a function', () => undefined],
]

const { proxy, revoke } = Proxy.revocable({}, {})
revoke()
const revokedList = Proxy.revocable([], {})
revokedList.revoke()

const fail = (): never => {
  throw new TypeError('no')
}

/** With those that throw when they are looked at. */
export const hostileValues: typeof oddValues = [
  ...oddValues,
  ['a proxy that throws', new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail })],
  ['a revoked list', revokedList.proxy],
  ['a reveal that throws when it is looked for', Object.defineProperty({}, 'reveal', { get: fail })],
  ['a revoked proxy', proxy],
  [
    'a getter that throws',
    Object.defineProperty({}, 'get', {
      get() {
        throw new TypeError('no')
      },
    }),
  ],
]
