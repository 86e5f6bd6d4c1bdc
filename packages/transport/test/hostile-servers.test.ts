import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TransportOptions } from '../src/call/options.ts'
import type { Transport } from '../src/call/transport.ts'
import { createTransport } from '../src/call/transport.ts'
import type { Timeouts } from '../src/request/types.ts'
import { failureOf } from './support/harness.ts'
import { type RawServer, rawReply, startRawServer } from './support/raw-server.ts'

const secret = 'Bearer s3cr3t-s3cr3t-s3cr3t'
const leftovers: AsyncDisposable[] = []

afterEach(async () => {
  for (const leftover of leftovers.splice(0).reverse()) await leftover[Symbol.asyncDispose]()
})

/** A server that answers as told, and a transport to it with a connection of its own. */
// Loading undici belongs to the first request's time, and takes long on a busy machine.
beforeAll(() => import('undici'))

async function facing(
  answer: (socket: Socket, head: string, number: number) => void,
  options: Partial<TransportOptions> = {},
): Promise<{ server: RawServer; transport: Transport }> {
  const server = await startRawServer(answer)
  const transport = createTransport({
    baseUrl: server.origin,
    connection: {},
    authorize: () => ({ authorization: secret }),
    retry: { limit: 0 },
    maxResponseBytes: 1_000_000,
    ...options,
  })
  leftovers.push(server, transport)
  return { server, transport }
}

function forever(socket: Socket, first: string, piece: string | Buffer): void {
  socket.write(first)
  const write = (): void => {
    while (!socket.destroyed && socket.write(piece));
    if (!socket.destroyed) socket.once('drain', write)
  }
  write()
}

