import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  base64FromBytes,
  base64urlFromBytes,
  bytesFromBase64,
  bytesFromBase64url,
  bytesFromHex,
  equalBytes,
  hexFromBytes,
  isBytes,
  utf8Bytes,
  utf8Text,
  utf8TextStrict,
} from '../src/bytes.ts'

const bytes = fc.uint8Array({ maxLength: 70 })

describe('bytes and texts', () => {
  it('agree with Node about hex and base64', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const node = Buffer.from(value)
        expect(hexFromBytes(value)).toBe(node.toString('hex'))
        expect(base64FromBytes(value)).toBe(node.toString('base64'))
        expect(base64urlFromBytes(value)).toBe(node.toString('base64url'))
        expect(bytesFromHex(node.toString('hex').toUpperCase())).toEqual(value)
        expect(bytesFromBase64(node.toString('base64url'))).toEqual(value)
        expect(bytesFromBase64url(node.toString('base64url'))).toEqual(value)
      }),
    )
  })

  it('know one spelling of base64url only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', 'B', '_', '-', 'z', '9', '='), maxLength: 9 }),
        (text) => {
          const value = bytesFromBase64url(text)
          if (value !== undefined) expect(base64urlFromBytes(value)).toBe(text)
        },
      ),
    )
    expect(bytesFromBase64url('AB')).toBeUndefined()
    expect(bytesFromBase64url('AA==')).toBeUndefined()
    expect(bytesFromBase64url('A A')).toBeUndefined()
  })

  it('take base64 as people paste it', () => {
    expect(bytesFromBase64(' AQ\n I=D==')).toBeUndefined()
    expect(bytesFromBase64(' AQ\n ID== ')).toEqual(Uint8Array.of(1, 2, 3))
    expect(bytesFromBase64('AQIDB')).toEqual(Uint8Array.of(1, 2, 3))
    for (const odd of [undefined, null, 7, 'a*b', 'é']) expect(bytesFromBase64(odd)).toBeUndefined()
  })

  it('refuse what is no hex', () => {
    for (const odd of ['0', '0g', '0x00', ' 00']) expect(bytesFromHex(odd)).toBeUndefined()
  })

  it('write large amounts of base64', () => {
    const large = new Uint8Array(300_000).fill(255)
    expect(base64FromBytes(large)).toBe(Buffer.from(large).toString('base64'))
  })

  it('tell malformed UTF-8', () => {
    expect(utf8TextStrict(Uint8Array.of(0xc0, 0x80))).toBeUndefined()
    expect(utf8Text(Uint8Array.of(0xc0, 0x80))).toBe('\ufffd\ufffd')
    expect(utf8TextStrict(utf8Bytes('\ufeffä€'))).toBe('\ufeffä€')
  })

  it('are told by what they are, not by what they say of themselves', () => {
    const named = (view: object, value: string) => Object.defineProperty(view, Symbol.toStringTag, { value })
    const throwing = Object.defineProperty(new Uint8Array(1), Symbol.toStringTag, {
      get: () => {
        throw new Error('no')
      },
    })
    const foreign: unknown = runInNewContext('new Uint8Array(1)')
    for (const bytes of [
      new Uint8Array(),
      Buffer.from('a'),
      foreign,
      named(new Uint8Array(1), 'X'),
      throwing,
    ])
      expect(isBytes(bytes)).toBe(true)
    const views = [new Uint16Array(1), new Uint8ClampedArray(1), new DataView(new ArrayBuffer(1))]
    const others = [...views, new ArrayBuffer(1), new Proxy(new Uint8Array(1), {}), [1], 'a', null, undefined]
    for (const other of [...others, ...views.map((view) => named(view, 'Uint8Array'))])
      expect(isBytes(other)).toBe(false)
  })

  it('compare', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
  })
})
