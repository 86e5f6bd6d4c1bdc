import type { Instrument, OptionTerms } from '../../market/instruments.ts'
import { instrumentOf } from '../../market/instruments.ts'
import type { Position } from '../../market/portfolio.ts'
import { isObject, numberOf } from '../../request/body.ts'
import { type Feed, type FeedContext, FeedRefusal } from '../feed.ts'
import type { StreamRequest } from '../request.ts'

/** What is exercised. */
interface Held {
  readonly instrument: Instrument
  readonly option: OptionTerms
  readonly accountId: string
}

/** What was asked last: only an answer that names its number counts. */
type Question =
  | { readonly asks: 'quantity'; readonly id: number }
  | { readonly asks: 'warning'; readonly id: number; readonly quantity: number }

/**
 * `shs+exercise+{"CEX":"<conid>"}`, answered by `inp+exercise+{"action":"user_input","data":{…}}`: how many of the
 * options that are held are exercised, and a warning if that is final (IBKR Web API, "Exercise Options"). IBKR shows one
 * such dialogue; what it refuses, and when an order that is not final goes on, it does not show.
 */
export function exercise(
  { targets, options }: StreamRequest,
  context: FeedContext,
  nowMs: number,
): Feed | FeedRefusal {
  if (targets[0] !== 'exercise')
    return new FeedRefusal('Malformed request', 'Write shs+exercise+{"CEX":"<conid>"}.')
  const held = heldOption(Number(options.CEX), context)
  if (held === undefined)
    return new FeedRefusal('no position to exercise', 'CEX is the conid of an option that an account holds.')
  const dialogue = new ExerciseDialogue(held, context)
  dialogue.begin(nowMs)
  return { key: 'shs+exercise', input: (request, atMs) => dialogue.input(request, atMs) }
}

function heldOption(conid: number, { state, accountIds }: FeedContext): Held | undefined {
  const instrument = instrumentOf(conid)
  const option = instrument?.option
  if (instrument === undefined || option === undefined) return undefined
  const { portfolio } = state.market
  const accountId = accountIds.find((account) => portfolio.position(account, conid).quantity > 0)
  return accountId === undefined ? undefined : { instrument, option, accountId }
}

class ExerciseDialogue {
  readonly #held: Held
  readonly #context: FeedContext
  #question: Question | undefined
  /** Of questions, and of messages, as IBKR's example begins them. */
  #lastId = 3
  #lastMessage = 13

  constructor(held: Held, context: FeedContext) {
    this.#held = held
    this.#context = context
  }

  get #position(): Position {
    const { instrument, accountId } = this.#held
    return this.#context.state.market.portfolio.position(accountId, instrument.conid)
  }

  begin(nowMs: number): void {
    const { instrument, option } = this.#held
    const underlying = instrumentOf(option.underlyingConid)
    const price = this.#context.state.market.quotes.quote(option.underlyingConid, nowMs)?.last ?? 0
    const content = { submitted: 0, qty_hold: 0, qty_exercise: 0, qty_lapse: 0, revocable: false }
    this.#question = { asks: 'quantity', id: this.#nextId() }
    this.#context.send({ topic: 'shs+exercise' })
    this.#tell('shs+exercise', 'content', {
      ...content,
      id: this.#question.id,
      user_action: actions('submit', 'cancel'),
      contract: `**${instrument.symbol}** ${option.description}`,
      sec_type: 'OPT',
      position: this.#position.quantity,
      underlying_symbol: underlying?.symbol,
      underlying_conid: String(option.underlyingConid),
      underlying_price: `$${price.toFixed(2)}`,
      exercise: { confirm: false, confirm_final: false, enabled: true },
      hold: { confirm: false, enabled: true },
      morning_expiration: false,
      deadline: '16:25',
      loading: true,
    })
    const warning = inTheMoney(option, price, underlying?.tick ?? 0.01)
    const exercised = { confirm: false, enabled: true }
    this.#tell('shs+exercise', 'content', { ...content, exercise: exercised, loading: false, ...warning })
  }

  /** @returns What is to be done about an answer, or why nothing is. */
  input({ options }: StreamRequest, nowMs: number): FeedRefusal | (() => void) {
    const data = isObject(options.data) ? options.data : {}
    const question = this.#question
    if (question === undefined || numberOf(data.id) !== question.id)
      return new FeedRefusal('id is not valid', 'Answer the question that was asked last, by its id.')
    if (data.user_action === 'cancel') return () => this.#end()
    if (question.asks === 'quantity') return this.#onQuantity(data, nowMs)
    if (data.user_action !== 'continue')
      return new FeedRefusal('user_action is not valid', 'It is continue or cancel.')
    return () => this.#submit(question.quantity, true, nowMs)
  }

  #onQuantity(data: Readonly<Record<string, unknown>>, nowMs: number): FeedRefusal | (() => void) {
    const { value, make_final: isFinal } = isObject(data.exercise) ? data.exercise : {}
    const quantity = numberOf(value) ?? Number.NaN
    const most = this.#position.quantity
    if (data.user_action !== 'submit')
      return new FeedRefusal('user_action is not valid', 'It is submit or cancel.')
    if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > most)
      return new FeedRefusal('value is not valid', `exercise.value is 1 to ${most}.`)
    return isFinal === true ? () => this.#warn(quantity) : () => this.#submit(quantity, false, nowMs)
  }

  #warn(quantity: number): void {
    this.#question = { asks: 'warning', id: this.#nextId(), quantity }
    this.#tell('inp+exercise', 'prompt', {
      user_actions: actions('continue', 'cancel'),
      id: this.#question.id,
      title: 'Warning',
      text: 'This exercise request will be final and irreversible. Once submitted, the option position and the stock position will update immediately.',
    })
  }

  /** The order appears where orders do. */
  #submit(quantity: number, isFinal: boolean, nowMs: number): void {
    this.#end()
    this.#context.state.market.exercise({ ...this.#position, quantity }, this.#held.option, isFinal, nowMs)
  }

  #end(): void {
    this.#question = undefined
  }

  #nextId(): number {
    this.#lastId += 2
    return this.#lastId
  }

  #tell(topic: string, action: string, data: object): void {
    this.#lastMessage += 1
    this.#context.send({ data, action, MID: String(this.#lastMessage), topic })
  }
}

function actions(...ids: readonly string[]): readonly object[] {
  return ids.map((id) => ({ id, text: id.charAt(0).toUpperCase() + id.slice(1) }))
}

function inTheMoney({ strike, right }: OptionTerms, price: number, tick: number): object {
  const amount = right === 'C' ? price - strike : strike - price
  if (Math.round(amount / tick) <= 5) return {}
  return {
    warning: `Currently the option is in-the-money by the amount of ${amount.toFixed(2)} (more than 5 ticks)`,
  }
}
