import type { Sandbox } from '@ibkr-auth/sandbox'
import { marketData, orders, type Row, type Stream } from '@ibkr-auth/streaming'
import type { Client } from '../clients/client.ts'
import type { Order } from '../clients/orders.ts'
import type { Terminal } from './terminal.ts'

/** What came over the WebSocket. */
export interface Live {
  readonly quotes: number
  /** The statuses that each order passed through, by its `cOID`. */
  readonly statuses: Readonly<Record<string, readonly string[]>>
}

const contractId = 265598

/** Far below the market, so that IBKR asks whether it is meant; its stop is farther still. */
const entry: Order = {
  conid: contractId,
  side: 'BUY',
  quantity: 1,
  orderType: 'LMT',
  price: 182,
  tif: 'DAY',
  cOID: 'entry',
}
const target: Order = { ...entry, side: 'SELL', price: 188, cOID: 'target', parentId: 'entry' }
const stop: Order = { ...target, orderType: 'STP', price: 178, cOID: 'stop' }

/** Five seconds of live quotes; meanwhile a bracket is placed, and filled by the sandbox, which plays the exchange. */
export async function watchLive(terminal: Terminal, sandbox: Sandbox, client: Client): Promise<Live> {
  const stream = client.stream()
  const statuses = await followOrders(terminal, stream, (orderId) => sandbox.market.fill(orderId))
  const [account = ''] = await client.accounts()
  const answer = ({ text }: { readonly text: string }) => {
    terminal.field('IBKR asks', text.replace(/\s+/g, ' '))
    return true
  }
  const [quotes] = await Promise.all([
    showQuotes(terminal, stream, 5_000),
    client.placeOrders(account, [entry, target, stop], { answer }),
  ])
  return { quotes, statuses }
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
): Promise<Readonly<Record<string, readonly string[]>>> {
  const statuses: Record<string, string[]> = {}
  const subscription = stream.subscribe(orders())
  const show = ({ orderId, status, order_ref }: Row) => {
    const [name, seen] = [String(order_ref), String(status)]
    statuses[name] = [...(statuses[name] ?? []), seen]
    terminal.field(`order ${orderId}, ${name}`, seen)
    if (status === 'Submitted') fill(Number(orderId))
  }
  subscription.on((item) => {
    if (item.kind === 'update') item.value.forEach(show)
  })
  await subscription.confirmed
  return statuses
}