function drip(socket: Socket, piece: string, everyMs: number, first?: string): void {
  if (first !== undefined) socket.write(first)
  const timer = setInterval(() => socket.write(piece), everyMs)
  socket.on('close', () => clearInterval(timer))
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const large = Buffer.alloc(65_536, 'x')

// What the server does, then for GET and POST: code and what is known of the sending.
const table: [string, (socket: Socket) => void, [string, string], [string, string]][] = [
  [
    'endless headers',
    (socket) => forever(socket, 'HTTP/1.1 200 OK\r\n', `X-A: ${'a'.repeat(1_000)}\r\n`),
    ['TOO_LARGE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'one endless header',
    (socket) => forever(socket, 'HTTP/1.1 200 OK\r\nX-A: ', large),
    ['TOO_LARGE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'endless body without length',
    (socket) => forever(socket, 'HTTP/1.1 200 OK\r\n\r\n', large),
    ['TOO_LARGE', 'yes'],
    ['TOO_LARGE', 'yes'],
  ],
  [
    'endless chunks',
    (socket) => forever(socket, chunked, `10000\r\n${'x'.repeat(65_536)}\r\n`),
    ['TOO_LARGE', 'yes'],
    ['TOO_LARGE', 'yes'],
  ],
  [
    'a length beyond all bounds',
    (socket) => forever(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n', large),
    ['TOO_LARGE', 'yes'],
    ['TOO_LARGE', 'yes'],
  ],
  [
    'endless informational replies',
    (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', 20),
    ['TIMEOUT', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  ['silence', () => undefined, ['TIMEOUT', 'maybe'], ['AMBIGUOUS', 'maybe']],
  [
    'headers drop by drop',
    (socket) => drip(socket, 'H', 50),
    ['BAD_RESPONSE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'right headers drop by drop',
    (socket) => drip(socket, 'a', 50, 'HTTP/1.1 200 OK\r\nX-A: '),
    ['TIMEOUT', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'a body that stops',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'),
    ['TIMEOUT', 'yes'],
    ['AMBIGUOUS', 'yes'],
  ],
  [
    'a body drop by drop',
    (socket) => drip(socket, 'x', 100, 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'),
    ['TIMEOUT', 'yes'],
    ['AMBIGUOUS', 'yes'],
  ],
  [
    'less than it promised',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}'),
    ['UNREACHABLE', 'yes'],
    ['AMBIGUOUS', 'yes'],
  ],
  [
    'chunks that break off',
    (socket) => socket.end(`${chunked}5\r\nab`),
    ['UNREACHABLE', 'yes'],
    ['AMBIGUOUS', 'yes'],
  ],
  [
    'chunks that are none',
    (socket) => socket.end(`${chunked}zz s3cr3t\r\n`),
    ['BAD_RESPONSE', 'yes'],
    ['BAD_RESPONSE', 'yes'],
  ],
  [
    'two lengths',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x'),
    ['BAD_RESPONSE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'length and chunks',
    (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ['BAD_RESPONSE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  [
    'another protocol',
    (socket) => socket.end('SSH-2.0-OpenSSH_9.6 s3cr3t\r\n'),
    ['BAD_RESPONSE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
  ['the end at once', (socket) => socket.end(), ['UNREACHABLE', 'maybe'], ['AMBIGUOUS', 'maybe']],
  ['a reset', (socket) => socket.resetAndDestroy(), ['UNREACHABLE', 'maybe'], ['AMBIGUOUS', 'maybe']],
  [
    'a change of protocol',
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ['UNREACHABLE', 'maybe'],
    ['AMBIGUOUS', 'maybe'],
  ],
]

/** The limit that ends it, and no other: those that a busy machine could reach by itself stay as they are. */
const limits: Readonly<Record<string, Timeouts>> = {
  'endless informational replies': { headersMs: 200 },
  silence: { headersMs: 200 },
  'right headers drop by drop': { headersMs: 200 },
  'a body that stops': { bodyMs: 200 },
  'a body drop by drop': { totalMs: 3_000 },
}

describe('a server that answers with', () => {
  const cases = table.flatMap(([what, answer, get, post]) => [
    { what, answer, method: 'GET', expected: get },
    { what, answer, method: 'POST', expected: post },
  ])
  it.each(cases)(
    '$what fails a $method with one typed error, in bounds',
    async ({ what, answer, method, expected }) => {
      const { server, transport } = await facing(answer)
      const timeouts = what in limits ? limits[what] : undefined
      const error = await failureOf(transport.request({ method, url: '/iserver/orders', timeouts }))
      expect([error.code, error.sent]).toEqual([`ERR_TRANSPORT_${expected[0]}`, expected[1]])
      expect(server.requests).toHaveLength(1)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cr3t')
      await transport.close()
      await expect.poll(() => server.open).toBe(0)
    },
  )

  it('JSON in UTF-16 gives a reply whose JSON is refused', async () => {
    const body = Buffer.from('{"a":1}', 'utf16le').toString('latin1')
    const { transport } = await facing((socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      ),
    )
    const response = await transport.get('/a')
    expect(() => response.json()).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_BAD_RESPONSE' }))
  })

  it.each(['https://127.0.0.1:1/', 'http://other.example/', 'ftp://x/', '/v1/api/elsewhere', 'javascript:1'])(
    'a redirect to %s is not followed, with or without the credential',
    async (location) => {
      const { server, transport } = await facing((socket) =>
        socket.write(rawReply(307, '', [`Location: ${location}`])),
      )
      expect((await failureOf(transport.post('/a'))).code).toBe('ERR_TRANSPORT_REDIRECT')
      expect(server.requests).toHaveLength(1)
    },
  )

  it('cookies for others does not get them back, nor does anybody else', async () => {
    const { server, transport } = await facing((socket) =>
      socket.write(
        rawReply(200, '{}', [
          'Set-Cookie: api=evil; Domain=ibkr.com',
          'Set-Cookie: other=1',
          'Set-Cookie: api=mine; Path=/',
        ]),
      ),
    )
    await transport.get('/a')
    await transport.get('/a')
    expect(server.requests[1]).toMatch(/cookie: api=mine(\r\n|$)/)
  })

  it('two replies to one request does not answer the next one with the second', async () => {
    const { transport } = await facing((socket, _, number) =>
      socket.write(rawReply(200, `${number}`) + (number === 1 ? rawReply(200, 'smuggled') : '')),
    )
    expect((await transport.get('/a')).text()).toBe('1')
    const second = await transport.get('/a').then(
      (response) => response.text(),
      (error) => error.code,
    )
    expect(second).not.toBe('smuggled')
  })

  it('a reply before it read the order still has an order', async () => {
    const { server, transport } = await facing((socket) =>
      socket.end(rawReply(503, 'busy', ['Connection: close'])),
    )
    const error = await failureOf(transport.post('/a', { json: { quantity: 1 } }))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_AMBIGUOUS', status: 503 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('over a connection that the server closes while it is idle', () => {
  it('an order is sent once and either arrives or is called ambiguous', async () => {
    const { server, transport } = await facing((socket, _, number) => {
      socket.write(rawReply(200, '{}'))
      if (number % 2 === 1) setTimeout(() => socket.end(), number % 4)
    })
    let succeeded = 0
    let ambiguous = 0
    for (let round = 0; round < 40; round++) {
      await transport.get('/a').catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, round % 5))
      const before = server.requests.filter((head) => head.startsWith('POST')).length
      const error = await transport.post('/order').then(
        () => undefined,
        (reason) => reason,
      )
      const arrived = server.requests.filter((head) => head.startsWith('POST')).length - before
      expect(arrived).toBeLessThanOrEqual(1)
      if (error === undefined) succeeded++
      else expect([error.code, ++ambiguous]).toEqual(['ERR_TRANSPORT_AMBIGUOUS', ambiguous])
    }
    expect(succeeded + ambiguous).toBe(40)
    expect(succeeded).toBeGreaterThan(0)
  })
})

describe('what is left after close', () => {
  it('is no connection, neither idle nor at work', async () => {
    const { server, transport } = await facing((socket, head) => {
      if (!head.includes('/hang')) socket.write(rawReply(200, '{}'))
    })
    await Promise.all([transport.get('/a'), transport.get('/b')])
    const hanging = failureOf(transport.get('/hang'))
    await expect.poll(() => server.requests.length).toBe(3)
    await transport.close()
    expect((await hanging).code).toBe('ERR_TRANSPORT_CLOSED')
    await expect.poll(() => server.open).toBe(0)
  })

  it('is nothing, also when a stream was left open', async () => {
    const { server, transport } = await facing((socket) =>
      forever(socket, chunked, `10000\r\n${'x'.repeat(65_536)}\r\n`),
    )
    const { body } = await transport.stream({ method: 'GET', url: '/a' })
    await transport.close()
    expect(body.destroyed).toBe(true)
    await expect.poll(() => server.open).toBe(0)
  })
})
