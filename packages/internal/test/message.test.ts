import { describe, expect, it } from 'vitest'
import { bodyText, header, headerValues, isFormContent, isJsonContent, oneLine } from '../src/message.ts'

describe('bodyText', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text)
  const bytes = utf8('äb cdef')

  it('gives no more of a text than is asked for', () => {
    expect(bodyText({ body: 'äb cdef' }, 3)).toBe('äb')
    expect(bodyText({ body: 'äb cdef' }, 99)).toBe('äb cdef')
    expect(bodyText({ body: '' }, 99)).toBe('')
  })

  it('gives no more of bytes than is asked for, which a character may straddle', () => {
    expect(bodyText({ body: bytes }, 4)).toBe('äb')
    expect(bodyText({ body: utf8('b ä ') }, 3)).toBe('b')
    expect(bodyText({ body: bytes.subarray(2) }, 99)).toBe('b cdef')
    expect(bodyText({ body: Buffer.from(bytes) }, 99)).toBe('äb cdef')
  })

  it('ends with a whole word where it is cut, since half a secret would not be known for one', () => {
    for (const end of [' ', '\n', '>']) {
      for (const body of [`said${end}6f531f8fd316`, utf8(`said${end}6f531f8fd316`)])
        expect(bodyText({ body }, 10)).toBe('said')
    }
    expect(bodyText({ body: '6f531f8fd316' }, 10)).toBe('')
  })

  it('takes bytes by what they are, not by a method of their own', () => {
    const body = Object.assign(bytes.slice(), { subarray: () => new Uint8Array(1_000_000) })
    expect(bodyText({ body }, 4)).toBe('äb')
  })

  it('finds nothing in bytes that were given away', () => {
    const body = bytes.slice()
    structuredClone(body, { transfer: [body.buffer] })
    expect(bodyText({ body }, 99)).toBe('')
  })

  it('drops a byte order mark', () => {
    expect(bodyText({ body: Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b) }, 99)).toBe('{')
  })
})

describe('headers', () => {
  const list = { DATE: ['a', 'b'], date: 'c', Other: undefined }
  it.each([
    ["fetch's", new Headers([['Date', 'a']]), ['a']],
    ['a record of lists, in any letter case', list, ['a', 'b', 'c']],
    ['none', undefined, []],
    ['one that says null', { get: () => null }, []],
    ['one that says no text', { get: () => 7 as never }, []],
  ])('%s', (_, headers, values) => {
    expect(headerValues(headers, 'date')).toEqual(values)
    expect(header(headers, 'date')).toBe(values[0])
  })

  it('tell media types whatever their parameters', () => {
    const type = (text: string) => ({ 'Content-Type': text })
    expect(isJsonContent(type(' Application/JSON;charset=utf-8'))).toBe(true)
    expect(isJsonContent(type('application/problem+json'))).toBe(true)
    expect(isJsonContent(type('application/jsonl'))).toBe(false)
    expect(isFormContent(type('application/x-www-form-urlencoded; charset=utf-8'))).toBe(true)
    expect(isFormContent(type('application/x-www-form-urlencoded2'))).toBe(false)
    expect(isFormContent(undefined)).toBe(false)
  })
})

describe('oneLine', () => {
  it('leaves no character that breaks or turns a line', () => {
    expect(oneLine(' a\r\n\tb\u202ec\u200bd\u2028e\u3164f\u0000 ')).toBe('a b c d e f')
    expect(oneLine('\u200b\n')).toBe('')
  })

  it('ends what is too long with an ellipsis, never within a character', () => {
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300))
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`)
    expect(oneLine('abc😀def', 5)).toBe('abc…')
  })
})
