import { randomUUID } from 'node:crypto'
import { isTransportError } from '@ibkr-auth/transport'
import type { Session } from '@ibkr-auth/transport/session'

/** An order, in IBKR's own members (the few that every order needs). */
export interface Order {
  readonly conid: number
  readonly side: 'BUY' | 'SELL'
  readonly quantity: number
  readonly orderType: 'MKT' | 'LMT' | 'STP' | 'STOP_LIMIT'
  /** The limit; of `STP` the stop. */
  readonly price?: number | undefined
  /** The stop of `STOP_LIMIT`. */
  readonly auxPrice?: number | undefined
  readonly tif: 'DAY' | 'GTC'
  /** Your own id: by it an order is found again. One is made if you give none. */
  readonly cOID?: string | undefined
  /** The `cOID` of the order that must fill first: target and stop of a bracket name their entry. */
  readonly parentId?: string | undefined
}

/** What IBKR asks before it takes an order. */
export interface Question {
  /** Such as `o163`; stable, unlike the text. */
  readonly messageIds: readonly string[]
  readonly text: string
}

export interface PlaceOrderOptions {
  /** True takes the question upon you; anything else discards the order. Default: every question is refused. */
  readonly answer?: ((question: Question) => boolean | Promise<boolean>) | undefined
}

export interface PlacedOrder {
  readonly orderId: string
  readonly cOID: string
  /** IBKR's word for it, such as `Submitted`. */
  readonly status: string
}

/** A row of the orders that IBKR lists. */
export interface OpenOrder {
  readonly orderId: number
  readonly account: string
  readonly status: string
  /** Your own id. */
  readonly order_ref?: string | undefined
}

/** Why there is no order, or why that cannot be said. */
export class OrderError extends Error {
  override readonly name = 'OrderError'
  /**
   * `refused`: IBKR refused it. `declined`: a question was not answered with yes. `unknown`: it may have been placed, and
   * is not in the list (yet): look again by `cOID`, and never send it a second time.
   */
  readonly code: 'refused' | 'declined' | 'unknown'
  /** Your id for the order, or IBKR's where that was given; of several, with commas between. */
  readonly order: string

  constructor(code: OrderError['code'], message: string, order: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.order = order
  }
}

/** What IBKR placed. */
interface PlacedRow {
  readonly order_id: string
  readonly order_status: string
}

/** How IBKR answers orders: with what it placed, a question, or an error; all of them with status 200. */
type OrderReply =
  | readonly PlacedRow[]
  | readonly [
      {
        readonly id: string
        readonly message: readonly string[]
        readonly messageIds?: readonly string[] | undefined
      },
    ]
  | { readonly error: string }

/** More questions than IBKR asks of any order. */
const mostQuestions = 10

/** Places an order, as {@link placeOrders} does. */
export async function placeOrder(
  session: Session,
  accountId: string,
  order: Order,
  options?: PlaceOrderOptions,
): Promise<PlacedOrder> {
  const cOID = order.cOID ?? randomUUID()
  const [placed] = await placeOrders(session, accountId, [{ ...order, cOID }], options)
  if (placed === undefined) throw new OrderError('unknown', 'IBKR names no order', cOID)
  return placed
}

/**
 * Places orders, all of them or none: a bracket is an entry with its target and its stop. They are sent once: where the
 * answer is lost they are looked up by their `cOID`.
 *
 * @throws {OrderError}
 */
export async function placeOrders(
  session: Session,
  accountId: string,
  orders: readonly Order[],
  options?: PlaceOrderOptions,
): Promise<readonly PlacedOrder[]> {
  const named = orders.map((order) => ({ ...order, cOID: order.cOID ?? randomUUID() }))
  const cOIDs = named.map(({ cOID }) => cOID)
  const request = { path: `${pathOf(accountId)}/orders`, json: { orders: named }, order: cOIDs.join(', ') }
  try {
    const rows = await converse(session, request, options)
    return rows.map((row, index) => placedOrder(row, cOIDs[index] ?? ''))
  } catch (error) {
    if (!mayHaveArrived(error)) throw error
    return await lookUp(session, accountId, cOIDs, error)
  }
}

/**
 * Puts other members in the place of those of an open order. It is sent once.
 *
 * @throws {OrderError} `unknown` where the answer is lost: look at the order before you change it again.
 */
