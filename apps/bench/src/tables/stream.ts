import type { Contestant, Kind, Table } from '../harness/candidate.ts'
import { measure } from '../harness/measure.ts'
import { quantile } from '../harness/statistics.ts'
import type { Order } from '../servers/frames.ts'
import { startProgram } from '../servers/program.ts'
import { bareUndici, bareWs, type Listen, ours } from '../ways/stream.ts'

const burstFrames = 10_000
const note =
  `A frame delivered, of ${burstFrames} that the server writes in one piece, so that the client is what is measured; oneByOne: the ` +
  "same with one write a frame, which the server's writing bounds. Latency: from the write to the reader, 4 frames each ms. " +
  'Floor: ws with JSON.parse of each frame, and nothing else.'

/** Market data frames, from the socket to the reader. */
export async function measureStreams(): Promise<Table[]> {
  const tables: Table[] = []
  for (const subscriptions of [10, 1_000]) {
    const server = await startProgram<number>('frames', String(subscriptions))
    const address = { url: `ws://127.0.0.1:${server.hello}/v1/api/ws`, subscriptions }
    const readers = [
      await open('bare ws', 'floor', bareWs, { ...address, name: 'ws' }, server.send),
      await open('streaming', 'ours', ours, { ...address, name: 'ours' }, server.send),
      await open('bare undici', 'peer', bareUndici, { ...address, name: 'undici' }, server.send),
    ]
    const about = {
      id: `stream-${subscriptions}`,
      title: `Market data frame, ${subscriptions} subscriptions`,
    }
    tables.push(await measure({ ...about, note, contestants: readers, rounds: 15 }))
    for (const reader of readers) reader.close()
    await server.stop()
  }
  return tables
}

/** Connects a client; what it receives is counted from one order to the next. */
async function open(
  name: string,
  kind: Kind,
  listen: Listen,
  address: Parameters<Listen>[0],
  send: (order: Order) => void,
): Promise<Contestant & { close: () => void }> {
  const [latenciesMs, oneByOneNs]: [number[], number[]] = [[], []]
  const seen = { delivered: 0, lastPrice: '', onLast: (): void => undefined }
  const { close } = await listen(address, (fields) => {
    seen.delivered += 1
    const mark = String(fields['7762'])
    if (mark === 'last') {
      seen.lastPrice = String(fields['31'])
      seen.onLast()
    } else if (mark !== '') latenciesMs.push(Number(process.hrtime.bigint() - BigInt(mark)) / 1e6)
  })
  const order = (what: Omit<Order, 'to'>): Promise<void> =>
    new Promise((resolve) => {
      Object.assign(seen, { delivered: 0, onLast: resolve })
      send({ to: address.name, ...what })
    })
  const burst = async (how: Order['how'] = 'piece'): Promise<number> => {
    const start = performance.now()
    await order({ frames: burstFrames, how })
    return ((performance.now() - start) * 1e6) / seen.delivered
  }
  const prepare = async (): Promise<void> => {
    for (let left = 8; left > 0; left -= 1) await burst()
    if (seen.delivered !== burstFrames) throw new Error(`${seen.delivered} of ${burstFrames} frames came`)
    if (seen.lastPrice !== `${burstFrames - 1}.25`) throw new Error(`the last price is ${seen.lastPrice}`)
  }
  const sample = async (): Promise<number> => {
    await order({ frames: 200, how: 'spread' })
    oneByOneNs.push(await burst('each'))
    return burst()
  }
  const more = () => ({
    oneByOneUs: quantile(oneByOneNs, 0.5) / 1e3,
    latencyP50Ms: quantile(latenciesMs, 0.5),
    latencyP99Ms: quantile(latenciesMs, 0.99),
  })
  return { name, kind, prepare, sample, more, close }
}
