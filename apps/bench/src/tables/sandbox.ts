import assert from 'node:assert/strict'
import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { type Dispatcher, Pool } from 'undici'
import { type Candidate, measure, type Table } from '../harness.ts'
import { startProgram } from '../servers/program.ts'

/** With what the sandbox lets its client sign. */
type Known = Readonly<Record<'baseUrl' | 'consumerKey' | 'accessToken' | 'realm' | 'token', string>>

const note =
  'Signed GET, each with a nonce of its own, 32 at a time; servers in processes of their own. Floor: node:http answering ' +
  "unread. The sandbox's share of its throughput is the ratio's inverse."

/** Signed requests to the sandbox, verified and refused, beside a server with nothing behind it. */
export async function measureSandbox(): Promise<Table[]> {
  const { hello: known } = await startProgram<Known>('sandbox')
  const { hello: port } = await startProgram<number>('bare')
  const candidates = [
    candidate('bare node:http', 'floor', { ...known, baseUrl: `http://127.0.0.1:${port}/v1/api` }, 200),
    candidate('sandbox, every signature verified', 'ours', known, 200),
    candidate('sandbox, every request refused', 'ours', { ...known, token: '07'.repeat(20) }, 401),
  ]
  const about = { id: 'sandbox', title: 'The sandbox as a server', note, rounds: 21 }
  return [await measure(about, candidates, { inFlight: 32, sliceMs: 80, warmUpMs: 1_500 })]
}

function candidate(name: string, kind: Candidate['kind'], known: Known, expected: number): Candidate {
  const url = `${known.baseUrl}/portfolio/accounts`
  const signer = hmacSha256(Buffer.from(known.token, 'hex'))
  const sign = () => createAuthorizationHeader({ method: 'GET', url }, known, signer)
  const send = sender(url)
  return { name, kind, run: () => send(sign()), check: (status) => assert.equal(status, expected) }
}

/** The leanest client there is, so that the server is what is measured: pipelined requests, bodies not looked at. */
function sender(url: string): (authorization: string) => Promise<number> {
  const { origin, pathname: path } = new URL(url)
  const pool = new Pool(origin, { connections: 4, pipelining: 8 })
  return (authorization) =>
    new Promise((resolve, reject) => {
      const reply = { status: 0 }
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => void Object.assign(reply, { status }),
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(reply.status),
        onResponseError: (_, error) => reject(error),
      }
      pool.dispatch({ path, method: 'GET', headers: { authorization, 'user-agent': 'bench' } }, handler)
    })
}
