import { createSign } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningSandbox, startSandbox } from '../src/index.ts'
import { testKeys } from './independent-client.ts'
import { StreamClient, streamUrl } from './stream-client.ts'

let sandbox: RunningSandbox
let accessToken: string
let bearer: string

beforeAll(async () => {
  const stream = { greetingDelayMs: 1, heartbeatMs: 20, updateMs: 5 }
  sandbox = await startSandbox({ credentials: testKeys(), stream })
  accessToken = await tokenOf(
    new Request(sandbox.credentials.oauth2Url, { method: 'POST', body: tokenRequest() }),
  )
  bearer = await tokenOf(
    new Request(`${sandbox.url}/gw/api/v1/sso-sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/jwt' },
      body: jwt({ credential: sandbox.credentials.oauth2.credential, ip: '203.0.113.7' }, 3_600),
    }),
  )
})

afterAll(() => sandbox.close())

/** A JWT by node:crypto alone. */
function jwt(claims: object, lifetimeSeconds: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = Math.floor(Date.now() / 1000) - 1
  const all = { iss: sandbox.credentials.oauth2.clientId, iat, exp: iat + lifetimeSeconds, ...claims }
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'main' })}.${part(all)}`
  return `${signed}.${createSign('sha256').update(signed).sign(inject('keys').oauth2, 'base64url')}`
}

function tokenRequest(): URLSearchParams {
  const { clientId, scopes } = sandbox.credentials.oauth2
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt({ sub: clientId, aud: '/token' }, 30),
    scope: scopes.join(' '),
  })
}

async function tokenOf(request: Request): Promise<string> {
  return ((await (await sandbox.handle(request)).json()) as { access_token: string }).access_token
}

function call(path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}` }
  return sandbox.handle(new Request(`${sandbox.url}/v1/api${path}`, { method: 'POST', headers, body: '' }))
}

async function open(): Promise<StreamClient> {
  const { session } = (await (await call('/tickle')).json()) as { session: string }
  const headers = { cookie: `api=${session}`, 'user-agent': 'test/1' }
  return new StreamClient(streamUrl(sandbox, `?bearer_token=${encodeURIComponent(bearer)}`), headers)
}

it('opens with the SSO bearer, percent-encoded, and the session of a tickle', async () => {
  const client = await open()
  expect((await client.topic('system')).success).toBe(sandbox.credentials.oauth2.credential)
  expect((await client.topic('sts')).args).toMatchObject({ authenticated: false, connected: false })
  client.socket.terminate()
})

it('refuses the access token that opens /gw', async () => {
  const socket = new WebSocket(streamUrl(sandbox, `?bearer_token=${encodeURIComponent(accessToken)}`), {
    headers: { 'user-agent': 'test/1' },
  })
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  expect(response.statusCode).toBe(401)
  expect(sandbox.log.last?.explanation?.mistake).toBe('wrong-bearer')
})

it('is closed with the end of its bearer', async () => {
  const client = await open()
  await client.topic('system')
  const code = client.closed()
  sandbox.faults.setClockOffset(2 * 86_400_000)
  expect(await code).toBe(1000)
})
