import { createSecretKey } from 'node:crypto'
import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { createLiveSessionTokenRequest, rsaSha256 } from '@ibkr-auth/oauth1-signing'
import { Pool, request } from 'undici'
import { type HandWrittenSigner, handWrittenSigner } from './by-hand.ts'
import type { Candidate, Kind, Table } from './candidate.ts'
import { startChild } from './child.ts'
import { measureLoad } from './load.ts'

/** What the sandbox says of itself. */
interface Sandbox {
  readonly consumerKey: string
  readonly accessToken: string
  readonly accessTokenSecret: string
  readonly realm: string
  readonly baseUrl: string
  readonly dhParams: string
  readonly signingKey: string
  readonly encryptionKey: string
}

const path = '/portfolio/accounts'

/** Signed requests to the sandbox, verified and refused, beside the same HTTP library with nothing behind it. */
export async function benchVerification(): Promise<Table[]> {
  const sandboxServer = await startChild('sandbox-server')
  const sandbox = JSON.parse(sandboxServer.firstLine) as Sandbox
  const key = await obtainLiveSessionToken(sandbox)
  const good = signerOf(sandbox, key)
  const wrong = signerOf(sandbox, Buffer.alloc(20, 7))
  const reply = await (await signedRequest(sandbox.baseUrl + path, good)).body.text()
  const bareServer = await startChild('bare-server', [reply])
  const bareUrl = `http://127.0.0.1:${bareServer.firstLine}/v1/api`
  const clients = [new Client(bareUrl), new Client(sandbox.baseUrl)] as const
  const [bare, verifying] = clients
  const rows = await measureLoad(
    [
      candidate('bare server', 'floor', bare, good, 200),
      candidate('sandbox, every signature verified', 'ours', verifying, good, 200),
      candidate('sandbox, every request refused and explained', 'ours', verifying, wrong, 401),
    ],
    { concurrency: 32, rounds: 25, sliceMs: 100, warmUpMs: 3000 },
  )
  for (const client of clients) await client.close()
  for (const server of [sandboxServer, bareServer]) await server.stop()
  const note =
    'Signed GET, each with a nonce of its own, 32 at a time over loopback; the servers run in processes of their own. Floor: the same HTTP ' +
    'library answering the same bytes without looking at the request.'
  return [{ id: 'verification', title: 'The sandbox as a server', note, compute: false, rows }]
}

async function obtainLiveSessionToken(sandbox: Sandbox): Promise<Uint8Array> {
  const { consumerKey, accessToken, realm } = sandbox
  const accessTokenSecret = decryptAccessTokenSecret(sandbox.accessTokenSecret, sandbox.encryptionKey)
  const exchange = beginExchange({ dhParams: parseDhParams(sandbox.dhParams), accessTokenSecret })
  const credentials = { consumerKey, accessToken, realm }
  const signer = rsaSha256(sandbox.signingKey)
  const { baseUrl } = sandbox
  const built = await createLiveSessionTokenRequest({ credentials, signer, exchange, baseUrl })
  const headers = { ...built.headers, 'user-agent': 'bench' }
  const reply = await request(built.url, { method: 'POST', headers })
  const body = await reply.body.text()
  return exchange.complete({ status: reply.statusCode, headers: reply.headers, body }, consumerKey).reveal()
}

function signerOf({ consumerKey, accessToken, realm }: Sandbox, key: Uint8Array): HandWrittenSigner {
  return handWrittenSigner({ consumerKey, accessToken, realm, key: createSecretKey(key) })
}

function signedRequest(url: string, sign: HandWrittenSigner): ReturnType<typeof request> {
  return request(url, { headers: { authorization: sign('GET', url, {}), 'user-agent': 'bench' } })
}

function candidate(
  name: string,
  kind: Kind,
  client: Client,
  sign: HandWrittenSigner,
  expected: number,
): Candidate {
  const url = client.baseUrl + path
  return {
    name,
    kind,
    run: () => client.get(path, sign('GET', url, {})),
    check: async (status) => {
      if (status !== expected) throw new Error(`the status is ${status}, not ${expected}`)
      if (kind === 'floor') return
      const header = sign('GET', url, {})
      await client.get(path, header)
      const replayed = await client.get(path, header)
      if (replayed !== 401) throw new Error(`a replayed request is answered with ${replayed}`)
    },
  }
}

/** The leanest client there is, so that the server is what is measured: pipelined requests, bodies not looked at. */
class Client {
  readonly baseUrl: string
  readonly #prefix: string
  readonly #pool: Pool

  constructor(baseUrl: string) {
    const { origin, pathname } = new URL(baseUrl)
    this.baseUrl = baseUrl
    this.#prefix = pathname
    this.#pool = new Pool(origin, { connections: 4, pipelining: 8 })
  }

  /** Resolves to the status once the body has come. */
  get(path: string, authorization: string): Promise<number> {
    return new Promise((resolve, reject) => {
      let status = 0
      const headers = ['authorization', authorization, 'user-agent', 'bench']
      this.#pool.dispatch(
        { path: this.#prefix + path, method: 'GET', headers },
        {
          onRequestStart: ignore,
          onResponseStart: (_controller, code) => {
            status = code
          },
          onResponseData: ignore,
          onResponseEnd: () => resolve(status),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

function ignore(): void {
  // Only the status and the end of a reply matter here.
}
