import type { Socket } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createStream, marketData, type Stream, type StreamEvent, type StreamOptions } from '../src/index.ts'
import { accept, frame, frameHead, framesOf, greeting, rawServer } from './raw-server.ts'

// Real sockets and a server that breaks what it can.

const mebibyte = 1_048_576

function streamTo(
  url: string,
  options: Partial<StreamOptions> = {},
): { stream: Stream; events: StreamEvent[] } {
  const events: StreamEvent[] = []
  const stream = createStream({
    url,
    connect: async () => ({ query: { name: 'oauth_token', value: 'secret-token' }, session: 'abc' }),
    ...options,
  })
  stream.on((event) => events.push(event))
  return { stream, events }
}

/** The state that a stream falls into once it is no longer what it was becoming. */
function lost(stream: Stream): Promise<Extract<StreamEvent, { type: 'state' }>> {
  return new Promise((resolve) => {
    stream.on((event) => {
      if (event.type === 'state' && event.reason !== undefined) resolve(event)
    })
  })
}

const greet = (head: string, socket: Socket, extensions?: string) => {
  accept(head, socket, extensions)
  socket.write(greeting)
}

describe('an upgrade', () => {
  it.each([
    [401, 'Unauthorized', '', 'sign in anew'],
    [403, 'Forbidden', '<html><title>Access Denied</title></html>', 'User-Agent'],
    [429, 'Too Many Requests', '', '10 to 15 minutes'],
    [200, 'OK', '<html>maintenance</html>', 'try again later'],
    [302, 'Found', '', 'no redirect is followed'],
  ])(
    'that is answered with %i is refused, with a remedy and without the token',
    async (status, text, body, remedy) => {
      const location = status === 302 ? 'location: http://127.0.0.1:1/steal\r\n' : ''
      await using server = await rawServer((_head, socket) => {
        socket.end(`HTTP/1.1 ${status} ${text}\r\n${location}content-length: ${body.length}\r\n\r\n${body}`)
      })
      const { stream, events } = streamTo(server.url)
      const gone = lost(stream)
      stream.subscribe(marketData(1, ['last']))
      expect(await gone).toMatchObject({ to: 'paused', reason: 'refused' })
      const error = events.find((event) => event.type === 'error')?.error
      expect(error).toMatchObject({
        code: 'ERR_STREAM_REFUSED',
        status,
        message: expect.stringContaining(remedy),
      })
      expect(JSON.stringify([events, stream.status(), (error as Error).message])).not.toContain(
        'secret-token',
      )
      stream.close()
    },
  )

  it('that is never answered is given up, and its connection with it', async () => {
    await using server = await rawServer(() => undefined)
    const { stream } = streamTo(server.url, { rules: { openTimeoutMs: 50, backoffBaseMs: 60_000 } })
    const gone = lost(stream)
    stream.subscribe(marketData(1, ['last']))
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'timeout' })
    await expect.poll(() => server.open.size, { timeout: 20_000 }).toBe(0)
    stream.close()
  })

  it.each([
    ['another key', 'sec-websocket-accept: c3RvbGVu\r\n'],
    ['no key', ''],
  ])('that is accepted with %s is none', async (_name, line) => {
    await using server = await rawServer((_head, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n${line}\r\n`,
      )
    })
    const { stream } = streamTo(server.url)
    const gone = lost(stream)
    stream.subscribe(marketData(1, ['last']))
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'unreachable' })
    stream.close()
  })
})

it('a connection that is given up is gone, also where the server answers no close', async () => {
  await using server = await rawServer(greet)
  const { stream } = streamTo(server.url)
  await stream.ready()
  stream.close()
  await expect.poll(() => server.open.size, { timeout: 20_000 }).toBe(0)
})

describe('a message', () => {
  it('longer than the bound ends the connection before it is taken in', async () => {
    const piece = Buffer.alloc(mebibyte, 0x20)
    await using server = await rawServer((head, socket) => {
      greet(head, socket)
      socket.write(frameHead(128 * mebibyte - 1))
      for (let index = 0; index < 127; index += 1) socket.write(piece)
    })
    const { stream } = streamTo(server.url, { maximumFrameBytes: 65_536 })
    const gone = lost(stream)
    stream.subscribe(marketData(1, ['last']))
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'closed' })
    await expect.poll(() => server.open.size, { timeout: 20_000 }).toBe(0)
    // What the two ends' buffers of TCP hold, not the message.
    expect(server.taken()).toBeLessThan(64 * mebibyte)
    stream.close()
  })

  it('that says it is short and inflates without end ends the connection', async () => {
    const bomb = deflateRawSync(Buffer.alloc(32 * mebibyte, 0x20))
    await using server = await rawServer((head, socket) => {
      greet(head, socket, 'sec-websocket-extensions: permessage-deflate\r\n')
      socket.write(frame(bomb, { compressed: true }))
    })
    const { stream } = streamTo(server.url, { maximumFrameBytes: 65_536 })
    const gone = lost(stream)
    stream.subscribe(marketData(1, ['last']))
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'closed' })
    stream.close()
  })

  it.each([
    [
      'pieces that together are too long',
      (n: number) => frame('x'.repeat(30_000), { opcode: n === 0 ? 1 : 0, fin: false }),
    ],
    ['empty pieces without end', (n: number) => frame('', { opcode: n === 0 ? 1 : 0, fin: false })],
  ])('of %s ends the connection', async (_name, piece) => {
    await using server = await rawServer((head, socket) => {
      greet(head, socket)
      for (let index = 0; index < 5_000; index += 1) socket.write(piece(index))
    })
    const { stream } = streamTo(server.url, { maximumFrameBytes: 65_536 })
    const gone = lost(stream)
    stream.subscribe(marketData(1, ['last']))
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'closed' })
    stream.close()
  })

  it.each([
    ['a masked frame', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x20])],
    ['an opcode that is none', frame('', { opcode: 5 })],
    ['text that is no UTF-8', frame(Buffer.from([0xff, 0xfe]))],
    ['a message within a message', Buffer.concat([frame('{', { fin: false }), frame('{}')])],
    ['a continuation of nothing', frame('}', { opcode: 0 })],
    ['a close with one byte', frame('x', { opcode: 8 })],
    ['a close with a code that is none', frame(Buffer.from([0x00, 0x05]), { opcode: 8 })],
    ['a close', frame(Buffer.from([0x03, 0xe8]), { opcode: 8 })],
    ['a close with a code of its own', frame(Buffer.from([0x0f, 0xa0]), { opcode: 8 })],
    ['noise', Buffer.from('\u0000'.repeat(10))],
  ])('that is %s ends the connection, and the stream comes back', async (_name, bytes) => {
    let connections = 0
    await using server = await rawServer((head, socket) => {
      connections += 1
      greet(head, socket)
      if (connections > 1) return
      if (bytes[0] === 0x88) socket.end(bytes)
      else socket.write(bytes)
    })
    const { stream } = streamTo(server.url, { rules: { backoffBaseMs: 1 } })
    const gone = lost(stream)
    await stream.ready()
    expect(await gone).toMatchObject({ to: 'waiting', reason: 'closed' })
    await stream.ready()
    expect(connections).toBe(2)
    stream.close()
  })

  it('in pieces, with pings between them and characters cut in two, is one', async () => {
    const text = Buffer.from('{"topic":"smd+1","31":"10 €"}')
    await using server = await rawServer((head, socket) => {
      greet(head, socket)
      socket.once('data', () => {
        for (const [index, byte] of text.entries()) {
          const fin = index === text.length - 1
          socket.write(frame(Buffer.from([byte]), { opcode: index === 0 ? 1 : 0, fin }))
          if (index === 10) socket.write(frame('ping', { opcode: 9 }))
        }
      })
    })
    const { stream } = streamTo(server.url)
    for await (const item of stream.subscribe(marketData(1, ['last']))) {
      expect(item).toMatchObject({ kind: 'update', value: { fields: { last: '10 €' } } })
      break
    }
    stream.close()
  })

  it('that pings is answered with its payload, and there is no pong besides', async () => {
    const control: string[] = []
    await using server = await rawServer((head, socket) => {
      greet(head, socket)
      socket.on('data', (data) => {
        for (const { opcode, payload } of framesOf(data)) {
          if (opcode === 1 && control.length === 0) socket.write(frame('are you there', { opcode: 9 }))
          if (opcode > 8) control.push(`${opcode} ${payload}`)
          if (opcode === 10) socket.write(frame('{"topic":"smd+1","31":"1"}'))
        }
      })
    })
    const { stream } = streamTo(server.url)
    for await (const item of stream.subscribe(marketData(1, ['last']))) if (item.kind === 'update') break
    expect(new Set(control)).toEqual(new Set(['10 are you there']))
    stream.close()
  })

  it('that is binary garbage is told of and left out', async () => {
    await using server = await rawServer((head, socket) => {
      greet(head, socket)
      socket.on('data', () => {
        socket.write(frame(Buffer.from([0xff, 0x00, 0x80]), { opcode: 2 }))
        socket.write(frame('{"topic":"smd+1","31":"1"}', { opcode: 2 }))
      })
    })
    const { stream, events } = streamTo(server.url)
    for await (const item of stream.subscribe(marketData(1, ['last']))) if (item.kind === 'update') break
    const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []))
    expect(errors[0]).toMatchObject({ code: 'ERR_STREAM_BAD_FRAME' })
    stream.close()
  })
})
