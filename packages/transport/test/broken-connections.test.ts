import type { Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TransportOptions } from '../src/call/options.ts'
import { createTransport } from '../src/call/transport.ts'
import { createStrictClient } from '../src/http/strict-client.ts'
import { failureOf } from './support/harness.ts'
import { rawReply, startRawServer } from './support/raw-server.ts'

const leftovers: AsyncDisposable[] = []

// Loading undici belongs to the first request's time, and takes long on a busy machine.
beforeAll(() => import('undici'))

afterEach(async () => {
  vi.restoreAllMocks()
  for (const leftover of leftovers.splice(0).reverse()) await leftover[Symbol.asyncDispose]()
})

function keep<T extends AsyncDisposable>(leftover: T): T {
  leftovers.push(leftover)
  return leftover
}

async function facing(
  answer: (socket: Socket, head: string, number: number) => void,
  options: Partial<TransportOptions> = {},
) {
  const server = keep(await startRawServer(answer))
  const transport = keep(
    createTransport({
      baseUrl: server.origin,
      connection: { proxy: false },
      retry: { limit: 0, baseDelayMs: 1 },
      ...options,
    }),
  )
  return { server, transport }
}

const ends: [string, (socket: Socket) => void][] = [
  ['closed', (socket) => socket.end()],
  ['reset', (socket) => socket.resetAndDestroy()],
]
const framings: [string, string][] = [
  ['by length', 'Content-Length: 100\r\n\r\n[{"orderId":1},'],
  ['by length, on a last connection', 'Content-Length: 100\r\nConnection: close\r\n\r\n[{"orderId":1},'],
  ['in chunks', 'Transfer-Encoding: chunked\r\n\r\nf\r\n[{"orderId":1},\r\n'],
  ['in chunks, within one', 'Transfer-Encoding: chunked\r\n\r\n1f\r\n[{"orderId":1},'],
  [
    'in chunks, on a last connection',
    'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nf\r\n[{"orderId":1},\r\n',
  ],
  [
    'in chunks, before the trailers',
    'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nf\r\n[{"orderId":1},\r\n0\r\n',
  ],
]
const cuts = framings.flatMap(([framing, text]) =>
  ends.map(([end, cut]): [string, string, string, (socket: Socket) => void] => [framing, end, text, cut]),
)
cuts.push([
  'until close',
  'reset',
  'Connection: close\r\n\r\n[{"orderId":1},',
  (socket) => socket.resetAndDestroy(),
])

/** Writes what there is, and breaks off once the client has it: a reset overtakes what is still in a buffer. */
function breakOff(socket: Socket, text: string, cut: (socket: Socket) => void): void {
  socket.write(`HTTP/1.1 200 OK\r\n${text}`, () => setTimeout(() => cut(socket), 30))
}

