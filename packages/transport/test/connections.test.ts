import { execFileSync } from 'node:child_process'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTransport } from '../src/call/transport.ts'
import type { ConnectionOptions } from '../src/http/connection-options.ts'
import { createDispatcher } from '../src/http/dispatchers.ts'
import { createAuthority } from './support/certificates.ts'
import { failureOf } from './support/harness.ts'
import { startProxy } from './support/proxy.ts'
import { type RawServer, rawReply, startRawServer } from './support/raw-server.ts'

const leftovers: AsyncDisposable[] = []
const noProxy = { proxy: false } as const

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const leftover of leftovers.splice(0).reverse()) await leftover[Symbol.asyncDispose]()
})

function keep<T extends AsyncDisposable>(leftover: T): T {
  leftovers.push(leftover)
  return leftover
}

const replies = (socket: { write(text: string): void }): void => socket.write(rawReply(200, '{}'))

async function startServer(tls?: Parameters<typeof startRawServer>[1]): Promise<RawServer> {
  return keep(await startRawServer(replies, tls))
}

function connectTo(server: RawServer, connection: ConnectionOptions) {
  return keep(createTransport({ baseUrl: server.origin, connection, retry: { limit: 0 } }))
}

describe('what goes over the wire', () => {
  it('has a host, a user agent, and a length where there is a body or could be one', async () => {
    const server = await startServer()
    const transport = connectTo(server, noProxy)
    await transport.get('/a?b=c%20d')
    await transport.post('/b')
    await transport.post('/c', { json: { a: 'é' } })
    await transport.put('/d', { body: new Uint8Array([104, 105]) })
    await transport.delete('/e')
    const [get = '', empty = '', json = '', put = '', del = ''] = server.requests.map((head) =>
      head.toLowerCase(),
    )
    expect(get.split('\r\n')[0]).toBe('get /a?b=c%20d http/1.1')
    expect(get).toContain(`host: 127.0.0.1:${server.port}`)
    expect(get).toContain('user-agent: ibkr-auth-transport')
    expect(get).not.toContain('content-length')
    expect(empty).toContain('content-length: 0')
    expect(json).toContain('content-length: 10')
    expect(put).toContain('content-length: 2')
    expect(del).not.toContain('transfer-encoding')
  })

  it('goes over one connection, one request after the other', async () => {
    const server = await startServer()
    const transport = connectTo(server, noProxy)
    for (let request = 0; request < 5; request++) await transport.get('/a')
    // undici gives a connection one turn of the event loop to be sure that its reply is over; a second one fills the gap.
    expect(server.open).toBeLessThanOrEqual(2)
  })

  it('goes over as many connections as are allowed', async () => {
    const server = await startServer()
    const transport = connectTo(server, { ...noProxy, maxConnections: 2 })
    await Promise.all(Array.from({ length: 20 }, () => transport.get('/a')))
    expect([server.requests.length, server.open]).toEqual([20, 2])
  })
})

describe('a machine that is not there', () => {
  it.each(['GET', 'POST'])('is unreachable, and nothing was sent: %s', async (method) => {
    const server = await startRawServer(replies)
    await server[Symbol.asyncDispose]()
    const error = await failureOf(connectTo(server, noProxy).request({ method, url: '/a' }))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', retryable: true })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('has a name that cannot be found', async () => {
    const transport = keep(
      createTransport({ baseUrl: 'https://name.invalid', connection: noProxy, retry: { limit: 0 } }),
    )
    const error = await failureOf(transport.post('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', retryable: true })
    expect(error.message).toMatch(/host name/)
  })
})

