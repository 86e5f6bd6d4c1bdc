import { randomUUID } from 'node:crypto'
import { isTransportError } from '@ibkr-auth/transport'
import type { Conversation, Session } from '@ibkr-auth/transport/session'

/** An order, in IBKR's own members (the few that every order needs). */
export interface Order {
  readonly conid: number
  readonly side: 'BUY' | 'SELL'
  readonly quantity: number
  readonly orderType: 'MKT' | 'LMT'
  readonly price?: number | undefined
  readonly tif: 'DAY' | 'GTC'
  /** Your own id: by it an order is found again. One is made if you give none. */
  readonly cOID?: string | undefined
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
  readonly cOID: string

  constructor(code: OrderError['code'], message: string, cOID: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.cOID = cOID
  }
}

/** How IBKR answers an order: with what it placed, a question, or an error; all of them with status 200. */
type OrderReply =
  | readonly [{ readonly order_id: string; readonly order_status: string }]
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

/** Places an order. It is sent once: where the answer is lost it is looked up by its `cOID`. */
export async function placeOrder(
  session: Session,
  accountId: string,
  order: Order,
  { answer = () => false }: PlaceOrderOptions = {},
): Promise<PlacedOrder> {
  const cOID = order.cOID ?? randomUUID()
  try {
    // A question must be answered by the very next request: nothing else of this session comes between.
    return await session.conversation((talk) => converse(talk, accountId, { ...order, cOID }, answer))
  } catch (error) {
    if (!mayHaveBeenPlaced(error)) throw error
    return await lookUp(session, accountId, cOID, error)
  }
}

async function converse(
  talk: Conversation,
  accountId: string,
  order: Order & { readonly cOID: string },
  answer: NonNullable<PlaceOrderOptions['answer']>,
): Promise<PlacedOrder> {
  const { cOID } = order
  const path = `/iserver/account/${encodeURIComponent(accountId)}/orders`
  let reply = (await talk.post(path, { json: { orders: [order] } })).json<OrderReply>()
  for (let asked = 0; asked < mostQuestions; asked++) {
    if ('error' in reply) throw new OrderError('refused', reply.error, cOID)
    const [first] = reply
    if ('order_id' in first) return { orderId: first.order_id, cOID, status: first.order_status }
    const text = first.message.join('\n')
    const confirmed = (await answer({ messageIds: first.messageIds ?? [], text })) === true
    const replied = talk.post(`/iserver/reply/${encodeURIComponent(first.id)}`, { json: { confirmed } })
    // Without a yes nothing is placed, whatever becomes of the no.
    if (!confirmed) throw new OrderError('declined', `Not placed: ${text}`, cOID, await failureOf(replied))
    reply = (await replied).json<OrderReply>()
  }
  throw new OrderError('unknown', `IBKR asked more than ${mostQuestions} questions`, cOID)
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error
  }
}

/** True for a failure after which an order may stand in the book: all but those that IBKR answered with a clear no. */
function mayHaveBeenPlaced(error: unknown): boolean {
  if (!isTransportError(error) || error.sent === 'no') return false
  return error.status === undefined || error.status < 400 || error.status >= 500
}

async function lookUp(
  session: Session,
  accountId: string,
  cOID: string,
  cause: unknown,
): Promise<PlacedOrder> {
  const sent = 'The answer to the order was lost'
  let orders: readonly OpenOrder[]
  try {
    orders = await openOrders(session)
  } catch (error) {
    throw new OrderError('unknown', `${sent}, and so was the list of orders`, cOID, error)
  }
  const found = orders.find(({ order_ref, account }) => order_ref === cOID && account === accountId)
  if (found !== undefined) return { orderId: String(found.orderId), cOID, status: found.status }
  throw new OrderError('unknown', `${sent}, and the list of orders does not have it`, cOID, cause)
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
  const path = `/iserver/account/${encodeURIComponent(accountId)}/order/${encodeURIComponent(orderId)}`
  const reply = (await session.delete(path)).json<{ readonly error?: string | undefined }>()
  if (reply.error !== undefined) throw new OrderError('refused', reply.error, orderId)
}
