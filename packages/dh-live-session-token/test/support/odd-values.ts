/** Values that nobody means to pass, and everybody passes some day. Made anew for each use. */
export function oddValues(): [name: string, value: unknown][] {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const revokedList = Proxy.revocable([], {})
  revokedList.revoke()
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new TypeError('an accessor throws')
      },
      has() {
        throw new TypeError('a question throws')
      },
    },
  )
  const bytes = new Uint8Array(20).fill(7)
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  return [
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['false', false],
    ['zero', 0],
    ['minus zero', -0],
    ['one', 1],
    ['minus one', -1],
    ['half', 0.5],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['the largest number', Number.MAX_VALUE],
    ['2^53', 2 ** 53],
    ['0n', 0n],
    ['-5n', -5n],
    ['a bigint of 9000 bits', 1n << 9000n],
    ['an empty text', ''],
    ['a blank', ' '],
    ['a word', 'undefined'],
    ['a text of hex', 'abcdef'],
    ['a lone surrogate', '\ud800'],
    ['control and bidirectional characters', 'a\u0000\u202e\u200b\nb'],
    ['a long text', 'x'.repeat(100_000)],
    ['a text in an object', new String('text')],
    ['a symbol', Symbol('odd')],
    ['a function', () => 'function'],
    ['a function that throws', () => raise()],
    ['an asynchronous function', async () => new Uint8Array(32)],
    ['a class', class Odd {}],
    ['an empty object', {}],
    ['an object without a prototype', Object.create(null)],
    ['an empty list', []],
    ['a list', [undefined, 1, 'x']],
    ['a list with a hole', new Array(3)],
    ['a Date', new Date(0)],
    ['an invalid Date', new Date(Number.NaN)],
    ['a Map', new Map([['status', 200]])],
    ['a Set', new Set([1])],
    ['a regular expression', /x/],
    ['an Error', new Error('odd')],
    ['a promise', Promise.resolve(new Uint8Array(32))],
    // biome-ignore lint/suspicious/noThenProperty: that is what is odd about it
    ['something with then', { then: (done: (value: unknown) => void) => done(1) }],
    ['no bytes', new Uint8Array()],
    ['bytes that were given away', givenAway(bytes.slice())],
    ['bytes whose length throws', Object.defineProperty(bytes.slice(), 'length', { get: raise })],
    ['wider numbers that call themselves bytes', calledBytes(new Uint16Array(20).fill(7))],
    ['an ArrayBuffer', new ArrayBuffer(20)],
    ['a DataView', new DataView(new ArrayBuffer(20))],
    ['wider numbers', new Uint16Array(20)],
    ['something that reveals nothing', { reveal: () => undefined }],
    ['something that reveals a number', { reveal: () => 12_345 }],
    ['something whose reveal throws', { reveal: () => raise() }],
    ['something whose reveal is no function', { reveal: 'secret' }],
    ['accessors that throw', throwing],
    ['a revoked proxy', revoked.proxy],
    ['a revoked list', revokedList.proxy],
    ['an object that throws whatever is asked', throwsAtAll({})],
    ['a list that throws whatever is asked', throwsAtAll([])],
    ['bytes that throw whatever is asked', throwsAtAll(bytes)],
    ['a function that throws whatever is asked', throwsAtAll(() => bytes)],
    ['an object in a circle', cyclic],
    ['something whose toString throws', { toString: () => raise(), valueOf: () => raise() }],
  ]
}

function givenAway(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}

function calledBytes(view: object): object {
  return Object.defineProperty(view, Symbol.toStringTag, { value: 'Uint8Array' })
}

/** Bytes that are sound, and throw where anybody asks them for more than what they hold. */
export function bytesThatThrow(bytes: Uint8Array): Uint8Array {
  const names = ['byteLength', 'byteOffset', 'buffer', 'constructor', 'slice', 'subarray', 'set', 'fill']
  for (const name of [...names, 'every', 'findIndex', Symbol.iterator, Symbol.toStringTag])
    Object.defineProperty(bytes, name, { get: raise })
  return bytes
}

function raise(): never {
  throw new RangeError('a callback throws')
}

const traps = ['get', 'has', 'apply', 'construct', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor']

function throwsAtAll(target: object): object {
  return new Proxy(target, Object.fromEntries(traps.map((name) => [name, raise])))
}
