import type { Frame } from '../connection/state.ts'
import { invalidInput } from '../errors.ts'
import {
  type Availability,
  fieldName,
  fieldNumber,
  type MarketDataField,
  type MarketDataFieldName,
  marketDataFields,
  readAvailability,
} from './fields.ts'
import { contractId, joinableTopic, message, type Topic, word } from './topic.ts'

/**
 * Texts as IBKR sent them, of the fields that were asked for: under the name that {@link marketDataFields} has for
 * them (`bid`, also where `84` was asked), under their number where it has none. What was never told is not there.
 */
export type QuoteFields = Readonly<Partial<Record<MarketDataFieldName, string>>> &
  Readonly<Record<`${number}`, string | undefined>>

/** The newest of each field of one contract. */
export interface Quote {
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
  const exchange = options.exchange === undefined ? '' : `@${word(options.exchange, 'exchange')}`
  const numbers = [...new Set([...fields.map(checkedNumber), marketDataFields.availability])]
  const topic = `smd+${contractId(conid)}${exchange}`
  const ending = message(`umd+${conid}`, {})
  return joinableTopic<Quote>(
    topic,
    { fields: numbers },
    {
      unsubscribe: () => ending,
      delivery: 'newest',
      renewAfterMs,
      takes: 'market-data-line',
      read: quoteReader(conid, numbers),
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

/**
 * The texts of a quote, merged from a frame and what was known before. This is done for each frame, so it looks at what
 * was asked for instead of walking through the frame: its members are numbers, which engines list slowly. A class makes
 * objects of one shape, with their members inside them.
 */
class MergedFields {
  [key: string]: string

  constructor(
    asked: readonly Asked[],
    frame: Frame,
    before: Readonly<Record<string, string | undefined>> | undefined,
  ) {
    for (const { index, key } of asked) {
      const told = frame[index]
      const value = typeof told === 'string' ? told : typeof told === 'number' ? String(told) : before?.[key]
      if (value !== undefined) this[key] = value
    }
  }
}

function quoteReader(conid: number, numbers: readonly string[]): Topic<Quote>['read'] {
  const asked = numbers.map((number) => known.get(number) ?? askedFor(number))
  return (frame, previous, receivedAtMs) => {
    const fields: QuoteFields = new MergedFields(asked, frame, previous?.fields)
    return {
      conid,
      fields,
      availability: readAvailability(fields.availability),
      updatedAtMs: updatedAtMs(frame, previous),
      receivedAtMs,
    }
  }
}

function updatedAtMs({ _updated: updated }: Frame, previous: Quote | undefined): number | undefined {
  return typeof updated === 'number' && Number.isFinite(updated) ? updated : previous?.updatedAtMs
}
