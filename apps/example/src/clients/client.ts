import type { Stream } from '@ibkr-auth/streaming'
import type { Session, SessionStatus } from '@ibkr-auth/transport/session'
import {
  cancelOrder,
  type OpenOrder,
  type Order,
  openOrders,
  type PlacedOrder,
  type PlaceOrderOptions,
  placeOrder,
  placeOrders,
  replaceOrder,
} from './orders.ts'
import { openStream, type StreamAccess } from './stream.ts'

/** What all three clients end in: the few things that show a session is good, and an order. */
export interface Client {
  /** Account ids, of the read-only session. */
  accounts(): Promise<readonly string[]>
  /** One quote per contract id. Fields are IBKR's numbers: 31 last price, 84 bid, 86 ask. */
  snapshot(contractIds: readonly number[], fields?: readonly number[]): Promise<readonly Quote[]>
  /** What an order would do to the account. Nothing is placed. */
  previewOrder(accountId: string, order: Order): Promise<unknown>
  /**
   * Places an order. It is sent once and never again: where the answer is lost, it is looked up by its `cOID`. A question
   * of IBKR that `answer` does not take discards it.
   *
   * @throws {OrderError} `refused`, `declined`, or `unknown` where it may have been placed.
   */
  placeOrder(accountId: string, order: Order, options?: PlaceOrderOptions): Promise<PlacedOrder>
  /** Several orders, all of them or none: entry, target and stop of a bracket. Otherwise as {@link placeOrder}. */
  placeOrders(
    accountId: string,
    orders: readonly Order[],
    options?: PlaceOrderOptions,
  ): Promise<readonly PlacedOrder[]>
  /** Puts other members, a price for example, in the place of those of an open order. @throws {OrderError} */
  replaceOrder(
    accountId: string,
    orderId: string,
    order: Order,
    options?: PlaceOrderOptions,
  ): Promise<PlacedOrder>
  /** All orders of the day. */
  openOrders(): Promise<readonly OpenOrder[]>
  /** Asks for a cancellation. @throws {OrderError} `refused`. */
  cancelOrder(accountId: string, orderId: string): Promise<void>
  /** Quotes, orders and trades as they come: one WebSocket, opened with the first subscription, closed by `close()`. */
  stream(): Stream
  status(): SessionStatus
  /** Logs out. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A quote by field number, as IBKR sends it; fields may be lacking while no market data comes. */
export type Quote = Readonly<Record<string, unknown>> & { readonly conid: number }

/** The client over a session, whichever way that session signs in. */
export function createClient(session: Session, access: StreamAccess): Client {
  const orders = (accountId: string) => `/iserver/account/${encodeURIComponent(accountId)}/orders`
  let stream: Stream | undefined
  const close = async () => {
    stream?.close()
    await session.close()
  }
  return {
    async accounts() {
      const reply = await session.get('/portfolio/accounts')
      return reply.json<{ id: string }[]>().map(({ id }) => id)
    },
    async snapshot(contractIds, fields = [31, 84, 86]) {
      const query = { conids: contractIds.join(','), fields: fields.join(',') }
      const ask = async () => (await session.get('/iserver/marketdata/snapshot', { query })).json<Quote[]>()
      // The first request of a contract only starts its stream, and lacks the fields.
      const quotes = await ask()
      return quotes.every((quote) => fields.some((field) => field in quote)) ? quotes : ask()
    },
    async previewOrder(accountId, order) {
      // IBKR's what-if changes nothing, so it may be sent twice.
      const options = { json: { orders: [order] }, idempotent: true }
      return (await session.post(`${orders(accountId)}/whatif`, options)).json()
    },
    placeOrder: (accountId, order, options) => placeOrder(session, accountId, order, options),
    placeOrders: (accountId, list, options) => placeOrders(session, accountId, list, options),
    replaceOrder: (accountId, orderId, order, options) =>
      replaceOrder(session, accountId, orderId, order, options),
    openOrders: () => openOrders(session),
    cancelOrder: (accountId, orderId) => cancelOrder(session, accountId, orderId),
    stream: () => {
      stream ??= openStream(session, access)
      return stream
    },
    status: () => session.status(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
