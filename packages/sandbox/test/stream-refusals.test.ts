import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { RunningSandbox } from '../src/index.ts'
import { listening, opened, StreamClient, sessionOf, streamUrl } from './stream-client.ts'
import type { Trader } from './trader.ts'

let sandbox: RunningSandbox
let trader: Trader

beforeEach(async () => {
  ;({ sandbox, trader } = await listening())
})

afterEach(() => sandbox.close())

/** Status and text of a refused upgrade. */
async function refusal(query: string, headers: Record<string, string> = { 'user-agent': 'test/1' }) {
  const socket = new WebSocket(streamUrl(sandbox, query), { headers })
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  const body = Buffer.concat(await response.toArray()).toString()
  return { status: response.statusCode, body, why: sandbox.log.last?.explanation?.mistake }
}

const tokenQuery = (): string => `?oauth_token=${encodeURIComponent(sandbox.credentials.accessToken)}`

describe('an upgrade is refused', () => {
  it('without User-Agent, by the CDN', async () => {
    const refused = await refusal(tokenQuery(), {})
    expect(refused).toMatchObject({ status: 403, why: 'user-agent-missing' })
    expect(refused.body).toContain('Access Denied')
  })

  it('without a token, with two, with one that nobody issued', async () => {
    expect(await refusal('')).toMatchObject({ status: 401, why: 'stream-token-missing' })
    expect(await refusal(`${tokenQuery()}&bearer_token=x`)).toMatchObject({
      status: 400,
      why: 'duplicate-parameter',
    })
    expect(await refusal('?oauth_token=none')).toMatchObject({ status: 401, why: 'unknown-token' })
    expect(await refusal('?bearer_token=none')).toMatchObject({ status: 401, why: 'unknown-bearer' })
  })

  it('with the live session token, and says that it is that', async () => {
    const query = `?oauth_token=${encodeURIComponent(trader.lst.toString('base64'))}`
    expect(await refusal(query)).toMatchObject({ status: 401, why: 'unknown-token' })
    expect(sandbox.log.last?.explanation?.detail).toBe('It is the live session token: send the access token.')
    expect(sandbox.log.last?.target).toBe('/v1/api/ws?oauth_token=***')
  })

  it('after the live session token has expired, and after a logout', async () => {
    await trader.post('/logout')
    expect(await refusal(tokenQuery())).toMatchObject({ status: 401, why: 'logged-out' })
    sandbox.faults.expireLiveSessionTokens()
    expect(await refusal(tokenQuery())).toMatchObject({ status: 401, why: 'lst-expired' })
  })

  it('by a fault, as any other request', async () => {
    sandbox.faults.add({ kind: 'status', status: 503, path: '/v1/api/ws' })
    expect(await refusal(tokenQuery())).toMatchObject({ status: 503 })
    sandbox.faults.add({ kind: 'drop', path: '/v1/api/ws' })
    const socket = new WebSocket(streamUrl(sandbox, tokenQuery()), { headers: { 'user-agent': 'test/1' } })
    const [error] = await once(socket, 'error')
    expect(error.message).toBe('socket hang up')
  })

  it('as a plain request, and without a socket beneath', async () => {
    const plain = await fetch(`${sandbox.url}/v1/api/ws${tokenQuery()}`)
    expect(plain.status).toBe(426)
    const headers = { upgrade: 'websocket', connection: 'upgrade' }
    const inMemory = await sandbox.handle(new Request(`${sandbox.url}/v1/api/ws${tokenQuery()}`, { headers }))
    expect(inMemory.status).toBe(501)
  })
})

