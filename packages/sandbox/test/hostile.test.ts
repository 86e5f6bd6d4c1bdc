import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectSocket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from '../src/index.ts'
import { connect, IndependentClient, testKeys } from './independent-client.ts'

let sandbox: RunningSandbox
let client: IndependentClient
let lst: Buffer

beforeAll(async () => {
  sandbox = await startSandbox({ credentials: testKeys(), maximumBodyBytes: 10_000 })
  client = new IndependentClient(sandbox)
  ;({ lst } = await client.liveSessionToken())
})

afterAll(() => sandbox.close())

/** Sends bytes as they are and returns what came back until the server closed or `quietMs` of silence. */
async function raw(parts: readonly string[], quietMs = 250): Promise<string> {
  const socket = connectSocket(Number(new URL(sandbox.url).port), '127.0.0.1')
  await once(socket, 'connect')
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => socket.destroy())
  for (const part of parts) socket.write(part, 'latin1')
  await new Promise<void>((resolve) => {
    socket.setTimeout(quietMs, resolve)
    socket.once('close', () => resolve())
  })
  socket.destroy()
  return received
}

const acceptedCount = (): number => sandbox.log.entries.filter(({ verdict }) => verdict === 'accepted').length

async function stillWorks(): Promise<void> {
  const response = await client.send({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })
  expect(response.status).toBe(200)
}

const apiPaths = [
  '/v1/api/portfolio/accounts',
  '/v1/api/iserver/auth/ssodh/init',
  '/v1/api/oauth/request_token',
  '/v1/api/oauth/access_token',
  '/v1/api/oauth/live_session_token',
  '/tradingapi/v1/oauth/live_session_token',
  '/tradingapi/v1/accounts/DU1234567/orders',
  '/oauth2/api/v1/token',
  '/gw/api/v1/sso-sessions',
  '/gw/api/v1/echo/signed-jwt',
]

const printable = fc.string({
  unit: fc.constantFrom(...'aZ09 %"=,+&/\\{}[]:;.-_~!\'()*<>?@\t'.split('')),
  maxLength: 200,
})
const anything = fc.oneof(
  printable,
  fc.json(),
  fc.base64String(),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
)
const parameter = fc.constantFrom(
  'oauth_consumer_key',
  'oauth_token',
  'oauth_nonce',
  'oauth_timestamp',
  'oauth_signature',
  'oauth_signature_method',
  'realm',
  'diffie_hellman_challenge',
)
const oauthHeader = fc
  .array(fc.tuple(parameter, printable), { maxLength: 12 })
  .map((pairs) => `OAuth ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}`)
const headerText = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim()

