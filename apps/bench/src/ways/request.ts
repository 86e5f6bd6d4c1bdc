import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { redisStore, sharePacing } from '@ibkr-auth/shared-session'
import { type Authorize, bearer, createTransport } from '@ibkr-auth/transport'
import { createPacing, createSession, type Pacing } from '@ibkr-auth/transport/session'
import { Redis } from 'ioredis'
import { Agent, request } from 'undici'
import { ibkrClient } from '../peers/ibkr-client.ts'
import type { RedisServer } from '../servers/redis.ts'
import { accessToken, consumerKey, liveSessionToken, realm } from './inputs.ts'

/** One client, connected to a server. */
export interface Client {
  /** Sends GET to a path and gives the parsed JSON of the reply. */
  readonly get: (path: string) => Promise<unknown>
  readonly close: () => Promise<void> | void
}

const key = hmacSha256(liveSessionToken)
const credentials = { consumerKey, accessToken, realm }
export const signed: Authorize = (asked) => ({
  authorization: createAuthorizationHeader(asked, credentials, key),
})
export const withBearer: Authorize = bearer(() => 'bearer-of-the-benchmark')

/** High enough never to hold: what is measured is the counting. */
const openLimits = { global: { requests: 10_000, intervalMs: 1_000 }, limits: [] } as const

export function bareUndici(baseUrl: string): Client {
  const dispatcher = new Agent()
  const get = async (path: string): Promise<unknown> => {
    const { body } = await request(baseUrl + path, { dispatcher })
    return body.json()
  }
  return { get, close: () => dispatcher.close() }
}

export function throughTransport(baseUrl: string, authorize: Authorize): Client {
  const transport = createTransport({ baseUrl, authorize })
  return { get: async (path) => (await transport.get(path)).json(), close: () => transport.close() }
}

/** Everything on: credential, brokerage session, pacing. */
export async function throughSession(
  baseUrl: string,
  authorize: Authorize,
  pacing: Pacing = createPacing(openLimits),
): Promise<Client> {
  const session = createSession({
    ...{ baseUrl, username: 'bench', pacing, logout: false },
    establish: async ({ now }) => ({ authorize, expiresAtMs: now() + 86_400_000 }),
  })
  await session.ready({ brokerage: true })
  return { get: async (path) => (await session.get(path)).json(), close: () => session.close() }
}

export async function withSharedPacing(baseUrl: string, redis: RedisServer): Promise<Client> {
  const client = new Redis({ port: redis.port, host: '127.0.0.1' })
  const store = redisStore(client, { prefix: 'bench:' })
  const pacing = sharePacing({ ...openLimits, store, key: 'bench' })
  const session = await throughSession(baseUrl, withBearer, pacing)
  const close = async (): Promise<void> => {
    await session.close()
    await pacing.close()
    store.close()
    client.disconnect()
  }
  return { get: session.get, close }
}

export function throughIbkrClient(baseUrl: string): Client {
  const client = ibkrClient()
  client.url.api = `${baseUrl}/`
  client.token = liveSessionToken.toString('base64')
  return { get: (path) => client.request({ path: path.slice(1) }), close: () => undefined }
}
