import { descriptionOf, type Instrument, instrumentOf, priceText } from './instruments.ts'
import type { OrderFields } from './order-fields.ts'
import type { Quote } from './quotes.ts'

/** What IBKR asks before it takes an order. */
export interface Question {
  /** Such as `o163`: stable, to suppress it by. */
  readonly messageId: string
  readonly text: string
}

/** A price farther than this from the last one is questioned. */
const percentageConstraint = 3
/** IBKR's default presets. */
const valueLimit = 100_000
const sizeLimit = 500

/** The messages that `questions/suppress` takes (OpenAPI 2.29.0). */
export const suppressibleIds: ReadonlySet<string> = new Set(
  'o163 o354 o382 o383 o403 o451 o2136 o2137 o2165 o10082 o10138 o10151 o10152 o10153 o10164 o10223 o10288 o10331 o10332 o10333 o10334 o10335 o10336 p6 p12'.split(
    ' ',
  ),
)

/** The questions that an order raises, in the order in which they are asked. */
export function questionsOf(order: OrderFields, quote: Quote | undefined): readonly Question[] {
  const instrument = instrumentOf(order.conid)
  if (instrument === undefined || quote === undefined) return []
  const shown = shownOrder(order, instrument)
  const questions: Question[] = []
  if (quote.availability === 'none') questions.push(scriptedQuestion('o354'))
  const away = order.price === undefined ? 0 : Math.abs(order.price / quote.last - 1) * 100
  if (away > percentageConstraint) {
    const text = `The following order "${shown}" price exceeds \nthe Percentage constraint of ${percentageConstraint}%.`
    questions.push({ messageId: 'o163', text: sure(text) })
  }
  if (instrument.secType !== 'STK') return questions
  if (order.quantity > sizeLimit) {
    questions.push({
      messageId: 'o383',
      text: sure(`The following order "${shown}" size exceeds the Size Limit of ${sizeLimit}.`),
    })
  }
  const value = order.quantity * (order.price ?? quote.last)
  if (value > valueLimit) {
    const limit = valueLimit.toLocaleString('en-US')
    const text = `The following order "${shown}" value estimate of ${value.toFixed(2)} USD exceeds \nthe Total Value Limit of ${limit} USD.`
    questions.push({ messageId: 'o451', text: sure(text) })
  }
  return questions
}

const scriptedTexts: Readonly<Record<string, string>> = {
  o354: 'You are submitting an order without market data. We strongly recommend against this as it may result in erroneous and unexpected trades.',
  o403: 'This order will most likely trigger and fill immediately.',
  o10151: 'Market orders may be filled at prices far from the last one.',
  o10331:
    'You are about to submit a stop order. Please be aware of the various stop order types available and the risks associated with each one.',
}

/** A question that a script wants asked, with IBKR's words where the sandbox knows them. */
export function scriptedQuestion(messageId: string): Question {
  return { messageId, text: sure(scriptedTexts[messageId] ?? `Question ${messageId} of the sandbox.`) }
}

function sure(text: string): string {
  return `${text}\nAre you sure you want to submit this order?`
}

function shownOrder({ side, quantity, price }: OrderFields, instrument: Instrument): string {
  const at = price === undefined ? '' : ` @ ${priceText(instrument, price)}`
  return `${side} ${quantity} ${descriptionOf(instrument)} ${instrument.exchange}${at}`
}