describe('hostile requests', () => {
  it('of any header, path and body are answered, never accepted, never a crash', async () => {
    const before = acceptedCount()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        fc.oneof(
          fc.constantFrom(...apiPaths),
          anything.map((text) => `/v1/api/${encodeURI(text.replaceAll(/\p{Surrogate}/gu, ''))}`),
        ),
        fc.oneof(
          oauthHeader,
          printable.map((text) => `Bearer ${text}`),
          printable,
        ),
        fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'application/jwt',
          'text/plain',
        ),
        anything,
        async (method, path, authorization, type, body) => {
          const response = await sandbox.handle(
            new Request(sandbox.url + path, {
              method,
              headers: { authorization: headerText(authorization), 'content-type': type },
              ...(method === 'GET' ? {} : { body }),
            }),
          )
          expect(response.status).toBeGreaterThanOrEqual(400)
          expect(response.status).toBeLessThan(500)
        },
      ),
      { numRuns: 800, seed: 20_180_516 },
    )
    expect(acceptedCount()).toBe(before)
    await stillWorks()
  })

  it('of signed ones with any one character changed: none is accepted', async () => {
    const { sandbox: fresh, client: signing } = await connect()
    const { lst: hmac } = await signing.liveSessionToken()
    const query = [['a', 'x']] as const
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...'aZ09=+/%"'), async (position, character) => {
        const spec = { target: '/v1/api/portfolio/accounts?a=x', query, key: { hmac } }
        const header = signing.authorization(spec)
        const at = 'OAuth '.length + (position % (header.length - 'OAuth '.length))
        const changed = header.slice(0, at) + character + header.slice(at + 1)
        const isSame = changed === header || meaning(changed) === meaning(header)
        const response = await fresh.handle(
          new Request(`${fresh.url}${spec.target}`, { headers: { authorization: changed } }),
        )
        expect(response.status === 200).toBe(isSame)
      }),
      { numRuns: 400, seed: 7 },
    )
  })

  /** What the header says, however it is spelt. */
  function meaning(header: string): string {
    try {
      const pairs = [...header.matchAll(/([\w%]+)="([^"]*)"(?:, |$)/g)].map(([, name = '', value = '']) => [
        decodeURIComponent(name),
        decodeURIComponent(value),
      ])
      return pairs.length === 7 ? JSON.stringify(pairs.sort()) : header
    } catch {
      return header
    }
  }

  it('with a body that is changed after signing are refused', async () => {
    const form = [['Side', 'BUY']] as const
    const spec = {
      method: 'POST',
      target: '/tradingapi/v1/accounts/DU1234567/orders',
      key: { hmac: lst },
      form,
    }
    const request = client.request(spec)
    const tampered = new Request(request.url, { method: 'POST', headers: request.headers, body: 'Side=SELL' })
    expect((await sandbox.handle(tampered)).status).toBe(401)
  })

  it('that are broken as HTTP are refused, and the next one is served', async () => {
    const host = new URL(sandbox.url).host
    const cases: readonly string[] = [
      'GARBAGE\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`,
      'GET /v1/api/portfolio/accounts HTTP/1.1\r\nUser-Agent: x\r\n\r\n',
      'GET /v1/api/tickle HTTP/1.1\r\nHost: evil.example\r\nUser-Agent: x\r\n\r\n',
      'GET /v1/api/tickle HTTP/1.1\r\nHost: [::1\r\nUser-Agent: x\r\n\r\n',
      'GET http://evil.example/v1/api/tickle HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: x\r\n\r\n',
      `GET /v1/api/../../gw/../v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`,
      `GET /v1/api/\\tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`,
      `GET /v1/api/tickle%00%ff HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`,
      `POST /v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `GET /v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\nAuthorization: OAuth a="b"\r\nAuthorization: OAuth a="b"\r\n\r\n`,
      `GET /v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`,
    ]
    const before = acceptedCount()
    for (const text of cases) {
      expect(`${text.slice(0, 60)} -> ${(await raw([text])).slice(0, 20)}`).toMatch(/-> HTTP\/1\.1 4\d\d/)
    }
    expect(acceptedCount()).toBe(before)
    await stillWorks()
  })

  it('with markup where a path should be show up in the page as text', async () => {
    const host = new URL(sandbox.url).host
    const markup = '<script>alert(1)</script>'
    await raw([`GET /v1/api/${markup} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`])
    expect(sandbox.log.last?.target).toBe(`/v1/api/${markup}`)
    const html = await (await fetch(sandbox.url)).text()
    expect(html).not.toContain(markup)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('without a User-Agent get the page of the CDN, without a length 411', async () => {
    const host = new URL(sandbox.url).host
    const noAgent = await raw([`GET /v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\n\r\n`])
    expect(noAgent).toMatch(/^HTTP\/1\.1 403 /)
    expect(noAgent).toContain('<HTML>')
    expect(sandbox.log.last?.explanation?.mistake).toBe('user-agent-missing')
    const noLength = await raw([`POST /v1/api/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`])
    expect(noLength).toMatch(/^HTTP\/1\.1 411 /)
    expect(sandbox.log.last?.explanation?.mistake).toBe('content-length-missing')
    const chunked = await raw([
      `POST /oauth2/api/v1/token HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ])
    expect(chunked).toMatch(/^HTTP\/1\.1 411 /)
  })

  it('are held to the same entry checks with the path spelt in another way', async () => {
    const host = new URL(sandbox.url).host
    const noAgent = await raw([`GET /%761/api/tickle HTTP/1.1\r\nHost: ${host}\r\n\r\n`])
    expect(noAgent).toMatch(/^HTTP\/1\.1 403 /)
    const noLength = await raw([`POST /v1/%61pi/tickle HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n\r\n`])
    expect(noLength).toMatch(/^HTTP\/1\.1 411 /)
  })

  it("with IBKR's name in the Host header, as some clients write it, are verified by the URL that they called", async () => {
    const { port } = new URL(sandbox.url)
    const authorization = client.authorization({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })
    const socket = httpRequest({
      port,
      path: '/v1/api/portfolio/accounts',
      headers: { host: 'api.ibkr.com', 'user-agent': 'x', authorization },
    }).end()
    const [response] = (await once(socket, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(200)
  })

  it('of too many bytes are refused, announced or not', async () => {
    const host = new URL(sandbox.url).host
    const head = `POST /v1/api/oauth/request_token HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\n`
    expect(await raw([`${head}Content-Length: 999999999\r\n\r\nabc`])).toMatch(/^HTTP\/1\.1 413 /)
    const streamed = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4_096)),
    })
    const endless = new Request(`${sandbox.url}/oauth2/api/v1/token`, {
      method: 'POST',
      body: streamed,
      duplex: 'half',
    } as RequestInit)
    expect((await sandbox.handle(endless)).status).toBe(413)
    await stillWorks()
  })

  it('that stop half-way are left behind, and hold nobody up', async () => {
    const host = new URL(sandbox.url).host
    const head = `POST /v1/api/oauth/request_token HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: x\r\nContent-Length: 500\r\n\r\n`
    const slow = await Promise.all([raw([head, 'a']), raw(['GET / HT']), raw([head])])
    expect(slow).toEqual(['', '', ''])
    await stillWorks()
  })
})
