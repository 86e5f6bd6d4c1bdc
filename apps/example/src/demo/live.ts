import type { Sandbox } from '@ibkr-auth/sandbox'
import { marketData, orders, type Row, type Stream } from '@ibkr-auth/streaming'
import type { Client } from '../clients/client.ts'
import type { Terminal } from './terminal.ts'

/** What came over the WebSocket. */
export interface Live {
  readonly quotes: number
  /** Those that the order passed through, in their order. */
  readonly orderStatuses: readonly string[]
}

const contractId = 265598

/** Five seconds of live quotes; meanwhile an order is placed, and filled by the sandbox, which plays the exchange. */
export async function watchLive(terminal: Terminal, sandbox: Sandbox, client: Client): Promise<Live> {
  const stream = client.stream()
  const orderStatuses = await followOrders(terminal, stream, (orderId) => sandbox.market.fill(orderId))
  const [account = ''] = await client.accounts()
  const order = {
    conid: contractId,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    price: 100,
    tif: 'DAY',
  } as const
  const [quotes] = await Promise.all([
    showQuotes(terminal, stream, 5_000),
    client.placeOrder(account, order, { answer: () => true }),
  ])
  return { quotes, orderStatuses }
}

async function showQuotes(terminal: Terminal, stream: Stream, durationMs: number): Promise<number> {
  const subscription = stream.subscribe(marketData(contractId, ['last', 'bid', 'ask']))
  const timer = setTimeout(() => subscription.close(), durationMs)
  let quotes = 0
  for await (const item of subscription) {
    if (item.kind !== 'update') continue
    quotes++
    const { fields, availability } = item.value
    const { last, bid, ask } = fields
    terminal.field(
      `AAPL, ${availability}`,
      `${last}   bid ${bid}   ask ${ask}   ${item.stale ?? ''}`.trimEnd(),
    )
  }
  clearTimeout(timer)
  return quotes
}

/** Writes down each status as it comes, and has an order filled once it stands in the book. */
async function followOrders(
  terminal: Terminal,
  stream: Stream,
  fill: (orderId: number) => void,
): Promise<string[]> {
  const statuses: string[] = []
  const subscription = stream.subscribe(orders())
  const show = ({ orderId, status }: Row) => {
    statuses.push(String(status))
    terminal.field(`order ${orderId}`, String(status))
    if (status === 'Submitted') fill(Number(orderId))
  }
  subscription.on((item) => {
    if (item.kind === 'update') item.value.forEach(show)
  })
  await subscription.confirmed
  return statuses
}
