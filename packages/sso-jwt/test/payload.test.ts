import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createSignedJwtRequest, importSigningKey, SecretText } from '../src/index.ts'
import { issueAccessToken } from '../src/server.ts'
import { failure } from './support/errors.ts'
import { newEcPair } from './support/keys.ts'
import { decodeToken } from './support/tokens.ts'

const key = await importSigningKey(newEcPair().privateKey)
const client = { clientId: 'C', clientKeyId: 'K' }
const signedFields = async (payload: object): Promise<Record<string, unknown>> => {
  const request = { method: 'POST', path: '/gw/api/v1/accounts', payload, accessToken: 'x' } as const
  const { body } = await createSignedJwtRequest(request, client, key)
  const { iss: _, iat: __, exp: ___, ...fields } = decodeToken(body).payload
  return fields
}

class Money {
  readonly #amount = 5
  get amount(): number {
    return this.#amount
  }
}

class Decimal {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
  toJSON(): string {
    return this.digits
  }
}

const withMember = Object.assign([1, 2], { total: 3 })
const cycle: { inner: object[] } = { inner: [] }
cycle.inner.push(cycle)
let deep: object = {}
for (let level = 0; level < 101; level++) deep = { deep }

describe('what JSON would lose a part of', () => {
  it.each<[string, unknown]>([
    ['a Map', new Map([['amount', 5]])],
    ['a Set', new Set([1])],
    ['an invalid Date', new Date(Number.NaN)],
    ['a hole in an array', new Array(1)],
    ['undefined in an array', [1, undefined, 3]],
    ['a function', () => 5],
    ['a function in an array', [() => 5]],
    ['a symbol', Symbol('amount')],
    ['a bigint', 5n],
    ['NaN', Number.NaN],
    ['Infinity', Number.NEGATIVE_INFINITY],
    ['a boxed number', Object(Number.NaN)],
    ['a boxed text', Object('5')],
    ['a class instance', new Money()],
    ['a regular expression', /5/],
    ['an error', new Error('5')],
    ['a promise', Promise.resolve(5)],
    ['bytes', new Uint8Array([5])],
    ['a Buffer, which writes its bytes as a list', Buffer.from([5])],
    ['an array with a member of its own', withMember],
    ['a member named by a symbol', { [Symbol('amount')]: 5 }],
    ['a member that is not enumerable', Object.defineProperty({}, 'amount', { value: 5 })],
    ['such a member of an array', Object.defineProperty([1], 'amount', { value: 5 })],
    ['a member of an array named by a symbol', Object.assign([1], { [Symbol('amount')]: 5 })],
    [
      'what it inherits without a prototype above',
      Object.create(Object.assign(Object.create(null), { amount: 5 })),
    ],
    ['what JSON writes as null', { toJSON: () => null }],
    ['what JSON leaves out', { toJSON: () => undefined }],
    ['what turns into something lost', { toJSON: () => new Map() }],
    ['what lies too deep', deep],
    ['a secret', new SecretText('5')],
    [
      'what throws',
      {
        get amount(): number {
          throw new RangeError('no')
        },
      },
    ],
  ])('is refused by its place: %s', async (_, value) => {
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      signedFields({ transfers: [{ amount: value }] }),
    )
    expect(error.message).toMatch(/^payload(?:\.transfers\[0\]\.amount| cannot be read)/)
    const claims = { csid: value }
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      issueAccessToken({ clientId: 'C', scope: 'a', claims }, key),
    )
  })

  it('is refused at once where it holds itself at many places', async () => {
    const wide: Record<string, unknown> = {}
    for (let place = 0; place < 10; place++) wide[`place${place}`] = [wide]
    for (const payload of [wide, cycle]) {
      const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => signedFields(payload))
      expect(error.message).toContain('holds itself')
    }
  })

  it('is refused by the key itself', async () => {
    const claims = { amounts: new Map([['EUR', 5]]) }
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => key.signJwt(claims, 'k'))
    expect(error.message).toMatch(/^claims\.amounts /)
  })

  it('is refused at the top as well', async () => {
    for (const payload of [new Map([['amount', 5]]), new Money(), new Date(0), [], new Array(2)])
      await failure('ERR_SSO_JWT_INVALID_INPUT', () => signedFields(payload))
  })

  it('is not named by what could be a secret', async () => {
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => signedFields({ 'Bearer abc\n': 5n }))
    expect(error.message).toBe('payload.(member) is of the type bigint, which JSON cannot carry')
  })
})

describe('what it carries whole', () => {
  it.each<[string, object, object]>([
    [
      'plain values',
      { a: 1, b: 'x', c: true, d: null, e: [[]], f: {} },
      { a: 1, b: 'x', c: true, d: null, e: [[]], f: {} },
    ],
    ['members that are left undefined', { a: undefined, b: 1 }, { b: 1 }],
    ['a Date', { when: new Date(0) }, { when: '1970-01-01T00:00:00.000Z' }],
    ['an object that says its own form', { amount: new Decimal('0.10') }, { amount: '0.10' }],
    ['that of the payload itself', { toJSON: () => ({ a: 1 }) }, { a: 1 }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['objects of another realm', runInNewContext('({ a: [{ b: 1 }] })'), { a: [{ b: 1 }] }],
    ['an object at two places', ((same) => ({ a: same, b: same }))({ c: 1 }), { a: { c: 1 }, b: { c: 1 } }],
    ['a name like any other', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', async (_, payload, fields) => {
    expect(await signedFields(payload)).toEqual(fields)
    expect(JSON.stringify(await signedFields(payload))).toBe(JSON.stringify(fields))
  })

  it('is a number written out, where the runtime knows of such', async () => {
    const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => object }
    const [digits, amount] = rawJSON ? ['9007199254740993', rawJSON('9007199254740993')] : ['5', 5]
    const request = {
      method: 'POST',
      path: '/gw/api/v1/accounts',
      payload: { amount },
      accessToken: 'x',
    } as const
    const { body } = await createSignedJwtRequest(request, client, key)
    expect(decodeToken(body).payloadText).toContain(`{"amount":${digits},`)
  })

  it('is what was checked, though a getter says something else each time', async () => {
    let reads = 0
    const payload = {
      get amount() {
        reads += 1
        return reads
      },
    }
    expect(await signedFields(payload)).toEqual({ amount: 1 })
  })

  it('has no claims of the signer, though they appear between check and signature', async () => {
    let asked = 0
    const payload = new Proxy({ a: 1 } as Record<string, unknown>, {
      ownKeys: () => {
        asked += 1
        return asked > 1 ? ['a', 'iss'] : ['a']
      },
      getOwnPropertyDescriptor: () => ({
        value: 'OTHER',
        enumerable: true,
        configurable: true,
        writable: true,
      }),
    })
    const request = { method: 'POST', path: '/gw/api/v1/accounts', payload, accessToken: 'x' } as const
    const result = createSignedJwtRequest(request, client, key).then(
      ({ body }) => decodeToken(body).payload.iss,
      (error: Error) => error.message,
    )
    expect(await result).toMatch(/^C$|"iss"/)
  })
})