export async function replaceOrder(
  session: Session,
  accountId: string,
  orderId: string,
  order: Order,
  options?: PlaceOrderOptions,
): Promise<PlacedOrder> {
  const path = `${pathOf(accountId)}/order/${encodeURIComponent(orderId)}`
  try {
    const [row] = await converse(session, { path, json: order, order: orderId }, options)
    return placedOrder(row ?? { order_id: orderId, order_status: '' }, order.cOID ?? '')
  } catch (error) {
    if (!mayHaveArrived(error)) throw error
    throw new OrderError('unknown', 'The answer to the change was lost', orderId, error)
  }
}

function pathOf(accountId: string): string {
  return `/iserver/account/${encodeURIComponent(accountId)}`
}

function placedOrder({ order_id: orderId, order_status: status }: PlacedRow, cOID: string): PlacedOrder {
  return { orderId, cOID, status }
}

interface OrderRequest {
  readonly path: string
  readonly json: object
  /** For errors. */
  readonly order: string
}

/** Sends orders and answers what IBKR asks. A question must be answered by the very next request: nothing comes between. */
function converse(
  session: Session,
  { path, json, order }: OrderRequest,
  { answer = () => false }: PlaceOrderOptions = {},
): Promise<readonly PlacedRow[]> {
  return session.conversation(async (talk) => {
    let reply = (await talk.post(path, { json })).json<OrderReply>()
    for (let asked = 0; asked < mostQuestions; asked++) {
      if ('error' in reply) throw new OrderError('refused', reply.error, order)
      const [first] = reply
      if (first === undefined || !('message' in first)) return reply as readonly PlacedRow[]
      const text = first.message.join('\n')
      const confirmed = (await answer({ messageIds: first.messageIds ?? [], text })) === true
      const replied = talk.post(`/iserver/reply/${encodeURIComponent(first.id)}`, { json: { confirmed } })
      // Without a yes nothing is placed, whatever becomes of the no.
      if (!confirmed) throw new OrderError('declined', `Not placed: ${text}`, order, await failureOf(replied))
      reply = (await replied).json<OrderReply>()
    }
    throw new OrderError('unknown', `IBKR asked more than ${mostQuestions} questions`, order)
  })
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error
  }
}

/** True for a failure after which IBKR may have done it: all but those that it answered with a clear no. */
function mayHaveArrived(error: unknown): boolean {
  if (!isTransportError(error) || error.sent === 'no') return false
  return error.status === undefined || error.status < 400 || error.status >= 500
}

async function lookUp(
  session: Session,
  accountId: string,
  cOIDs: readonly string[],
  cause: unknown,
): Promise<readonly PlacedOrder[]> {
  const unknown = (what: string, why: unknown) =>
    new OrderError('unknown', `The answer to the order was lost, and ${what}`, cOIDs.join(', '), why)
  let listed: readonly OpenOrder[]
  try {
    listed = await openOrders(session)
  } catch (error) {
    throw unknown('so was the list of orders', error)
  }
  return cOIDs.map((cOID) => {
    const row = listed.find(({ order_ref, account }) => order_ref === cOID && account === accountId)
    if (row === undefined) throw unknown('the list of orders does not have it', cause)
    return { orderId: String(row.orderId), cOID, status: row.status }
  })
}

/** All orders of the day, of whichever account. */
export async function openOrders(session: Session): Promise<readonly OpenOrder[]> {
  interface Listed {
    readonly orders?: readonly OpenOrder[] | undefined
    readonly snapshot?: boolean | undefined
  }
  const ask = async (force: boolean) =>
    (await session.get('/iserver/account/orders', force ? { query: { force: 'true' } } : {})).json<Listed>()
  // The first request has IBKR fetch the orders anew, and shows none.
  const first = await ask(true)
  const { orders = [] } = first.snapshot === true ? first : await ask(false)
  return orders
}

/** Asks for the cancellation of an order. @throws {OrderError} where IBKR will not. */
export async function cancelOrder(session: Session, accountId: string, orderId: string): Promise<void> {
  const path = `${pathOf(accountId)}/order/${encodeURIComponent(orderId)}`
  const reply = (await session.delete(path)).json<{ readonly error?: string | undefined }>()
  if (reply.error !== undefined) throw new OrderError('refused', reply.error, orderId)
}
