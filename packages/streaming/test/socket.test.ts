import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { Agent, ProxyAgent } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createStream, marketData, type StreamEvent, type StreamOptions } from '../src/index.ts'

// The real socket, against a server that shares no code with it.

let server: Server
let sockets: WebSocketServer
let refuse: number | undefined
const requests: { url: string | undefined; cookie: string | undefined; userAgent: string | undefined }[] = []

beforeAll(async () => {
  sockets = new WebSocketServer({ noServer: true })
  server = createServer().listen(0, '127.0.0.1')
  server.on('upgrade', (request, socket, head) => {
    requests.push({
      url: request.url,
      cookie: request.headers.cookie,
      userAgent: request.headers['user-agent'],
    })
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(JSON.stringify({ topic: 'system', success: 'user' }))
      client.on('message', (data) => {
        const text = String(data)
        if (!text.startsWith('smd+')) return
        client.send(JSON.stringify({ topic: 'smd+1', '31': '10' }))
        client.send(Buffer.from(JSON.stringify({ topic: 'smd+1', '84': '9' })), { binary: true })
      })
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
})

afterAll(() => {
  for (const client of sockets.clients) client.terminate()
  server.close()
  server.closeAllConnections()
})

function streamTo(options: Partial<StreamOptions> = {}) {
  const events: StreamEvent[] = []
  const stream = createStream({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/api/ws`,
    connect: async () => ({ query: { name: 'bearer_token', value: 'a+b' }, session: 'abc' }),
    ...options,
  })
  stream.on((event) => events.push(event))
  const failure = new Promise<Error>((resolve) => {
    stream.on((event) => {
      if (event.type === 'error') resolve(event.error as Error)
    })
  })
  return { stream, events, failure }
}

describe('over a socket', () => {
  it('takes a dispatcher that can only dispatch, and tells the status of a refusal through it', async () => {
    const agent = new Agent()
    let dispatched = 0
    const dispatcher = {
      dispatch(options: never, handler: never): boolean {
        dispatched += 1
        return agent.dispatch(options, handler)
      },
    }
    const { stream } = streamTo({ dispatcher })
    await stream.ready()
    await stream.close()
    refuse = 403
    const refused = streamTo({ dispatcher })
    refused.stream.subscribe(marketData(1, ['last'])).on(() => undefined)
    expect(await refused.failure).toMatchObject({ code: 'ERR_STREAM_REFUSED', status: 403 })
    refuse = undefined
    await refused.stream.close()
    expect(dispatched).toBe(2)
    await agent.close()
  })

  it('receives text and binary frames, and is let in by token, cookie and User-Agent', async () => {
    const { stream } = streamTo()
    const values: unknown[] = []
    for await (const item of stream.subscribe(marketData(1, ['last', 'bid']))) {
      if (item.kind === 'update') values.push(item.value.fields.bid)
      if (values.includes('9')) break
    }
    expect(requests.at(-1)).toEqual({
      url: '/v1/api/ws?bearer_token=a%2Bb',
      cookie: 'api=abc',
      userAgent: 'ibkr-auth',
    })
    stream.close()
  })

  it.each([401, 403, 500])('an upgrade refused with %i says so', async (status) => {
    refuse = status
    const { stream, failure } = streamTo()
    stream.subscribe(marketData(1, ['last']))
    const error = await failure
    expect(error).toMatchObject({
      code: 'ERR_STREAM_REFUSED',
      status,
      message: expect.stringContaining(String(status)),
    })
    expect(stream.status()).toMatchObject({ state: 'paused', reason: 'refused' })
    stream.close()
    refuse = undefined
  })

  it('a server that is not there is told without a status', async () => {
    const { stream, failure } = streamTo({ url: 'ws://127.0.0.1:1/v1/api/ws' })
    stream.subscribe(marketData(1, ['last']))
    expect(await failure).toMatchObject({ code: 'ERR_STREAM_REFUSED', status: undefined })
    stream.close()
  })

  it('a frame beyond the bound ends the connection', async () => {
    const { stream, events } = streamTo({ maximumFrameBytes: 1024 })
    await stream.ready()
    const lost = new Promise<void>((resolve) => {
      stream.on((event) => {
        if (event.type === 'state' && event.to === 'waiting') resolve()
      })
    })
    for (const client of sockets.clients)
      client.send(JSON.stringify({ topic: 'act', args: 'x'.repeat(2_000) }))
    await lost
    expect(events.at(-1)).toMatchObject({ type: 'state', reason: 'closed' })
    stream.close()
  })

  it('goes through the proxy of its dispatcher', async () => {
    const seen: (string | undefined)[] = []
    const proxy = createServer().listen(0, '127.0.0.1')
    proxy.on('connect', (request, socket, head) => {
      seen.push(request.url)
      const [host = '', port = ''] = request.url?.split(':') ?? []
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.write(head)
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    await new Promise((resolve) => proxy.once('listening', resolve))
    const dispatcher = new ProxyAgent(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    const { stream } = streamTo({ dispatcher })
    await stream.ready()
    expect(seen).toHaveLength(1)
    stream.close()
    await dispatcher.destroy()
    proxy.closeAllConnections()
    proxy.close()
  })
})
