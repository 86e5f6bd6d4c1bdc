import { createSecretKey } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { createTransport } from '@ibkr-auth/transport'
import { Agent, fetch, request } from 'undici'
import { handWrittenSigner } from './by-hand.ts'
import type { Candidate, Kind, Table } from './candidate.ts'
import { startChild } from './child.ts'
import { ibkrClient } from './ibkr-client.ts'
import { accessToken, consumerKey, liveSessionToken, realm, type SigningInput } from './inputs.ts'
import { measureLoad } from './load.ts'
import { importPeer, requirePeer } from './peers.ts'
import { judge, oauth10aSigner } from './signing-peers.ts'

/** Sends GET to a path and gives the parsed JSON of the reply. */
type Get = (path: string) => Promise<unknown>

interface Way {
  readonly name: string
  readonly kind: Kind
  readonly get: Get
  readonly signs: boolean
  readonly close: () => Promise<void> | void
}

const prefix = '/v1/api'
const path = '/portfolio/accounts'
const nothing = (): void => undefined

/** Signed GET requests over loopback to a server in another process. */
export async function benchTransport(): Promise<Table[]> {
  const server = await startChild('transport-server')
  const origin = `http://127.0.0.1:${server.firstLine}`
  const ways = [
    bareUndici(origin),
    ours(origin),
    undiciByHand(origin),
    fetchByHand(origin),
    await gotWay(origin),
    axiosWay(origin),
    ibkrClientWay(origin),
  ]
  const candidates = ways.map((way) => toCandidate(way, origin))
  const tables: Table[] = []
  for (const concurrency of [1, 16, 64]) {
    tables.push({
      id: `transport-${concurrency}`,
      title: `Requests over loopback, ${concurrency} at a time`,
      note: 'Signed GET, reply parsed from JSON; the server is bare and runs in another process. Floor: undici.request without a signature.',
      compute: false,
      rows: await measureLoad(candidates, {
        concurrency,
        rounds: 25,
        sliceMs: 50,
        warmUpMs: 600,
      }),
    })
  }
  for (const { close } of ways) await close()
  await server.stop()
  return tables
}

/** The work is a request for accounts; the check asks the server what it received, and judges that. */
function toCandidate({ name, kind, get, signs }: Way, origin: string): Candidate {
  const echoUrl = `${origin}${prefix}/echo`
  const input: SigningInput = { name, method: 'GET', url: echoUrl, urlWithoutQuery: echoUrl, fields: {} }
  const check = async (answer: unknown): Promise<void> => {
    if (!Array.isArray(answer) || answer.length !== 4)
      throw new Error('the reply is not the list of accounts')
    const { headers } = (await get('/echo')) as { headers: Record<string, string> }
    if (signs) judge(input, 'rfc5849')(headers.authorization)
  }
  return { name, kind, run: () => get(path), check }
}

function bareUndici(origin: string): Way {
  const dispatcher = new Agent()
  const get: Get = async (path) => {
    const { body } = await request(origin + prefix + path, { dispatcher })
    return body.json()
  }
  return { name: 'bare undici', kind: 'floor', get, signs: false, close: () => dispatcher.close() }
}

function ours(origin: string): Way {
  const signer = hmacSha256(liveSessionToken)
  const credentials = { consumerKey, accessToken, realm }
  const dispatcher = new Agent()
  const transport = createTransport({
    baseUrl: origin + prefix,
    dispatcher,
    authorize: (request) => ({ authorization: createAuthorizationHeader(request, credentials, signer) }),
  })
  const get: Get = async (path) => (await transport.get(path)).json()
  const close = async (): Promise<void> => {
    await transport.close()
    await dispatcher.close()
  }
  return { name: 'transport with oauth1-signing', kind: 'ours', get, signs: true, close }
}

function undiciByHand(origin: string): Way {
  const dispatcher = new Agent()
  const sign = byHandSigner()
  const get: Get = async (path) => {
    const url = origin + prefix + path
    const headers = { authorization: sign('GET', url, {}), 'user-agent': 'bench' }
    const { body } = await request(url, { dispatcher, headers })
    return body.json()
  }
  return {
    name: 'undici, signed by hand',
    kind: 'by hand',
    get,
    signs: true,
    close: () => dispatcher.close(),
  }
}

function fetchByHand(origin: string): Way {
  const dispatcher = new Agent()
  const sign = byHandSigner()
  const get: Get = async (path) => {
    const url = origin + prefix + path
    const reply = await fetch(url, { dispatcher, headers: { authorization: sign('GET', url, {}) } })
    return reply.json()
  }
  return {
    name: 'undici.fetch, signed by hand',
    kind: 'by hand',
    get,
    signs: true,
    close: () => dispatcher.close(),
  }
}

function byHandSigner(): ReturnType<typeof handWrittenSigner> {
  return handWrittenSigner({ consumerKey, accessToken, realm, key: createSecretKey(liveSessionToken) })
}

type Got = (url: string, options: object) => { json(): Promise<unknown> }

async function gotWay(origin: string): Promise<Way> {
  const { default: got } = await importPeer<{ default: Got }>('got', 'dist/source/index.js')
  const sign = oauth10aSigner()
  const agent = new HttpAgent({ keepAlive: true })
  const get: Get = (path) => {
    const url = origin + prefix + path
    return got(url, { agent: { http: agent }, headers: { authorization: sign('GET', url, {}) } }).json()
  }
  return { name: 'got with oauth-1.0a', kind: 'peer', get, signs: true, close: () => agent.destroy() }
}

interface Axios {
  get(url: string, options: object): Promise<{ data: unknown }>
}

function axiosWay(origin: string): Way {
  const axios = requirePeer<Axios>('axios')
  const sign = oauth10aSigner()
  const httpAgent = new HttpAgent({ keepAlive: true })
  const get: Get = async (path) => {
    const url = origin + prefix + path
    const headers = { authorization: sign('GET', url, {}) }
    return (await axios.get(url, { httpAgent, headers })).data
  }
  return { name: 'axios with oauth-1.0a', kind: 'peer', get, signs: true, close: () => httpAgent.destroy() }
}

function ibkrClientWay(origin: string): Way {
  const client = ibkrClient()
  client.url.api = `${origin}${prefix}/`
  client.token = liveSessionToken.toString('base64')
  const get: Get = (path) => client.request({ path: path.slice(1) })
  return { name: 'ibkr-client', kind: 'peer', get, signs: true, close: nothing }
}
