import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { Pool } from 'undici'
import type { Contestant, Kind, Table } from '../harness/candidate.ts'
import { loop } from '../harness/loop.ts'
import { measure } from '../harness/measure.ts'
import { startProgram } from '../servers/program.ts'

/** With what the sandbox lets its client sign. */
type Known = Readonly<Record<'baseUrl' | 'consumerKey' | 'accessToken' | 'realm' | 'token', string>>

const note =
  'Signed GET, each with a nonce of its own, 32 at a time; servers in processes of their own. Floor: node:http answering ' +
  "unread. The sandbox's share of its throughput is the ratio's inverse."

/** Signed requests to the sandbox, verified and refused, beside a server with nothing behind it. */
export async function measureSandbox(): Promise<Table[]> {
  const sandbox = await startProgram<Known>('sandbox')
  const bare = await startProgram<number>('bare')
  const known = sandbox.hello
  const toBare = { ...known, baseUrl: `http://127.0.0.1:${bare.hello}/v1/api` }
  const contestants = [
    contestant('bare node:http', 'floor', toBare, 200),
    contestant('sandbox, every signature verified', 'ours', known, 200),
    contestant('sandbox, every request refused', 'ours', { ...known, token: '07'.repeat(20) }, 401),
  ]
  const title = 'The sandbox as a server'
  const table = await measure({ id: 'sandbox', title, note, contestants, rounds: 21 })
  await sandbox.stop()
  await bare.stop()
  return [table]
}

function contestant(name: string, kind: Kind, known: Known, expected: number): Contestant {
  const url = `${known.baseUrl}/portfolio/accounts`
  const signer = hmacSha256(Buffer.from(known.token, 'hex'))
  const sign = (): string => createAuthorizationHeader({ method: 'GET', url }, known, signer)
  const send = sender(url)
  const check = async (status: unknown): Promise<void> => {
    if (status !== expected) throw new Error(`the status is ${status}, not ${expected}`)
    const header = sign()
    await send(header)
    const replayed = await send(header)
    if (kind === 'ours' && replayed !== 401)
      throw new Error(`a replayed request is answered with ${replayed}`)
  }
  const run = (): Promise<number> => send(sign())
  return loop({ name, kind, run, check }, { inFlight: 32, sliceMs: 80, warmUpMs: 2_000 })
}

const nothing = (): void => undefined

/** The leanest client there is, so that the server is what is measured: pipelined requests, bodies not looked at. */
function sender(url: string): (authorization: string) => Promise<number> {
  const { origin, pathname: path } = new URL(url)
  const pool = new Pool(origin, { connections: 4, pipelining: 8 })
  return (authorization) =>
    new Promise((resolve, reject) => {
      let status = 0
      const headers = { authorization, 'user-agent': 'bench' }
      const onResponseStart = (_: unknown, code: number): void => {
        status = code
      }
      const onResponseEnd = (): void => resolve(status)
      const onResponseError = (_: unknown, error: Error): void => reject(error)
      const ends = { onResponseStart, onResponseEnd, onResponseError }
      pool.dispatch(
        { path, method: 'GET', headers },
        { onRequestStart: nothing, onResponseData: nothing, ...ends },
      )
    })
}
