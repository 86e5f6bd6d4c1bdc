import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonObject, readJsonObject } from '../src/json.ts'

describe('readJsonObject', () => {
  it.each([
    ['{"a":1,"a":2}', 'duplicate-member'],
    ['{"a":1,"\\u0061":2}', 'duplicate-member'],
    ['{"x":{"a":1,"b":[{"c":1,"c":1}]}}', 'duplicate-member'],
    [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 'too-deep'],
    ['[1]', 'not-an-object'],
    ['null', 'not-an-object'],
    ['"a"', 'not-an-object'],
    ['', 'malformed'],
    ['{"a":1', 'malformed'],
    ['{"a":1}x', 'malformed'],
  ])('%s is %s', (text, defect) => {
    expect(readJsonObject(text)).toEqual({ ok: false, defect })
  })

  it('takes every object that JSON.stringify writes', () => {
    const value = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.double(), fc.array(fc.string()), fc.constant(null)),
    )
    fc.assert(
      fc.property(value, (object) => {
        const text = JSON.stringify(object)
        expect(readJsonObject(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('the same name on two levels is not twice', () => {
    expect(readJsonObject('{"a":{"a":"}:{"},"b":[{"a":1},{"a":2}]}')).toMatchObject({ ok: true })
  })
})

describe('jsonObject', () => {
  it('passes over one byte order mark, and takes nothing but an object', () => {
    expect(jsonObject('\ufeff{"a":1,"a":2}')).toEqual({ a: 2 })
    for (const text of ['\ufeff\ufeff{}', '{\ufeff}', '\ufeff', '\ufeff[]', 'null', ''])
      expect(jsonObject(text)).toBeUndefined()
  })
})
