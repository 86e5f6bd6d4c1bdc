import { AsyncLocalStorage } from 'node:async_hooks'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isTransportError } from '../src/errors.ts'
import { createHarness, failureOf } from './support/harness.ts'
import { settle } from './support/virtual-clock.ts'

const request = { method: 'GET', url: '/a' }

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a streamed response', () => {
  it('is handed out before its body is there', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200, { 'x-a': '1' })
    })
    const response = await transport.stream(request)
    expect([response.status, response.headers.get('x-a')]).toEqual([200, '1'])
    const text = textOf(response.body)
    dispatcher.last.data('ab')
    await settle()
    dispatcher.last.data('cd')
    dispatcher.last.end()
    expect(await text).toBe('abcd')
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('is decompressed as it comes: %s', async (coding, compress) => {
    const text = 'tick '.repeat(50_000)
    const { transport } = createHarness((exchange) =>
      exchange.reply(200, compress(text), { 'content-encoding': coding }),
    )
    expect(await textOf((await transport.stream(request)).body)).toBe(text)
  })

  it('stops the server while its reader is slow, and that is no timeout', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
    })
    const { body } = await transport.stream(request)
    dispatcher.last.data('x'.repeat(100_000))
    await clock.advance(3_600_000)
    expect([dispatcher.last.paused, dispatcher.last.aborted]).toEqual([true, undefined])
    const reading = textOf(body)
    await settle()
    expect(dispatcher.last.paused).toBe(false)
    dispatcher.last.end()
    expect(await reading).toHaveLength(100_000)
  })

  it('that stalls ends with a timeout', async () => {
    const { transport, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
      exchange.data('a')
    })
    const { body } = await transport.stream(request)
    expect(await clock.until(failureOf(textOf(body)))).toMatchObject({
      code: 'ERR_TRANSPORT_TIMEOUT',
      sent: 'yes',
    })
    expect(clock.pending).toBe(0)
  })

  it('may take longer than a call as a whole', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
    })
    const { body } = await transport.stream(request)
    const reading = textOf(body)
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(20_000)
      dispatcher.last.data('x')
    }
    dispatcher.last.end()
    expect(await reading).toBe('xxxxxxxxxx')
  })

  it.each([
    ['the connection breaks', 'UND_ERR_SOCKET', 'ERR_TRANSPORT_UNREACHABLE'],
    ['it ends before its length', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ERR_TRANSPORT_UNREACHABLE'],
  ])('fails with a typed error when %s', async (_, failure, code) => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
      exchange.data('a')
    })
    const { body } = await transport.stream(request)
    const reading = failureOf(textOf(body))
    await settle()
    dispatcher.last.fail(failure)
    expect((await reading).code).toBe(code)
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['broken compression', Buffer.from('plain'), 'ERR_TRANSPORT_BAD_RESPONSE'],
    ['compression cut short', gzipSync('x'.repeat(1_000)).subarray(0, 15), 'ERR_TRANSPORT_BAD_RESPONSE'],
    ['a bomb', gzipSync('x'.repeat(1_000_000)), 'ERR_TRANSPORT_TOO_LARGE'],
  ])('fails with a typed error: %s', async (_, body, code) => {
    const { transport } = createHarness((exchange) =>
      exchange.reply(200, body, { 'content-encoding': 'gzip' }),
    )
    const response = await transport.stream({ ...request, maxResponseBytes: 10_000 })
    expect((await failureOf(textOf(response.body))).code).toBe(code)
  })

  it('is not bounded unless a bound is given', async () => {
    const { transport } = createHarness((exchange) => exchange.reply(200, 'x'.repeat(9_000)), {
      maxResponseBytes: 1_000,
    })
    expect(await textOf((await transport.stream(request)).body)).toHaveLength(9_000)
    const bounded = await transport.stream({ ...request, maxResponseBytes: 1_000 }).then(
      (response) => failureOf(textOf(response.body)),
      (error) => error,
    )
    expect(bounded.code).toBe('ERR_TRANSPORT_TOO_LARGE')
  })

  it('that its reader leaves frees the connection', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
      exchange.data('a')
    })
    const { body } = await transport.stream(request)
    for await (const _ of body) break
    await settle()
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
    expect(clock.pending).toBe(0)
  })

  it.each(['abort', 'close'])('ends with %s, also if nobody listens', async (how) => {
    const controller = new AbortController()
    const { transport, dispatcher, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200)
    })
    const { body } = await transport.stream({ ...request, signal: controller.signal })
    if (how === 'abort') controller.abort()
    else await transport.close()
    await settle()
    expect(body.destroyed && isTransportError(body.errored)).toBe(true)
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
    expect(clock.pending).toBe(0)
  })

  it('that is a refusal is an error like any other, and repeated like any other', async () => {
    const { transport, clock } = createHarness((exchange, number) =>
      exchange.reply(number === 1 ? 503 : 404, '{"error":"gone"}'),
    )
    const error = await clock.until(failureOf(transport.stream(request)))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_REQUEST_REFUSED', serverMessage: 'gone', attempts: 2 })
  })

  it('of another status can be read when errors are not wanted', async () => {
    const { transport } = createHarness((exchange) => exchange.reply(404, 'nothing'))
    const response = await transport.stream({ ...request, throwHttpErrors: false })
    expect([response.status, await textOf(response.body)]).toEqual([404, 'nothing'])
  })

  it.each([
    ['200 without a body', 200, {}, {}],
    ['204', 204, {}, {}],
    ['200 of nothing in gzip', 200, { 'content-encoding': 'gzip' }, {}],
    ['404 without a body', 404, {}, { throwHttpErrors: false }],
  ])('of nothing ends at once: %s', async (_, status, headers, options) => {
    const { transport } = createHarness((exchange) => exchange.reply(status, '', headers))
    const { body } = await transport.stream({ ...request, ...options })
    expect(await textOf(body)).toBe('')
  })

  it.each([
    ['plain', {}, Buffer.from('a')],
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync('a')],
  ])('that its reader destroys has the reader’s own error: %s', async (_, headers, piece) => {
    const own = new TypeError('the reader’s own')
    const { transport, dispatcher } = createHarness((exchange) => {
      exchange.start()
      exchange.head(200, headers)
      exchange.data(piece)
    })
    const { body } = await transport.stream(request)
    const closed = new Promise((resolve) => body.once('error', resolve))
    body.destroy(own)
    expect(await closed).toBe(own)
    expect(body.errored).toBe(own)
    await settle()
    expect(dispatcher.last.aborted).toBeInstanceOf(Error)
  })

  it.each([
    ['data', 'end', 'close'],
    ['data', 'error', 'close'],
  ] as const)('tells its listeners in the context of whoever asked for it: %s, %s, %s', async (...names) => {
    const context = new AsyncLocalStorage<string>()
    const heard: string[] = []
    const { transport, dispatcher } = createHarness((exchange) =>
      context.run('of the socket', () => {
        exchange.start()
        exchange.head(200)
      }),
    )
    await context.run('of the caller', async () => {
      const { body } = await transport.stream(request)
      for (const name of names) body.on(name, () => heard.push(`${name} ${context.getStore()}`))
    })
    await settle()
    context.run('of the socket', () => {
      dispatcher.last.data('a')
      if (names[1] === 'end') dispatcher.last.end()
      else dispatcher.last.fail('UND_ERR_SOCKET')
    })
    await settle()
    await settle()
    expect(heard.length).toBeGreaterThan(1)
    expect(heard.filter((line) => !line.endsWith(' of the caller'))).toEqual([])
    expect(heard).toContain(`${names[1]} of the caller`)
  })
})