it('serves in HTTP/1.1 who would rather speak h2c', async () => {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  const body = '{"error":"none"}'
  socket.write(
    [
      'POST /_sandbox/faults HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 .*A fault has no member error/s)
  socket.destroy()
})

describe('the session of a WebSocket', () => {
  it('is taken from the cookie as the gateway is fed it, too', async () => {
    const cookie = `api={"session":"${await sessionOf(trader)}"}`
    const client = new StreamClient(streamUrl(sandbox, tokenQuery()), { cookie, 'user-agent': 'test/1' })
    await client.topic('system')
  })

  it('is waited for where the cookie names none, and taken from a message', async () => {
    const client = new StreamClient(streamUrl(sandbox, tokenQuery()), {
      cookie: 'api=0123',
      'user-agent': 'test/1',
    })
    await client.frame(({ message }) => message === 'waiting for session')
    client.send('{"session":"0123"}')
    client.send(`smd+8314+{"fields":["31"]}`)
    client.send(JSON.stringify({ session: await sessionOf(trader) }))
    await client.topic('sts')
    // On a busy machine a heartbeat may have followed by now.
    expect(client.frames.slice(0, 4).map(({ topic }) => topic)).toEqual([undefined, 'system', 'act', 'sts'])
  })

  it('is that of an SSO bearer', async () => {
    expect(await refusal('?bearer_token=a%20b')).toMatchObject({ why: 'unknown-bearer' })
    expect(sandbox.log.last?.explanation?.detail).toContain('percent-encode')
  })
})

it('drops without a word what is sent before the greeting', async () => {
  await sandbox.close()
  ;({ sandbox, trader } = await listening({ stream: { greetingDelayMs: 86_400_000 } }))
  const client = await opened(sandbox, trader)
  await once(client.socket, 'open')
  const dropped = received('tic')
  client.send('smd+8314+{"fields":["31"]}')
  client.send('tic')
  await dropped
  const early = sandbox.streams.frames.entries.filter(({ note }) => note?.startsWith('dropped'))
  expect(early.map(({ text }) => text)).toEqual(['smd+8314+{"fields":["31"]}', 'tic'])
  expect(sandbox.streams.frames.entries.filter(({ direction }) => direction === 'sent')).toEqual([])
})

/** Waits until the sandbox has read a message. */
function received(wanted: string): Promise<void> {
  return new Promise((resolve) => {
    sandbox.streams.frames.subscribe(({ text }) => {
      if (text === wanted) resolve()
    })
  })
}

describe('faults', () => {
  let client: StreamClient

  beforeEach(async () => {
    client = await opened(sandbox, trader)
    await client.topic('sts')
  })

  it('drop, and close with a code', async () => {
    const code = client.closed()
    expect(await trader.state({ streams: { drop: true } })).toBe(204)
    expect(await code).toBe(1006)
    const other = await opened(sandbox, trader)
    await other.topic('sts')
    const otherCode = other.closed()
    expect(await trader.state({ streams: { close: 1000 } })).toBe(204)
    expect(await otherCode).toBe(1000)
  })

  it('freeze: open, read from, and silent', async () => {
    await trader.state({ streams: { freeze: true } })
    const sent = (): number =>
      sandbox.streams.frames.entries.filter(({ direction }) => direction === 'sent').length
    const before = sent()
    const isRead = received('tic')
    client.send('spl+{}')
    client.send('tic')
    await isRead
    expect(sent()).toBe(before)
    await trader.state({ streams: { freeze: false } })
    const from = client.frames.length
    await client.frame(({ hb }) => hb !== undefined, from)
  })

  it('garbage, split and binary frames', async () => {
    await trader.state({ streams: { garbage: true } })
    await client.frame(({ malformed }) => malformed === '{"topic":"smd+2655')
    await trader.state({ streams: { split: true, binary: true } })
    const from = client.frames.length
    client.send('tic')
    await client.topic('tic', from)
    expect(client.binary.at(-1)).toBe(true)
    expect(sandbox.streams.frames.entries.at(-1)?.note).toBe('fault: split')
  })

  it('late, one after the other, in their order', async () => {
    await trader.state({ streams: { slow: 3 } })
    const from = client.frames.length
    for (const topic of ['a', 'b', 'c', 'd']) client.send(`${topic}+{}`)
    await client.frame(({ error }) => error === "Topic unknown 'd'", from)
    const errors = client.frames.slice(from).flatMap(({ error }) => error ?? [])
    expect(errors).toEqual(['a', 'b', 'c', 'd'].map((topic) => `Topic unknown '${topic}'`))
  })

  it('status, notifications and bulletins of one’s own', async () => {
    await trader.state({
      streams: { status: { competing: true }, notify: { id: '1', text: 'Hello' }, bulletin: 'Halt' },
    })
    await client.frame(({ topic, args }) => topic === 'sts' && args.competing === true)
    expect((await client.topic('ntf')).args).toEqual([{ id: '1', text: 'Hello' }])
    expect((await client.topic('blt')).args[0].message).toBe('Halt')
    expect(await trader.state({ streams: { explode: true } })).toBe(400)
    expect(await trader.state({ streams: { close: 1006 } })).toBe(400)
  })
})

it('closes a client that does not say tic', async () => {
  await sandbox.close()
  ;({ sandbox, trader } = await listening({ stream: { silenceMs: 30 } }))
  const client = await opened(sandbox, trader)
  expect(await client.closed()).toBe(1000)
  expect(sandbox.streams.frames.entries.some(({ note }) => note?.includes('send tic'))).toBe(true)
})

it('keeps the lines of a connection that broke, and gives those of a closed one back', async () => {
  const subscribeAll = async (client: StreamClient): Promise<void> => {
    await client.topic('system')
    await client.sent('smd+8314+{"fields":["31"]}')
  }
  const isRunning = async (): Promise<boolean> =>
    (await trader.get('/iserver/marketdata/snapshot?conids=8314&fields=31')).body[0][31] !== undefined
  const first = await opened(sandbox, trader)
  await subscribeAll(first)
  const closed = first.closed()
  first.socket.close()
  await closed
  await expect.poll(() => sandbox.streams.open).toBe(0)
  expect(await isRunning()).toBe(false)
  const second = await opened(sandbox, trader)
  await subscribeAll(second)
  const broken = second.closed()
  sandbox.streams.drop()
  await broken
  await expect.poll(() => sandbox.streams.open).toBe(0)
  expect(await isRunning()).toBe(true)
})

it('shows every message on the page and over HTTP, escaped, without the session', async () => {
  const client = await opened(sandbox, trader)
  await client.topic('system')
  await client.sent('<b>+{}')
  const { id } = await client.topic('tic')
  const pageText = await (await fetch(sandbox.url)).text()
  expect(pageText).toContain('&lt;b&gt;+{}')
  expect(pageText).not.toContain('<b>+')
  const frames = await (await fetch(`${sandbox.url}/_sandbox/frames`)).json()
  expect(frames).toEqual(
    expect.arrayContaining([expect.objectContaining({ direction: 'received', text: '<b>+{}' })]),
  )
  expect(pageText + JSON.stringify(frames)).not.toContain(id)
  await fetch(`${sandbox.url}/_sandbox/frames`, { method: 'DELETE' })
  expect(sandbox.streams.frames.entries.some(({ text }) => text === '<b>+{}')).toBe(false)
})

it('waits for another session where the cookie names one that was logged out', async () => {
  const cookie = `api=${await sessionOf(trader)}`
  const other = await trader.client.liveSessionToken()
  await trader.post('/logout')
  const client = new StreamClient(streamUrl(sandbox, tokenQuery()), { cookie, 'user-agent': 'test/1' })
  await client.frame(({ message }) => message === 'waiting for session')
  const tickle = await trader.call('POST', '/tickle', {}, { key: { hmac: other.lst } })
  client.send(JSON.stringify({ session: tickle.body.session }))
  await client.topic('system')
})

it('cuts off a client that does not read, before what waits for it costs memory', async () => {
  const client = await opened(sandbox, trader)
  await client.topic('system')
  client.socket.pause()
  const megabyte = `{"filler":"${'x'.repeat(1_048_576)}"}`
  for (let count = 0; count < 64; count++) sandbox.streams.garbage(megabyte)
  await expect.poll(() => sandbox.streams.open).toBe(0)
  expect(sandbox.streams.frames.entries.at(-2)?.note).toBe('cut off: the client does not read')
  client.socket.terminate()
})
