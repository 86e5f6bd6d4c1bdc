import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTransport } from '../src/call/transport.ts'
import type { ConnectionOptions } from '../src/http/connection-options.ts'
import { parseProxy, readExceptions } from '../src/http/proxies.ts'
import { createAuthority } from './support/certificates.ts'
import { failureOf } from './support/harness.ts'
import { startProxy } from './support/proxy.ts'
import { rawReply, startRawServer } from './support/raw-server.ts'

const leftovers: AsyncDisposable[] = []
const password = 's3cret-pa55word'

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const leftover of leftovers.splice(0).reverse()) await leftover[Symbol.asyncDispose]()
})

function keep<T extends AsyncDisposable>(leftover: T): T {
  leftovers.push(leftover)
  return leftover
}

function connectTo(baseUrl: string, connection: ConnectionOptions) {
  return keep(createTransport({ baseUrl, connection, retry: { limit: 0 } }))
}

const startServer = async () => keep(await startRawServer((socket) => socket.write(rawReply(200, '{}'))))

/** A proxy that does something else than to connect; counts how often it was called. */
async function startOddProxy(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  let calls = 0
  const server = createServer((socket) => {
    calls++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return keep({
    host: `127.0.0.1:${address.port}`,
    get calls() {
      return calls
    },
    get open() {
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

describe('the environment', () => {
  it.each([
    ['with a scheme', (host: string) => `http://${host}`],
    ['without one, as curl takes it', (host: string) => host],
    ['with blanks around it', (host: string) => ` ${host}  `],
  ])('names a proxy %s', async (_, write) => {
    const server = await startServer()
    const proxy = keep(await startProxy())
    vi.stubEnv('HTTP_PROXY', write(new URL(proxy.url).host))
    expect((await connectTo(server.origin, {}).get('/a')).status).toBe(200)
    expect(proxy.asked).toHaveLength(1)
  })

  it('names none by a blank, and the variable in lower case goes first', async () => {
    const server = await startServer()
    vi.stubEnv('HTTP_PROXY', ' ')
    expect((await connectTo(server.origin, {}).get('/a')).status).toBe(200)
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('http_proxy', '')
    expect((await connectTo(server.origin, {}).get('/b')).status).toBe(200)
  })

  it.each(['ftp://proxy:21', 'socks5://127.0.0.1:1080', 'http://', 'http://a b', '%%'])(
    'names something that is no proxy (%s): each request says so, nothing is sent, close() does not reject',
    async (value) => {
      const server = await startServer()
      vi.stubEnv('HTTP_PROXY', value)
      const transport = createTransport({ baseUrl: server.origin, connection: {} })
      for (const _ of [1, 2]) {
        const error = await failureOf(transport.post('/a'))
        expect(error).toMatchObject({
          code: 'ERR_TRANSPORT_UNREACHABLE',
          sent: 'no',
          retryable: false,
          attempts: 1,
        })
        expect(error.message).toContain('HTTP_PROXY')
      }
      vi.stubEnv('HTTP_PROXY', '')
      expect((await transport.get('/a')).status).toBe(200)
      await transport.close()
    },
  )

  it.each([
    ['*', true],
    ['api.ibkr.com', true],
    ['ibkr.com', true],
    ['.ibkr.com', true],
    ['*.ibkr.com', true],
    ['IBKR.COM', true],
    ['other.example, api.ibkr.com', true],
    ['other.example api.ibkr.com:443', true],
    ['api.ibkr.com:8443', false],
    ['kr.com', false],
    ['api.ibkr.com.evil.example', false],
    ['', false],
    [',,', false],
  ])('excepts names and suffixes: %s', (text, excepted) => {
    expect(readExceptions(text)({ protocol: 'https:', hostname: 'api.ibkr.com', port: 443 })).toBe(excepted)
  })

  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/33', '10.0.0.0', false],
    ['10.0.0.0/x', '10.0.0.0', false],
    ['0.0.0.0/0', '10.1.2.3', true],
    ['10.0.0.0/8', 'ten.example', false],
    ['::1', '::1', true],
    ['[::1]', '[::1]', true],
    ['[::1]:5000', '::1', true],
    ['[::1]:5001', '::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['10.0.0.0/', '127.0.0.1', false],
    ['10.0.0.0/', '10.0.0.0', false],
    ['10.0.0.0/1e1', '10.0.0.0', false],
    ['127.0.0.1:5000', '127.0.0.1', true],
  ])('excepts addresses and ranges: %s, %s', (text, hostname, excepted) => {
    expect(readExceptions(text)({ protocol: 'http:', hostname, port: 5_000 })).toBe(excepted)
  })

  it('excepts the destination that is connected to', async () => {
    const server = await startServer()
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('NO_PROXY', `example.com 127.0.0.0/8`)
    expect((await connectTo(server.origin, {}).get('/a')).status).toBe(200)
  })
})

describe('a setting', () => {
  it.each(['ftp://proxy', 'http://', '', '   ', 'http://user:%zz@proxy'])(
    'that is no proxy is refused at once: %j',
    (proxy) => {
      expect(() => createTransport({ baseUrl: 'https://api.ibkr.com', connection: { proxy } })).toThrow(
        expect.objectContaining({
          code: 'ERR_TRANSPORT_INVALID_INPUT',
          message: expect.stringContaining('connection.proxy'),
        }),
      )
    },
  )

  it('never shows its password', () => {
    const proxy = parseProxy(`http://user:${password}@proxy.example:3128`, 'connection.proxy')
    expect(proxy.name).toBe('http://proxy.example:3128')
    expect(proxy.authorization).toBe(`Basic ${Buffer.from(`user:${password}`).toString('base64')}`)
  })
})

describe('a proxy that does not connect', () => {
  const answer = (text: string) => (socket: Socket) => socket.once('data', () => socket.end(text))

  it.each<[string, (socket: Socket) => void, RegExp, boolean]>([
    ['closes', (socket) => socket.once('data', () => socket.end()), /closed|reset/, true],
    ['closes at once', (socket) => socket.resume().end(), /closed|reset/, true],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), /closed|reset/, true],
    ['answers with half a status', answer('HTTP/1.1 20'), /closed|reset|HTTP/, true],
    ['answers with nonsense', answer('hello\r\n\r\n'), /HTTP/, false],
    ['answers 100 and closes', answer('HTTP/1.1 100 Continue\r\n\r\n'), /100/, false],
    ['answers 403', answer('HTTP/1.1 403 No\r\n\r\n'), /403/, false],
    ['answers 407', answer('HTTP/1.1 407 Who\r\n\r\n'), /asks for a password.*407/, false],
    ['answers 502', answer('HTTP/1.1 502 Sorry\r\n\r\n'), /502/, true],
    ['says nothing', (socket) => socket.resume(), /within 300 ms/, true],
  ])('and %s is called once, and named without its password', async (_, onConnection, told, retryable) => {
    const proxy = await startOddProxy(onConnection)
    for (const [index, scheme] of ['http', 'https'].entries()) {
      const transport = connectTo(`${scheme}://127.0.0.1:9`, {
        proxy: `http://user:${password}@${proxy.host}`,
        connectTimeoutMs: 300,
      })
      const error = await failureOf(transport.post('/order', { json: {} }))
      expect([error.sent, error.retryable]).toEqual(['no', retryable])
      expect(error.message).toContain(`proxy http://${proxy.host}`)
      expect(error.message).toMatch(told)
      for (const shown of [error.message, String(error.cause), JSON.stringify(error)]) {
        expect(shown).not.toContain(password)
      }
      expect(proxy.calls).toBe(index + 1)
      await transport.close()
    }
    await expect.poll(() => proxy.open).toBe(0)
  })

  it('is not there: the error names it', async () => {
    const proxy = await startOddProxy(() => undefined)
    await proxy[Symbol.asyncDispose]()
    const error = await failureOf(connectTo('https://api.ibkr.com', { proxy: proxy.host }).post('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', retryable: true })
    expect(error.message).toContain(`proxy http://${proxy.host}`)
  })

  it('connects, and then breaks the handshake: the error names it', async () => {
    const proxy = await startOddProxy((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => socket.destroy())
      })
    })
    const error = await failureOf(connectTo('https://127.0.0.1:9', { proxy: proxy.host }).post('/a'))
    expect(error).toMatchObject({ sent: 'no' })
    expect(error.message).toContain(`proxy http://${proxy.host}`)
    expect(proxy.calls).toBe(1)
  })

  it('connects, and closes: the request is not sent again and again', async () => {
    const proxy = await startOddProxy((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')),
    )
    await failureOf(connectTo('http://127.0.0.1:9', { proxy: proxy.host }).post('/a'))
    expect(proxy.calls).toBeLessThanOrEqual(2)
  })
})

it('a tunnel carries TLS end to end', async () => {
  const authority = createAuthority('Test Authority')
  const server = keep(
    await startRawServer((socket) => socket.write(rawReply(200, '{}')), authority.issue('server')),
  )
  const proxy = keep(await startProxy())
  const transport = connectTo(server.origin, { proxy: proxy.url, tls: { ca: authority.cert } })
  for (const path of ['/a', '/b']) expect((await transport.post(path)).status).toBe(200)
  expect(proxy.asked.map(({ target }) => target)).toContain(`127.0.0.1:${server.port}`)
  const strict = connectTo(server.origin, { proxy: proxy.url })
  const error = await failureOf(strict.post('/a'))
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', retryable: false })
  expect(error.message).toContain('certificate')
})