describe('TLS', () => {
  const authority = createAuthority('Test Authority')
  const serverPair = authority.issue('server')

  it('trusts an authority that is named', async () => {
    const server = await startServer(serverPair)
    const transport = connectTo(server, { ...noProxy, tls: { ca: authority.cert } })
    expect((await transport.get('/a')).status).toBe(200)
    const bytes = connectTo(server, { ...noProxy, tls: { ca: [Buffer.from(authority.cert)] } })
    expect((await bytes.get('/a')).status).toBe(200)
  })

  it.each([
    ['nobody knows', {}],
    ['another one vouches for', { tls: { ca: createAuthority('Other').cert } }],
    ['is for another name', { tls: { ca: authority.cert, servername: 'api.ibkr.com' } }],
  ])('does not trust a certificate that %s, and sends nothing', async (_, connection) => {
    const server = await startServer(serverPair)
    const error = await failureOf(connectTo(server, { ...noProxy, ...connection }).post('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no', retryable: false })
    expect(error.message).toContain('certificate')
    expect(server.requests).toEqual([])
  })

  it('does not speak it with a server that does not, and does not wait for it after close', async () => {
    const server = await startServer()
    const origin = server.origin.replace('http:', 'https:')
    const transport = createTransport({
      baseUrl: origin,
      connection: noProxy,
      retry: { limit: 0 },
      timeouts: { connectMs: 100 },
    })
    expect(await failureOf(transport.post('/a'))).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'no' })
    await transport.close()
    await expect.poll(() => server.open).toBe(0)
    const refusing = keep(await startRawServer(replies))
    const sockets = keep(
      createTransport({
        baseUrl: refusing.origin.replace('http:', 'https:'),
        connection: { ...noProxy, connectTimeoutMs: 100 },
        retry: { limit: 0 },
      }),
    )
    expect(await failureOf(sockets.post('/a'))).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT', sent: 'no' })
  })

  it('shows a client certificate where one is asked for', async () => {
    const names: (string | undefined)[] = []
    const asking = { ...serverPair, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    const server = keep(
      await startRawServer((socket) => {
        names.push([(socket as TLSSocket).getPeerCertificate().subject?.CN].flat()[0])
        replies(socket)
      }, asking),
    )
    const shown = connectTo(server, { ...noProxy, tls: { ca: authority.cert, ...authority.issue('desk-7') } })
    expect((await shown.get('/a')).status).toBe(200)
    expect(names).toEqual(['desk-7'])
    const bare = connectTo(server, { ...noProxy, tls: { ca: authority.cert } })
    expect((await failureOf(bare.get('/a'))).code).toBe('ERR_TRANSPORT_UNREACHABLE')
  })
})

describe('proxies', () => {
  it('are used by option, with their own credential, which the server does not see', async () => {
    const server = await startServer()
    const proxy = keep(await startProxy())
    const url = proxy.url.replace('//', '//user:pass%20word@')
    const transport = connectTo(server, { proxy: url })
    expect((await transport.post('/a')).status).toBe(200)
    expect(proxy.asked).toMatchObject([
      {
        target: `127.0.0.1:${server.port}`,
        authorization: `Basic ${Buffer.from('user:pass word').toString('base64')}`,
      },
    ])
    expect(server.requests[0]).not.toMatch(/proxy/i)
  })

  it('do not see the credential of what they tunnel', async () => {
    const authority = createAuthority('Test Authority')
    const server = await startServer(authority.issue('server'))
    const proxy = keep(await startProxy())
    const transport = keep(
      createTransport({
        baseUrl: server.origin,
        connection: { proxy: new URL(proxy.url), tls: { ca: authority.cert } },
        authorize: () => ({ authorization: 'Bearer s3cret' }),
      }),
    )
    expect((await transport.get('/a')).status).toBe(200)
    expect(server.requests[0]).toContain('Bearer s3cret')
    expect(JSON.stringify(proxy.asked)).not.toContain('s3cret')
  })

  it('are used by the environment, except for what it excludes', async () => {
    const server = await startServer()
    const proxy = keep(await startProxy())
    vi.stubEnv('HTTP_PROXY', proxy.url)
    await connectTo(server, {}).get('/a')
    expect(proxy.asked).toHaveLength(1)
    await connectTo(server, noProxy).get('/b')
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    await connectTo(server, {}).get('/c')
    expect([proxy.asked.length, server.requests.length]).toEqual([1, 3])
  })

  it.each([407, 403, 502])('that answer %d have sent nothing', async (status) => {
    const server = await startServer()
    const proxy = keep(await startProxy(status))
    const error = await failureOf(connectTo(server, { proxy: proxy.url }).post('/a'))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no' })
    expect(server.requests).toEqual([])
  })
})

