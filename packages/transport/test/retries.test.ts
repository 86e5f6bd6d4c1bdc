import { describe, expect, it } from 'vitest'
import { createHarness, failureOf } from './support/harness.ts'
import type { MemoryExchange } from './support/memory-dispatcher.ts'

type Script = (exchange: MemoryExchange) => void

const refused: Script = (exchange) => exchange.fail('ECONNREFUSED')
const unknownHost: Script = (exchange) => exchange.fail('ENOTFOUND')
const badCertificate: Script = (exchange) => exchange.fail('DEPTH_ZERO_SELF_SIGNED_CERT')
const tlsBroken: Script = (exchange) => exchange.fail('ERR_SSL_WRONG_VERSION_NUMBER')
const connectTimeout: Script = (exchange) => exchange.fail('UND_ERR_CONNECT_TIMEOUT')
const lost: Script = (exchange) => exchange.start() && exchange.fail('ECONNRESET')
const closed: Script = (exchange) => exchange.start() && exchange.fail('UND_ERR_SOCKET')
const cutShort: Script = (exchange) => {
  exchange.start()
  exchange.head(200)
  exchange.data('{"order":')
  exchange.fail('UND_ERR_SOCKET')
}
const notHttp: Script = (exchange) => exchange.start() && exchange.fail('HPE_INVALID_CONSTANT')
const wrongLength: Script = (exchange) => {
  exchange.start()
  exchange.head(200)
  exchange.fail('UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
}
const hugeHead: Script = (exchange) => exchange.start() && exchange.fail('UND_ERR_HEADERS_OVERFLOW')
const silent: Script = (exchange) => {
  exchange.start()
}
const never: Script = () => undefined
const stalled: Script = (exchange) => {
  exchange.start()
  exchange.head(200)
  exchange.data('{')
}
const status =
  (code: number): Script =>
  (exchange) =>
    exchange.reply(code, '{"error":"no"}')

// What happens, then for GET and for POST: code, attempts, sent, retryable.
const table: [string, Script, [string, number, string, boolean], [string, number, string, boolean]][] = [
  ['connection refused', refused, ['UNREACHABLE', 3, 'no', true], ['UNREACHABLE', 3, 'no', true]],
  ['host not found', unknownHost, ['UNREACHABLE', 3, 'no', true], ['UNREACHABLE', 3, 'no', true]],
  ['TLS broken', tlsBroken, ['UNREACHABLE', 3, 'no', true], ['UNREACHABLE', 3, 'no', true]],
  ['certificate refused', badCertificate, ['UNREACHABLE', 1, 'no', false], ['UNREACHABLE', 1, 'no', false]],
  ['connecting takes too long', connectTimeout, ['TIMEOUT', 3, 'no', true], ['TIMEOUT', 3, 'no', true]],
  ['no connection in time', never, ['TIMEOUT', 3, 'no', true], ['TIMEOUT', 3, 'no', true]],
  ['reset after sending', lost, ['UNREACHABLE', 3, 'maybe', true], ['AMBIGUOUS', 1, 'maybe', false]],
  ['closed after sending', closed, ['UNREACHABLE', 3, 'maybe', true], ['AMBIGUOUS', 1, 'maybe', false]],
  ['no reply in time', silent, ['TIMEOUT', 2, 'maybe', true], ['AMBIGUOUS', 1, 'maybe', false]],
  ['closed within the body', cutShort, ['UNREACHABLE', 3, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
  ['body stalls', stalled, ['TIMEOUT', 2, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
  ['reply is not HTTP', notHttp, ['BAD_RESPONSE', 1, 'maybe', false], ['AMBIGUOUS', 1, 'maybe', false]],
  [
    'body shorter than its length',
    wrongLength,
    ['UNREACHABLE', 3, 'yes', true],
    ['AMBIGUOUS', 1, 'yes', false],
  ],
  ['head too large', hugeHead, ['TOO_LARGE', 1, 'maybe', false], ['AMBIGUOUS', 1, 'maybe', false]],
  ['301', status(301), ['REDIRECT', 1, 'yes', false], ['REDIRECT', 1, 'yes', false]],
  ['400', status(400), ['REQUEST_REFUSED', 1, 'yes', false], ['REQUEST_REFUSED', 1, 'yes', false]],
  ['401', status(401), ['UNAUTHENTICATED', 1, 'yes', false], ['UNAUTHENTICATED', 1, 'yes', false]],
  ['403', status(403), ['FORBIDDEN', 1, 'yes', false], ['FORBIDDEN', 1, 'yes', false]],
  ['408', status(408), ['REQUEST_REFUSED', 3, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
  ['429', status(429), ['PACED', 1, 'yes', false], ['PACED', 1, 'yes', false]],
  ['500', status(500), ['SERVER_ERROR', 1, 'yes', false], ['SERVER_ERROR', 1, 'yes', false]],
  ['501', status(501), ['SERVER_ERROR', 1, 'yes', false], ['SERVER_ERROR', 1, 'yes', false]],
  ['502', status(502), ['SERVER_ERROR', 3, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
  ['503', status(503), ['SERVER_ERROR', 3, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
  ['504', status(504), ['SERVER_ERROR', 3, 'yes', true], ['AMBIGUOUS', 1, 'yes', false]],
]

describe('what follows a failure', () => {
  const cases = table.flatMap(([what, script, get, post]) => [
    { what, script, method: 'GET', expected: get },
    { what, script, method: 'HEAD', expected: get },
    { what, script, method: 'OPTIONS', expected: get },
    { what, script, method: 'POST', expected: post },
    { what, script, method: 'PUT', expected: post },
    { what, script, method: 'PATCH', expected: post },
    { what, script, method: 'DELETE', expected: post },
  ])
  it.each(cases)('$what, $method', async ({ script, method, expected }) => {
    const { transport, dispatcher, clock } = createHarness(script)
    const error = await clock.until(
      failureOf(transport.request({ method, url: '/iserver/account/U1/orders' })),
    )
    const [code, attempts, sent, retryable] = expected
    expect([error.code, error.attempts, error.sent, error.retryable]).toEqual([
      `ERR_TRANSPORT_${code}`,
      attempts,
      sent,
      retryable,
    ])
    expect(dispatcher.exchanges).toHaveLength(attempts)
    expect(error).toMatchObject({ method, path: '/v1/api/iserver/account/U1/orders' })
    expect(error.message).toContain(`${method} /v1/api/iserver/account/U1/orders`)
    expect(clock.pending).toBe(0)
  })

  it.each(table)("by the caller's word a POST is repeated like a GET: %s", async (_, script, get) => {
    const { transport, clock } = createHarness(script)
    const error = await clock.until(failureOf(transport.post('/a', { idempotent: true })))
    expect([error.code, error.attempts, error.sent, error.retryable]).toEqual([
      `ERR_TRANSPORT_${get[0]}`,
      ...get.slice(1),
    ])
  })

  it.each(table)("by the caller's word a GET is treated like a POST: %s", async (_, script, __, post) => {
    const { transport, clock } = createHarness(script)
    const error = await clock.until(failureOf(transport.get('/a', { idempotent: false })))
    expect([error.code, error.attempts, error.sent, error.retryable]).toEqual([
      `ERR_TRANSPORT_${post[0]}`,
      ...post.slice(1),
    ])
  })

  it('tells whoever sent something ambiguous what to do', async () => {
    const { transport, clock } = createHarness(lost)
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error.message).toContain('ask for the state before sending it again')
  })
})

describe('repeats', () => {
  it('succeed when the failure passes', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange, number) =>
      number < 3 ? exchange.reply(503) : exchange.reply(200, '{"ok":true}'),
    )
    const response = await clock.until(transport.get('/a'))
    expect([response.json(), dispatcher.exchanges.length]).toEqual([{ ok: true }, 3])
  })

  it('deliver an order that never left the machine', async () => {
    const { transport, dispatcher, clock } = createHarness((exchange, number) =>
      number < 3 ? exchange.fail('ECONNREFUSED') : exchange.reply(200),
    )
    await clock.until(transport.post('/a', { json: { side: 'BUY' } }))
    expect(dispatcher.exchanges.map(({ written }) => written)).toEqual([false, false, true])
    expect(dispatcher.last.request.body).toBe('{"side":"BUY"}')
  })

  it('wait longer each time, never longer than the limit', async () => {
    const times: number[] = []
    const { transport, clock } = createHarness(
      (exchange) => {
        times.push(clock.now())
        exchange.reply(503)
      },
      { retry: { limit: 6, baseDelayMs: 100, maxDelayMs: 1_000 } },
    )
    await clock.until(failureOf(transport.get('/a')))
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    expect(waits).toEqual([99, 199, 399, 799, 999, 999])
  })

  it('are jittered over the whole wait', async () => {
    const times: number[] = []
    const { transport, clock } = createHarness(
      (exchange) => {
        times.push(clock.now())
        exchange.reply(503)
      },
      { random: () => 0 },
    )
    await clock.until(failureOf(transport.get('/a')))
    expect(new Set(times).size).toBe(1)
  })

  it('wait as long as the server asks', async () => {
    const { transport, clock } = createHarness((exchange, number) =>
      number === 1 ? exchange.reply(503, '', { 'retry-after': '5' }) : exchange.reply(200),
    )
    const startMs = clock.now()
    await clock.until(transport.get('/a'))
    expect(clock.now() - startMs).toBe(5_000)
  })

  it('do not happen when the server asks for longer than the limit', async () => {
    const { transport, clock } = createHarness((exchange) =>
      exchange.reply(503, '', { 'retry-after': '600' }),
    )
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error).toMatchObject({ attempts: 1, retryAfterMs: 600_000 })
  })

  it("read a date in Retry-After by the server's own clock", async () => {
    const { transport, clock } = createHarness((exchange) =>
      exchange.reply(503, '', {
        date: new Date(clock.now() + 3_600_000).toUTCString(),
        'retry-after': new Date(clock.now() + 3_600_000 + 60_000).toUTCString(),
      }),
    )
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error.retryAfterMs).toBeGreaterThan(58_000)
    expect(error.retryAfterMs).toBeLessThan(62_000)
  })

  it('do not happen when there is no time left for them', async () => {
    const { transport, clock } = createHarness((exchange) => exchange.reply(503), {
      timeouts: { totalMs: 200 },
      retry: { baseDelayMs: 1_000 },
    })
    const error = await clock.until(failureOf(transport.get('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_SERVER_ERROR', attempts: 1, elapsedMs: 0 })
  })

  it('can be forbidden, for a request or for all', async () => {
    const one = createHarness(refused)
    expect((await one.clock.until(failureOf(one.transport.get('/a', { retryLimit: 0 })))).attempts).toBe(1)
    const all = createHarness(refused, { retry: { limit: 0 } })
    expect((await all.clock.until(failureOf(all.transport.get('/a')))).attempts).toBe(1)
  })

  it('stop for an origin that is down: its budget is shared by all transports on one dispatcher', async () => {
    const first = createHarness(refused, { retry: { limit: 8 } })
    const second = createHarness(refused, {
      retry: { limit: 8 },
      dispatcher: first.dispatcher,
      clock: first.clock,
    })
    const run = (transport: typeof first.transport) => first.clock.until(failureOf(transport.get('/a')))
    expect((await run(first.transport)).attempts).toBe(9)
    expect((await run(second.transport)).attempts).toBe(3)
    expect((await run(first.transport)).attempts).toBe(1)
    const elsewhere = createHarness(undefined, {
      baseUrl: 'https://1.api.ibkr.com',
      dispatcher: first.dispatcher,
      clock: first.clock,
    })
    expect((await run(elsewhere.transport)).attempts).toBe(3)
  })

  it('are earned back by successes, one for ten', async () => {
    let down = true
    const { transport, clock } = createHarness(
      (exchange) => (down ? exchange.fail('ECONNREFUSED') : exchange.reply(200)),
      {
        retry: { limit: 10 },
      },
    )
    expect((await clock.until(failureOf(transport.get('/a')))).attempts).toBe(11)
    down = false
    for (let successes = 0; successes < 21; successes++) await transport.get('/a')
    down = true
    expect((await clock.until(failureOf(transport.get('/a')))).attempts).toBe(3)
  })

  it('report with an error how far the furthest attempt came', async () => {
    const { transport, clock } = createHarness((exchange, number) =>
      number === 1 ? lost(exchange) : refused(exchange),
    )
    expect(await clock.until(failureOf(transport.get('/a')))).toMatchObject({ attempts: 3, sent: 'maybe' })
  })

  it('never come from a dispatcher that sends again by itself', async () => {
    const { transport, clock } = createHarness((exchange) => {
      exchange.start()
      exchange.start()
      exchange.reply(200)
    })
    const error = await clock.until(failureOf(transport.post('/a')))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_AMBIGUOUS', sent: 'maybe', attempts: 1 })
  })

  it('are not made of a request that brought its own credential, once it went out', async () => {
    const headers = { Authorization: 'OAuth oauth_nonce="once"' }
    const out = createHarness(lost)
    expect((await out.clock.until(failureOf(out.transport.get('/a', { headers })))).attempts).toBe(1)
    const gone = createHarness((exchange) => exchange.reply(503))
    expect(await gone.clock.until(failureOf(gone.transport.get('/a', { headers })))).toMatchObject({
      attempts: 1,
      retryable: false,
    })
    const unsent = createHarness(refused)
    expect((await unsent.clock.until(failureOf(unsent.transport.get('/a', { headers })))).attempts).toBe(3)
  })
})
