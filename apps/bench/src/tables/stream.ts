import assert from 'node:assert/strict'
import { createStream, marketData } from '@ibkr-auth/streaming'
import { WebSocket } from 'undici'
import { type Candidate, measure, quantile, type Table } from '../harness.ts'
import { requirePeer } from '../peers.ts'
import type { Order } from '../servers/frames.ts'
import { startProgram } from '../servers/program.ts'

const burstFrames = 10_000
const note =
  `A frame delivered, of ${burstFrames} that the server encoded before it writes them in one piece, so that the client is what is ` +
  'measured; cpu: of the whole client. Latency: from the write to the reader, 4 frames each ms. ' +
  'Floor: ws with JSON.parse of each frame, and nothing else.'

/** Market data frames, from the socket to the reader. */
export async function measureStreams(): Promise<Table[]> {
  const tables: Table[] = []
  for (const subscriptions of [10, 1_000]) {
    const { hello: port, send } = await startProgram<number>('frames', String(subscriptions))
    const url = `ws://127.0.0.1:${port}/v1/api/ws`
    const contestants = [
      await open('bare ws', 'floor', send, bareWs(url)),
      await open('streaming', 'ours', send, ours(url, subscriptions)),
      await open('bare undici', 'peer', send, bareUndici(url)),
    ]
    const title = `Market data frame, ${subscriptions} subscriptions`
    tables.push(await measure({ id: `stream-${subscriptions}`, title, note, rounds: 15 }, contestants))
  }
  return tables
}

/** Called with fields 31 and 7762 of each quote. */
type OnQuote = (last: unknown, mark: unknown) => void

/** Connects, by a token that the server knows the connection by, and resolves when quotes may come. */
type Listen = (token: string, onQuote: OnQuote) => Promise<void>

/** Connects a client; what it receives is counted from one order to the next. */
async function open(name: string, kind: Candidate['kind'], send: (order: Order) => void, listen: Listen) {
  const to = name.replaceAll(' ', '')
  const [latenciesMs, cpuUs]: [number[], number[]] = [[], []]
  const seen = { delivered: 0, sinceMs: 0, cpu: process.cpuUsage(), last: '', onLast: (): void => undefined }
  await listen(to, (last, mark) => {
    if (seen.delivered++ === 0) Object.assign(seen, { sinceMs: performance.now(), cpu: process.cpuUsage() })
    if (mark === 'last') {
      seen.last = String(last)
      seen.onLast()
    } else if (mark !== '') latenciesMs.push(Number(process.hrtime.bigint() - BigInt(String(mark))) / 1e6)
  })
  const order = (frames: number, how: Order['how']): Promise<void> =>
    new Promise((onLast) => {
      Object.assign(seen, { delivered: 0, onLast })
      send({ to, frames, how })
    })
  const burst = async (): Promise<number> => {
    await order(burstFrames, 'piece')
    const { user, system } = process.cpuUsage(seen.cpu)
    cpuUs.push((user + system) / seen.delivered)
    return ((performance.now() - seen.sinceMs) * 1e6) / seen.delivered
  }
  const prepare = async (): Promise<void> => {
    for (let left = 8; left > 0; left -= 1) await burst()
    assert.deepEqual([seen.delivered, seen.last], [burstFrames, `${burstFrames - 1}.25`])
  }
  const sample = async (): Promise<number> => {
    await order(100, 'spread')
    return burst()
  }
  const more = () => ({
    cpuUs: quantile(cpuUs, 0.5),
    latencyP50Ms: quantile(latenciesMs, 0.5),
    latencyP99Ms: quantile(latenciesMs, 0.99),
  })
  return { name, kind, prepare, sample, more }
}

/** What a careful programmer without a library does with a frame. */
function reader(onQuote: OnQuote, onGreeting: () => void): (text: string) => void {
  return (text) => {
    const frame = JSON.parse(text)
    if (frame.conid !== undefined) onQuote(frame['31'], frame['7762'])
    else if (frame.success !== undefined) onGreeting()
  }
}

function bareWs(url: string): Listen {
  const Ws = requirePeer('ws')
  return (token, onQuote) =>
    new Promise((resolve) => {
      const read = reader(onQuote, resolve)
      const socket = new Ws(`${url}?oauth_token=${token}`, { perMessageDeflate: false })
      socket.on('message', (data: Buffer) => read(data.toString()))
    })
}

function bareUndici(url: string): Listen {
  return (token, onQuote) =>
    new Promise((resolve) => {
      const read = reader(onQuote, resolve)
      const socket = new WebSocket(`${url}?oauth_token=${token}`)
      socket.addEventListener('message', ({ data }) => read(String(data)))
    })
}

function ours(url: string, subscriptions: number): Listen {
  return (token, onQuote) => {
    const connect = async () => ({ query: { name: 'oauth_token', value: token }, session: 'x' }) as const
    const stream = createStream({ url, connect, limits: { marketDataLines: subscriptions } })
    for (let conid = 1; conid <= subscriptions; conid += 1) {
      stream
        .subscribe(marketData(conid, ['last', 'bid', 'ask', 'bidSize', 'askSize', 'volumeLong']))
        .on((item) => {
          if (item.kind === 'update') onQuote(item.value.fields.last, item.value.fields.volumeLong)
        })
    }
    return stream.ready()
  }
}
