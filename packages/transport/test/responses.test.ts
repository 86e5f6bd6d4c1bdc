import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createHarness, failureOf } from './support/harness.ts'
import type { MemoryExchange } from './support/memory-dispatcher.ts'

async function get(
  body: string | Uint8Array,
  headers: Record<string, string | string[]> = {},
  maxResponseBytes?: number,
) {
  const { transport } = createHarness((exchange) => exchange.reply(200, body, headers))
  return transport.get('/a', maxResponseBytes === undefined ? {} : { maxResponseBytes })
}

describe('a response', () => {
  it('has its headers by name, in any case', async () => {
    const { headers } = await get('', { 'x-one': '1', 'x-two': ['a', 'b'] })
    expect([headers.get('X-One'), headers.get('x-two'), headers.get('x-three')]).toEqual(['1', 'a, b', null])
    expect([headers.getAll('x-two'), headers.getAll('x-none'), headers.has('X-TWO')]).toEqual([
      ['a', 'b'],
      [],
      true,
    ])
    expect([...headers]).toEqual([
      ['x-one', '1'],
      ['x-two', 'a'],
      ['x-two', 'b'],
    ])
  })

  it('has no header that JavaScript put there', async () => {
    const { headers } = await get('')
    expect([headers.get('constructor'), headers.has('__proto__')]).toEqual([null, false])
  })

  it('has its body as bytes, text and JSON', async () => {
    const response = await get('{"a":"é"}')
    expect(response.body).toEqual(new TextEncoder().encode('{"a":"é"}'))
    expect([response.text(), response.json(), response.ok, response.status]).toEqual([
      '{"a":"é"}',
      { a: 'é' },
      true,
      200,
    ])
  })

  it.each([
    ['a mark of byte order', '\ufeff{"a":1}', { a: 1 }],
    ['null', 'null', null],
  ])('has JSON with %s', async (_, body, expected) => {
    expect((await get(body)).json()).toEqual(expected)
  })

  it.each([
    ['nothing', ''],
    ['HTML', '<html>s3cret</html>'],
    ['UTF-16', Buffer.from('{"s3cret":1}', 'utf16le')],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['JSON cut short', '{"s3cret":'],
  ])('that is not JSON says so: %s', async (_, body) => {
    const response = await get(body, { 'content-type': 'application/json; charset=utf-16' })
    const read = () => response.json()
    expect(read).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_BAD_RESPONSE', sent: 'yes', status: 200 }),
    )
    expect(read).not.toThrow('s3cret')
  })

  it.each([
    ['text/plain; charset=utf-16le', Buffer.from('é', 'utf16le')],
    ['text/html;charset="ISO-8859-1"', Buffer.from('é', 'latin1')],
    ['text/plain; charset=no-such-charset', Buffer.from('é')],
    ['text/plain', Buffer.from('é')],
  ])('reads text by its charset: %s', async (type, body) => {
    expect((await get(body, { 'content-type': type })).text()).toBe('é')
  })

  it.each([
    ['gzip', gzipSync('{"a":1}')],
    ['X-GZIP', gzipSync('{"a":1}')],
    ['br', brotliCompressSync('{"a":1}')],
    ['identity', Buffer.from('{"a":1}')],
    ['', Buffer.from('{"a":1}')],
  ])('is decompressed: %s', async (coding, body) => {
    expect((await get(body, { 'content-encoding': coding })).json()).toEqual({ a: 1 })
  })

  it.each([
    ['what was not asked for', 'deflate', deflateSync('x')],
    ['two layers', 'gzip, gzip', gzipSync(gzipSync('x'))],
    ['what is not compressed', 'gzip', Buffer.from('plain')],
    ['what is cut short', 'gzip', gzipSync('x'.repeat(99)).subarray(0, 20)],
    ['what is cut short', 'br', brotliCompressSync('x'.repeat(99)).subarray(0, 5)],
  ])('with %s is refused: %s', async (_, coding, body) => {
    expect(await failureOf(get(body, { 'content-encoding': coding }))).toMatchObject({
      code: 'ERR_TRANSPORT_BAD_RESPONSE',
      sent: 'yes',
      status: 200,
      attempts: 1,
    })
  })

  it('asks for what it can decompress', async () => {
    const { transport, dispatcher } = createHarness()
    await transport.get('/a')
    expect(dispatcher.last.header('accept-encoding')).toBe('gzip, br')
  })

  it('is bounded, before and after decompression', async () => {
    expect((await get('x'.repeat(10), {}, 10)).body).toHaveLength(10)
    expect((await failureOf(get('x'.repeat(11), {}, 10))).code).toBe('ERR_TRANSPORT_TOO_LARGE')
    const bomb = gzipSync('x'.repeat(100_000))
    expect((await get(bomb, { 'content-encoding': 'gzip' }, 100_000)).body).toHaveLength(100_000)
    expect((await failureOf(get(bomb, { 'content-encoding': 'gzip' }, 99_999))).code).toBe(
      'ERR_TRANSPORT_TOO_LARGE',
    )
  })

  it('is not awaited to its end once it is too large', async () => {
    const { transport, dispatcher } = createHarness(
      (exchange) => {
        exchange.start()
        exchange.head(200)
        for (let chunk = 0; chunk < 100; chunk++) exchange.data('x'.repeat(1_000))
      },
      { maxResponseBytes: 5_000 },
    )
    await failureOf(transport.get('/a'))
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
  })

  it('does not begin with the informational ones before it', async () => {
    const { transport } = createHarness((exchange) => {
      exchange.start()
      exchange.head(103, { link: '</a>' })
      exchange.head(200, { 'x-final': '1' })
      exchange.end()
    })
    const response = await transport.get('/a')
    expect([response.status, response.headers.get('x-final'), response.headers.get('link')]).toEqual([
      200,
      '1',
      null,
    ])
  })

  it('with an empty body is fine, compressed or not', async () => {
    expect((await get('', { 'content-encoding': 'gzip' })).body).toHaveLength(0)
  })

  it.each([
    ['breaks off', (exchange: MemoryExchange) => exchange.fail('UND_ERR_SOCKET')],
    [
      'has the wrong length',
      (exchange: MemoryExchange) => exchange.fail('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'),
    ],
    ['never ends', (exchange: MemoryExchange) => exchange.data('x'.repeat(40_000_000))],
    ['stalls', () => undefined],
  ])('that refuses is a refusal also if its body %s: a 429 is not repeated', async (_, breakOff) => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(429, { 'retry-after': '60' })
      exchange.data('too many')
      breakOff(exchange)
    })
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error).toMatchObject({
      code: 'ERR_TRANSPORT_PACED',
      status: 429,
      retryAfterMs: 600_000,
      serverMessage: 'too many',
    })
    expect(error.response).toMatchObject({ status: 429, complete: false })
    expect([dispatcher.exchanges.length, clock.pending]).toEqual([1, 0])
  })

  it('that refuses is a refusal also if it cannot be decompressed', async () => {
    const { transport } = createHarness((exchange) =>
      exchange.reply(401, 'plain', { 'content-encoding': 'gzip' }),
    )
    const error = await failureOf(transport.get('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHENTICATED', serverMessage: undefined })
    expect(error.response?.complete).toBe(false)
    expect((await get('')).complete).toBe(true)
  })

  it('of another status is returned when errors are not wanted', async () => {
    const { transport } = createHarness((exchange) => exchange.reply(404, 'nothing here'))
    const response = await transport.get('/a', { throwHttpErrors: false })
    expect([response.status, response.ok, response.text()]).toEqual([404, false, 'nothing here'])
    const quiet = createHarness((exchange) => exchange.reply(429), { throwHttpErrors: false })
    expect((await quiet.transport.get('/a')).status).toBe(429)
  })
})
