import type { Candidate, Kind, Table } from '../harness/candidate.ts'
import { loop } from '../harness/loop.ts'
import { measure } from '../harness/measure.ts'
import { judgeHeader } from '../judges/header.ts'
import { startProgram } from '../servers/program.ts'
import { type RedisServer, startRedis } from '../servers/redis.ts'
import * as ways from '../ways/request.ts'

const path = '/iserver/account/orders'
const note =
  `GET ${path}, reply parsed from JSON; the server is bare and runs in another process. Through a session: credential, ` +
  'brokerage session and pacing on, limits of 10,000 a second. Floor: undici.request without any authorisation.'
const noRedis = ' Pacing shared over Redis was not measured: redis-server is not installed.'

type Row = readonly [name: string, kind: Kind, client: Promise<ways.Client> | ways.Client]

function connect(baseUrl: string, redis: RedisServer | undefined): Row[] {
  const rows: Row[] = [
    ['bare undici', 'floor', ways.bareUndici(baseUrl)],
    ['transport, bearer', 'ours', ways.throughTransport(baseUrl, ways.withBearer)],
    ['session, bearer', 'ours', ways.throughSession(baseUrl, ways.withBearer)],
    ['transport, OAuth 1.0a', 'ours', ways.throughTransport(baseUrl, ways.signed)],
    ['session, OAuth 1.0a', 'ours', ways.throughSession(baseUrl, ways.signed)],
    ['ibkr-client', 'peer', ways.throughIbkrClient(baseUrl)],
  ]
  if (redis)
    rows.push(['session, bearer, pacing shared over Redis', 'ours', ways.withSharedPacing(baseUrl, redis)])
  return rows
}

/** A GET over loopback to a server in another process, its reply parsed. */
export async function measureSessions(): Promise<Table[]> {
  const server = await startProgram<number>('bare')
  const redis = await startRedis()
  const baseUrl = `http://127.0.0.1:${server.hello}/v1/api`
  const rows = connect(baseUrl, redis)
  const candidates: Candidate[] = []
  for (const [name, kind, client] of rows)
    candidates.push(requestCandidate(name, kind, baseUrl, await client))
  const tables: Table[] = []
  for (const inFlight of [1, 16, 64]) {
    const contestants = candidates.map((one) => loop(one, { inFlight, sliceMs: 40, warmUpMs: 250 }))
    const about = { id: `session-${inFlight}`, title: `Request over loopback, ${inFlight} at a time` }
    tables.push(await measure({ ...about, note: redis ? note : note + noRedis, contestants, rounds: 25 }))
  }
  for (const [, , client] of rows) await (await client).close()
  await redis?.stop()
  await server.stop()
  return tables
}

/** The check asks the server what authorised a request, and judges that. */
export function requestCandidate(name: string, kind: Kind, baseUrl: string, { get }: ways.Client): Candidate {
  const check = async (answer: unknown): Promise<void> => {
    if ((answer as { orders?: unknown[] }).orders?.length !== 4) throw new Error('these are not the orders')
    const { authorization = '' } = (await get('/echo')) as { authorization?: string }
    if (kind === 'floor' || authorization === 'Bearer bearer-of-the-benchmark') return
    const url = `${baseUrl}/echo`
    judgeHeader(name, { method: 'GET', url, urlWithoutQuery: url, fields: {} }, authorization)
  }
  return { name, kind, run: () => get(path), check }
}
