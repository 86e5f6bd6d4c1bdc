import assert from 'node:assert/strict'
import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { redisStore, sharePacing } from '@ibkr-auth/shared-session'
import { type Authorize, bearer, createTransport } from '@ibkr-auth/transport'
import { createPacing, createSession } from '@ibkr-auth/transport/session'
import { Redis } from 'ioredis'
import { Agent, request } from 'undici'
import { type Candidate, measure, type Table } from '../harness.ts'
import { ibkrClient } from '../peers.ts'
import { startProgram } from '../servers/program.ts'
import { startRedis } from '../servers/redis.ts'
import { accessToken, consumerKey, liveSessionToken, realm } from '../ways/inputs.ts'

const path = '/iserver/account/orders'
const note =
  `GET ${path}, reply parsed from JSON; the server is bare and runs in another process. Through a session: credential, ` +
  'brokerage session and pacing on, limits of 10,000 a second. Floor: undici.request without any authorisation.'
const noRedis = ' Pacing shared over Redis was not measured: redis-server is not installed.'

/** A GET over loopback to a server in another process, its reply parsed. */
export async function measureSessions(): Promise<Table[]> {
  const server = await startProgram<number>('bare')
  const baseUrl = `http://127.0.0.1:${server.hello}/v1/api`
  const redisPort = await startRedis()
  const candidates = await connect(baseUrl, redisPort)
  const tables: Table[] = []
  for (const inFlight of [1, 16, 64]) {
    const title = `Request over loopback, ${inFlight} at a time`
    const about = { id: `session-${inFlight}`, title, note: redisPort ? note : note + noRedis, rounds: 21 }
    tables.push(await measure(about, candidates, { inFlight, sliceMs: 30, warmUpMs: 200 }))
  }
  return tables
}

/** Sends GET to a path and gives the parsed JSON of the reply. */
type Get = (path: string) => Promise<unknown>

async function connect(baseUrl: string, redisPort: number | undefined): Promise<Candidate[]> {
  const [key, credentials] = [hmacSha256(liveSessionToken), { consumerKey, accessToken, realm }]
  const signed: Authorize = (asked) => ({ authorization: createAuthorizationHeader(asked, credentials, key) })
  const candidates = [
    requestCandidate('bare undici', 'floor', bareUndici(baseUrl)),
    requestCandidate('session, OAuth 1.0a', 'ours', await throughSession(baseUrl, signed)),
    requestCandidate('session, bearer', 'ours', await throughSession(baseUrl)),
    requestCandidate('transport, OAuth 1.0a', 'ours', throughTransport(baseUrl, signed)),
    requestCandidate('transport, bearer', 'ours', throughTransport(baseUrl, withBearer)),
    requestCandidate('ibkr-client', 'peer', throughIbkrClient(baseUrl)),
  ]
  if (redisPort === undefined) return candidates
  const get = await withSharedPacing(baseUrl, redisPort)
  return [...candidates, requestCandidate('session, bearer, pacing over Redis', 'ours', get)]
}

/** A reply says whether its request was authorised. */
export function requestCandidate(name: string, kind: Candidate['kind'], get: Get): Candidate {
  const check = (answer: unknown) => {
    const { orders, authorized } = answer as { orders?: unknown[]; authorized?: boolean }
    assert.deepEqual([orders?.length, kind === 'floor' || authorized], [4, true])
  }
  return { name, kind, run: () => get(path), check }
}

const withBearer: Authorize = bearer(() => 'bearer-of-the-benchmark')

/** High enough never to hold: what is measured is the counting. */
const openLimits = { global: { requests: 10_000, intervalMs: 1_000 }, limits: [] } as const

function bareUndici(baseUrl: string): Get {
  const dispatcher = new Agent()
  return async (path) => (await request(baseUrl + path, { dispatcher })).body.json()
}

function throughTransport(baseUrl: string, authorize: Authorize): Get {
  const transport = createTransport({ baseUrl, authorize })
  return async (path) => (await transport.get(path)).json()
}

/** Everything on: credential, brokerage session, pacing. */
export async function throughSession(
  baseUrl: string,
  authorize = withBearer,
  pacing = createPacing(openLimits),
) {
  const establish = async () => ({ authorize, expiresAtMs: Date.now() + 86_400_000 })
  const session = createSession({ baseUrl, username: 'bench', pacing, establish })
  await session.ready({ brokerage: true })
  return async (path: string): Promise<unknown> => (await session.get(path)).json()
}

function withSharedPacing(baseUrl: string, port: number): Promise<Get> {
  const store = redisStore(new Redis({ port, host: '127.0.0.1' }))
  return throughSession(baseUrl, withBearer, sharePacing({ ...openLimits, store, key: 'bench' }))
}

function throughIbkrClient(baseUrl: string): Get {
  const client = ibkrClient()
  client.url.api = `${baseUrl}/`
  client.token = liveSessionToken.toString('base64')
  return (path) => client.request({ path: path.slice(1) })
}
