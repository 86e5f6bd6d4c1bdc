import { randomUUID } from 'node:crypto'
import { instrumentOf } from './instruments.ts'
import type { NewOrder, Order } from './order.ts'
import type { OrderBook } from './order-book.ts'
import type { OrderFields } from './order-fields.ts'
import { isOpen, isStop, isStopLimit } from './order-life.ts'
import { type Question, questionsOf, scriptedQuestion } from './questions.ts'
import type { Quotes } from './quotes.ts'

/** What comes of an order: it stands in the book, a question must be answered first, or it is refused. */
export type OrderOutcome =
  | { readonly kind: 'placed'; readonly orders: readonly Order[] }
  | { readonly kind: 'question'; readonly replyId: string; readonly question: Question }
  | { readonly kind: 'refused'; readonly error: string }

/** What is done once every question is answered. */
type Commit = () => OrderOutcome

interface Pending {
  readonly replyId: string
  readonly questions: readonly Question[]
  readonly commit: Commit
}

/** Takes orders the way that IBKR takes them: checks, questions one after the other, then the book. */
export class OrderDesk {
  readonly #book: OrderBook
  readonly #quotes: Quotes
  /** By username: whoever trades under it answers one question at a time. */
  readonly #pending = new Map<string, Pending>()
  readonly #voided = new Map<string, string>()
  readonly #suppressed = new Map<string, ReadonlySet<string>>()
  #scriptedQuestions: readonly string[] = []
  #scriptedRejection: string | undefined

  constructor(book: OrderBook, quotes: Quotes) {
    this.#book = book
    this.#quotes = quotes
  }

  /** Places orders, all of them or none. */
  place(username: string, orders: readonly NewOrder[], nowMs: number): OrderOutcome {
    const objection = orders
      .map((order, index) => this.#objection(order, orders.slice(0, index)))
      .find((error) => error !== undefined)
    if (objection !== undefined) return { kind: 'refused', error: objection }
    return this.#ask(username, this.#questions(username, orders, nowMs), () => {
      const placed = this.#book.place(orders)
      if (placed === undefined) return { kind: 'refused', error: 'The order book of the sandbox is full' }
      return { kind: 'placed', orders: placed.map((order) => this.#rejectScripted(order, nowMs)) }
    })
  }

  /** Changes an order that is open. */
  modify(username: string, orderId: number, fields: OrderFields, nowMs: number): OrderOutcome {
    const objection = tradableObjection(fields)
    if (objection !== undefined) return { kind: 'refused', error: objection }
    return this.#ask(username, this.#questions(username, [fields], nowMs), () => {
      const order = this.#book.find(orderId)
      if (order === undefined || !isOpen(order)) {
        return { kind: 'refused', error: `Order ${orderId} can no longer be modified` }
      }
      if (fields.conid !== order.conid || fields.side !== order.side) {
        return { kind: 'refused', error: 'Contract and side of an order cannot be modified' }
      }
      if (fields.quantity <= order.filledQuantity) {
        return { kind: 'refused', error: 'Order quantity must be more than what is filled' }
      }
      return { kind: 'placed', orders: [this.#book.modify(order, fields, nowMs)] }
    })
  }

  /** Answers the question that is open; says so where it was made void, or is none. */
  reply(username: string, replyId: string, isConfirmed: boolean): OrderOutcome | 'void' | 'unknown' {
    const pending = this.#pending.get(username)
    if (pending?.replyId !== replyId) return this.#voided.get(username) === replyId ? 'void' : 'unknown'
    this.#pending.delete(username)
    if (!isConfirmed) return { kind: 'refused', error: 'Order was not confirmed and has been discarded' }
    return this.#ask(username, pending.questions.slice(1), pending.commit)
  }

  /** Another request came between question and answer: the order is gone. */
  voidQuestion(username: string): void {
    const pending = this.#pending.get(username)
    if (pending === undefined) return
    this.#pending.delete(username)
    this.#voided.set(username, pending.replyId)
  }

  suppress(username: string, messageIds: readonly string[]): void {
    const known = this.#suppressed.get(username) ?? []
    this.#suppressed.set(username, new Set([...known, ...messageIds]))
  }

  resetSuppressed(username: string): void {
    this.#suppressed.delete(username)
  }

  /** Has further questions asked of the next order, in this order; suppressed ones too. */
  askNext(messageIds: readonly string[]): void {
    this.#scriptedQuestions = messageIds
  }

  /** Has the next order rejected once it is in the book; undefined takes that back. */
  rejectNext(reason: string | undefined): void {
    this.#scriptedRejection = reason
  }

  #ask(username: string, questions: readonly Question[], commit: Commit): OrderOutcome {
    const [question] = questions
    if (question === undefined) return commit()
    const replyId = randomUUID()
    this.#pending.set(username, { replyId, questions, commit })
    return { kind: 'question', replyId, question }
  }

  #questions(username: string, orders: readonly OrderFields[], nowMs: number): readonly Question[] {
    const suppressed = this.#suppressed.get(username)
    const raised = orders
      .flatMap((order) => questionsOf(order, this.#quotes.quote(order.conid, nowMs)))
      .filter(({ messageId }) => suppressed?.has(messageId) !== true)
    const scripted = this.#scriptedQuestions.map(scriptedQuestion)
    this.#scriptedQuestions = []
    return [...raised, ...scripted]
  }

  #objection(order: NewOrder, before: readonly NewOrder[]): string | undefined {
    const { accountId, customerOrderId: id, parentId } = order
    const isTaken =
      id !== undefined &&
      (before.some(({ customerOrderId }) => customerOrderId === id) ||
        this.#book.findByCustomerOrderId(accountId, id) !== undefined)
    if (isTaken) return `Order couldn't be submitted: Local order ID=${id} is already registered.`
    const isAttached = before.some(({ customerOrderId }) => customerOrderId === parentId)
    return (isAttached ? undefined : this.#parentObjection(accountId, parentId)) ?? tradableObjection(order)
  }

  /** A child goes to an order that is open or has filled: one in the same request before it, or one in the book. */
  #parentObjection(accountId: string, parentId: string | undefined): string | undefined {
    if (parentId === undefined) return undefined
    const parent = this.#book.findByCustomerOrderId(accountId, parentId)
    if (parent === undefined)
      return `Parent order ${parentId} is not known: parentId is the cOID of the parent`
    return isOpen(parent) || parent.status === 'Filled'
      ? undefined
      : `Parent order ${parentId} is ${parent.status}`
  }

  #rejectScripted(order: Order, nowMs: number): Order {
    const reason = this.#scriptedRejection
    if (reason === undefined) return order
    this.#scriptedRejection = undefined
    // A script that listens may have filled it in between.
    const placed = this.#book.find(order.orderId) ?? order
    return isOpen(placed) ? this.#book.reject(placed, reason, nowMs) : placed
  }
}

/** Why a contract, or an order of this type, is not taken by any exchange. */
function tradableObjection(order: OrderFields): string | undefined {
  const { conid, orderType, price, auxPrice } = order
  const instrument = instrumentOf(conid)
  if (instrument === undefined) return `Contract ${conid} is not available for trading`
  if (!instrument.isTradable)
    return `${instrument.symbol} cannot be traded: it is an ${instrument.option ? 'option, which is exercised' : 'index'}`
  if (isStopLimit(order) && (price === undefined || auxPrice === undefined)) {
    return `Order type ${orderType} needs price, the limit, and auxPrice, the stop`
  }
  const isPriced = isStop(order) || /^(?:LMT|LIMIT)$/i.test(orderType)
  return isPriced && price === undefined ? `Order type ${orderType} needs a price` : undefined
}