describe('connections that are shared', () => {
  it('carry any number of transports, and outlive each of them', async () => {
    const server = await startServer()
    const dispatcher = keep(createDispatcher(noProxy))
    const transports = Array.from({ length: 10 }, () =>
      createTransport({ baseUrl: server.origin, dispatcher }),
    )
    for (const transport of transports) {
      await transport.get('/a')
      await transport.close()
    }
    expect(server.requests).toHaveLength(10)
    expect([1, 2]).toContain(server.open)
    await dispatcher.close()
    await expect.poll(() => server.open).toBe(0)
    const late = keep(createTransport({ baseUrl: server.origin, dispatcher, retry: { limit: 0 } }))
    expect(await failureOf(late.get('/a'))).toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE', sent: 'no' })
  })

  it('by default are those of the process, closed with the last transport and opened again for the next', async () => {
    const server = await startServer()
    const [first, second] = [
      createTransport({ baseUrl: server.origin }),
      createTransport({ baseUrl: server.origin }),
    ]
    expect(first.dispatcher).toBe(second.dispatcher)
    await first.get('/a')
    await first.close()
    await second.get('/a')
    expect(server.open).toBeGreaterThan(0)
    await second.close()
    await expect.poll(() => server.open).toBe(0)
    const third = keep(createTransport({ baseUrl: server.origin }))
    expect((await third.get('/a')).status).toBe(200)
  })

  it('are left alone by a transport that was refused', async () => {
    const server = await startServer()
    expect(() => createTransport({ baseUrl: server.origin, retry: { limit: -1 } })).toThrow('retry.limit')
    const transport = createTransport({ baseUrl: server.origin })
    await transport.get('/a')
    await transport.close()
    await expect.poll(() => server.open).toBe(0)
  })

  it('may be closed before they were opened', async () => {
    await createDispatcher().close()
    await createTransport({ baseUrl: 'https://api.ibkr.com' }).close()
  })
})

describe('a program', () => {
  const run = (code: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
  const loaded = `Object.keys((await import('node:module')).default._cache).filter((path) => /undici|tough-cookie/.test(path)).length`

  it('with a dispatcher of its own loads neither undici nor the cookie jar', () => {
    const out = run(`
      const { createTransport } = await import('@ibkr-auth/transport')
      const dispatcher = { dispatch(request, handler) {
        const controller = { abort() {}, pause() {}, resume() {} }
        handler.onRequestStart(controller, {})
        handler.onResponseStart(controller, 200, {})
        handler.onResponseEnd(controller, {})
        return true
      } }
      const transport = createTransport({ baseUrl: 'https://api.ibkr.com', dispatcher })
      const { status } = await transport.get('/a')
      console.log(status, ${loaded})
    `)
    expect(out.trim()).toBe('200 0')
  })

  it('that makes a request over the network loads undici, and can end by itself', async () => {
    const server = await startServer()
    const out = run(`
      const { createTransport } = await import('@ibkr-auth/transport')
      const before = ${loaded}
      const transport = createTransport({ baseUrl: 'http://127.0.0.1:9', connection: { proxy: false }, retry: { limit: 0 } })
      const { code } = await transport.get('/a').catch((error) => error)
      await transport.close()
      console.log(before, code, ${loaded} > 0)
    `)
    expect(out.trim()).toBe('0 ERR_TRANSPORT_UNREACHABLE true')
    expect(server.requests).toEqual([])
  })
})
