import type { QuoteFrame } from '../connection/quote-frame.ts'
import type { Frame } from '../connection/state.ts'
import { checkGroup, invalidInput } from '../errors.ts'
import {
  type Availability,
  fieldName,
  fieldNumber,
  type MarketDataField,
  type MarketDataFieldName,
  marketDataFields,
  readAvailability,
} from './fields.ts'
import { contractId, type FrameReader, joinableTopic, message, type Topic, word } from './topic.ts'

/**
 * Texts as IBKR sent them, of the fields that were asked for: under the name that {@link marketDataFields} has for
 * them (`bid`, also where `84` was asked), under their number where it has none. What was never told is not there.
 */
export type QuoteFields = Readonly<Partial<Record<MarketDataFieldName, string>>> &
  Readonly<Record<`${number}`, string | undefined>>

/** The newest of each field of one contract. */
export interface Quote {
  /** IBKR's contract id. */
  readonly conid: number
  /** Read numbers where you need them, with `quoteNumber`. */
  readonly fields: QuoteFields
  /** Field 6509. */
  readonly availability: Availability
  /** When IBKR changed it last (`_updated`), ms since 1970, on IBKR's clock. */
  readonly updatedAtMs: number | undefined
  /** When its newest frame arrived, ms since 1970. */
  readonly receivedAtMs: number
}

/** Subscriptions end after 15 minutes; IBKR says to ask again after 10. */
const renewAfterMs = 600_000

/**
 * Market data of one contract (`smd`), conflated: who reads slowly sees the newest of each field.
 *
 * @param fields - Names of {@link marketDataFields}, or IBKR's numbers. The availability is always asked for.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function marketData(
  conid: number,
  fields: readonly MarketDataField[],
  options: { readonly exchange?: string | undefined } = {},
): Topic<Quote> {
  if (!Array.isArray(fields))
    throw invalidInput('fields must be a list: names of marketDataFields, or numbers.')
  const { exchange: asked } = checkGroup(options, 'options')
  const exchange = asked === undefined ? '' : `@${word(asked, 'exchange')}`
  const numbers = [...new Set([...fields.map(checkedNumber), marketDataFields.availability])]
  const topic = `smd+${contractId(conid)}${exchange}`
  const ending = message(`umd+${conid}`, {})
  const read = numbers.map((number) => known.get(number) ?? askedFor(number))
  return joinableTopic<Quote>(
    topic,
    { fields: numbers },
    {
      unsubscribe: () => ending,
      delivery: 'newest',
      renewAfterMs,
      takes: 'market-data-line',
      open: () => new QuoteReader(conid, read),
    },
  )
}

function checkedNumber(field: MarketDataField): string {
  const number = fieldNumber(field)
  if (/^\d{1,6}$/.test(number)) return number
  throw invalidInput(
    `"${String(field).slice(0, 40)}" is no market data field: give a name of marketDataFields, or IBKR's number.`,
  )
}

/** A field that was asked for: where it stands in a frame, and in a quote. */
interface Asked {
  readonly index: number
  readonly key: string
}

function askedFor(number: string): Asked {
  return { index: Number(number), key: fieldName(number) }
}

/** Shared by all topics: with a thousand of them, what each frame looks at stays near. */
const known: ReadonlyMap<string, Asked> = new Map(
  Object.values(marketDataFields).map((number) => [number, askedFor(number)]),
)

/** An object of one shape for each list of fields, with its members inside it. */
class NamedTexts {
  [key: string]: string

  constructor(asked: readonly Asked[], texts: readonly (string | undefined)[]) {
    for (let place = 0; place < asked.length; place += 1) {
      const text = texts[place]
      if (text !== undefined) this[(asked[place] as Asked).key] = text
    }
  }
}

/** Reads frames whose members were found and not made, besides all others. */
interface QuotesReader<Value> extends FrameReader<Value> {
  readQuote(frame: QuoteFrame, receivedAtMs: number): Value
}

/** Whether a topic is read so; a topic of the caller's may have the frames of market data without. */
export function readsQuotes<Value>(reader: FrameReader<Value>): reader is QuotesReader<Value> {
  return 'readQuote' in reader
}

/**
 * Merges frames into quotes. This is done for each frame, so it looks at what was asked for instead of walking through
 * the frame: its members are numbers, which engines list slowly. What stands is kept as a list that is written over:
 * of a thousand contracts the last quote of each would otherwise be one more thing for the garbage collector to move.
 */
class QuoteReader implements QuotesReader<Quote> {
  readonly #conid: number
  readonly #asked: readonly Asked[]
  readonly #texts: (string | undefined)[]
  #updatedAtMs: number | undefined
  #receivedAtMs: number | undefined

  constructor(conid: number, asked: readonly Asked[]) {
    this.#conid = conid
    this.#asked = asked
    this.#texts = asked.map(() => undefined)
  }

  read(frame: Frame, receivedAtMs: number): Quote {
    const asked = this.#asked
    for (let place = 0; place < asked.length; place += 1) {
      const value = frame[(asked[place] as Asked).index]
      if (typeof value === 'string') this.#texts[place] = value
      else if (typeof value === 'number') this.#texts[place] = String(value)
    }
    return this.#quote(frame._updated, receivedAtMs)
  }

  readQuote(frame: QuoteFrame, receivedAtMs: number): Quote {
    const asked = this.#asked
    let next = 0
    for (let member = 0; member < frame.count; member += 1) {
      const number = frame.numbers[member]
      const place = asked[next]?.index === number ? next : asked.findIndex(({ index }) => index === number)
      if (place < 0) continue
      this.#texts[place] = frame.textAt(member)
      next = place + 1
    }
    return this.#quote(frame.updatedAtMs, receivedAtMs)
  }

  newest(): Quote | undefined {
    return this.#receivedAtMs === undefined ? undefined : this.#quote(this.#updatedAtMs, this.#receivedAtMs)
  }

  #quote(updatedAtMs: unknown, receivedAtMs: number): Quote {
    if (typeof updatedAtMs === 'number' && Number.isFinite(updatedAtMs)) this.#updatedAtMs = updatedAtMs
    this.#receivedAtMs = receivedAtMs
    const fields: QuoteFields = new NamedTexts(this.#asked, this.#texts)
    return {
      conid: this.#conid,
      fields,
      availability: readAvailability(fields.availability),
      updatedAtMs: this.#updatedAtMs,
      receivedAtMs,
    }
  }
}