describe('a body that is cut', () => {
  it.each(cuts)('%s, by a connection that is %s, is never whole', async (_, _end, text, cut) => {
    const { server, transport } = await facing((socket) => breakOff(socket, text, cut))
    const error = await failureOf(transport.get('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'yes', retryable: true })
    const order = await failureOf(transport.post('/order'))
    expect(order).toMatchObject({ code: 'ERR_TRANSPORT_AMBIGUOUS', status: 200, retryable: false })
    const { body } = await transport.stream({ method: 'GET', url: '/a' })
    expect((await failureOf(body.toArray())).code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(server.requests).toHaveLength(3)
  })

  it('is as repeatable as any lost connection', async () => {
    const { server, transport } = await facing((socket, _, number) =>
      number === 1
        ? breakOff(socket, 'Content-Length: 100\r\n\r\n[', (broken) => broken.end())
        : socket.write(rawReply(200, '[]')),
    )
    expect((await transport.get('/a', { retryLimit: 1 })).text()).toBe('[]')
    expect(server.requests).toHaveLength(2)
  })

  it('is whole if it lasts until the connection is closed in good order', async () => {
    const { transport } = await facing((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]'),
    )
    expect(await transport.get('/a')).toMatchObject({ complete: true, body: new TextEncoder().encode('[]') })
  })
})

describe('an interim reply', () => {
  it.each([
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['100 with headers, twice', 'HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 100 Go on\r\n\r\n'],
    ['102 and 103', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
  ])('that nobody asked for is no answer: %s', async (_, interim) => {
    const { server, transport } = await facing((socket) => socket.write(interim + rawReply(200, 'whole')))
    for (const _round of [1, 2]) expect((await transport.post('/order', { json: {} })).text()).toBe('whole')
    expect(server.requests).toHaveLength(2)
  })

  it('may come in pieces, and a body may look like one', async () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\n${rawReply(200, 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100')}`
    const { transport } = await facing((socket) => {
      socket.setNoDelay(true)
      const write = (at: number): void => {
        if (at < text.length) socket.write(text.slice(at, at + 5), () => setImmediate(write, at + 5))
      }
      write(0)
    })
    expect((await transport.get('/a')).text()).toBe('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100')
  })

  it('without an end, or with nothing after it, is a lost connection', async () => {
    const { transport } = await facing((socket, head) => {
      socket.end(
        head.includes('/endless') ? `HTTP/1.1 100 ${'x'.repeat(100_000)}` : 'HTTP/1.1 100 Continue\r\n\r\n',
      )
    })
    for (const path of ['/endless', '/nothing']) {
      expect((await failureOf(transport.post(path))).code).toBe('ERR_TRANSPORT_AMBIGUOUS')
    }
  })
})

describe('a connection that has been idle', () => {
  /** A server that says it keeps connections for a minute, so that undici does, too. */
  const keepsConnections = (socket: Socket): boolean =>
    socket.write(rawReply(200, '{}', ['Keep-Alive: timeout=60']))

  /** Moves one of the machine's clocks for as long as a test lasts. */
  function pass(clock: 'wall' | 'monotonic', ms: number): void {
    if (clock === 'wall') {
      const now = Date.now
      vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
    } else {
      const now = performance.now.bind(performance)
      vi.spyOn(performance, 'now').mockImplementation(() => now() + ms)
    }
  }

  it.each(['wall', 'monotonic'] as const)(
    'for more than 4 s by the %s clock takes no order, but a GET',
    async (clock) => {
      const ports: (number | undefined)[] = []
      const { transport } = await facing((socket) => {
        ports.push(socket.remotePort)
        keepsConnections(socket)
      })
      const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      await transport.get('/a')
      await turn()
      await transport.post('/fresh')
      await turn()
      pass(clock, 4_100)
      await transport.get('/b')
      await turn()
      await transport.post('/fresh again')
      await turn()
      vi.restoreAllMocks()
      pass(clock, 8_300)
      await transport.post('/idle')
      const [first, fresh, get, again, idle] = ports
      expect([fresh, get, again]).toEqual([first, first, first])
      expect(idle).not.toBe(first)
    },
  )

  it('is not closed under a request that is under way', async () => {
    let answer: (() => void) | undefined
    const { transport } = await facing((socket, head) => {
      if (head.includes('/slow')) answer = () => keepsConnections(socket)
      else keepsConnections(socket)
    })
    await transport.get('/a')
    const slow = transport.get('/slow')
    await expect.poll(() => answer).toBeDefined()
    pass('monotonic', 60_000)
    await transport.post('/order')
    answer?.()
    expect((await slow).status).toBe(200)
  })

  it('is not destroyed under what it carries, if one more request comes its way', async () => {
    let answer: (() => void) | undefined
    const { server } = await facing((socket, head) => {
      if (head.includes('/slow')) answer = () => keepsConnections(socket)
      else keepsConnections(socket)
    })
    const { buildConnector, Client } = await import('undici')
    const client = createStrictClient(
      (connect) => new Client(server.origin, { connect }),
      buildConnector({}),
      4_000,
    )
    leftovers.push({ [Symbol.asyncDispose]: () => client.destroy() })
    const slow = client.request({ method: 'GET', path: '/slow', idempotent: true })
    await expect.poll(() => answer).toBeDefined()
    pass('monotonic', 60_000)
    const order = client.request({ method: 'POST', path: '/order', idempotent: false })
    answer?.()
    expect((await slow).statusCode).toBe(200)
    expect((await order).statusCode).toBe(200)
  })

  it('is another option’s matter', async () => {
    const ports = new Set<number | undefined>()
    const { transport } = await facing(
      (socket) => {
        ports.add(socket.remotePort)
        keepsConnections(socket)
      },
      { connection: { proxy: false, unrepeatableMaxIdleMs: 100_000 } },
    )
    await transport.get('/a')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    pass('monotonic', 60_000)
    await transport.post('/order')
    expect(ports.size).toBe(1)
  })
})

describe('a dispatcher that repeats by itself', () => {
  it.each([
    [
      'a cut reply',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: "x"\r\n\r\nabc'),
    ],
    ['503', (socket: Socket) => socket.write(rawReply(503, 'busy'))],
  ])('is found out before it doubles a PUT, after %s', async (_, answer) => {
    const { Agent, interceptors } = await import('undici')
    const agent = new Agent().compose(interceptors.retry({ minTimeout: 1, maxTimeout: 1 }))
    leftovers.push({ [Symbol.asyncDispose]: () => agent.destroy() })
    const { server, transport } = await facing(answer, { connection: undefined, dispatcher: agent })
    for (const [index, method] of ['PUT', 'DELETE'].entries()) {
      const error = await failureOf(transport.request({ method, url: '/order' }))
      expect(error.code).toBe('ERR_TRANSPORT_AMBIGUOUS')
      expect(server.requests).toHaveLength(index + 1)
    }
  })

  it('is told from one that does not: the request keeps its headers', async () => {
    const { Agent } = await import('undici')
    const agent = new Agent()
    leftovers.push({ [Symbol.asyncDispose]: () => agent.destroy() })
    const seen: string[][] = []
    const dispatcher = {
      dispatch(request: { headers: string[] }, handler: unknown) {
        seen.push(request.headers)
        return agent.dispatch(request as never, handler as never)
      },
    }
    const { transport } = await facing((socket) => socket.write(rawReply(200, '{}')), {
      connection: undefined,
      dispatcher,
    })
    await transport.put('/order', { headers: { 'x-a': 'b' } })
    expect(seen[0]).toEqual(expect.arrayContaining(['x-a', 'b']))
  })
})
