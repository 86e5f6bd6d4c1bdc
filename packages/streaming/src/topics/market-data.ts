import type { Frame } from '../connection/state.ts'
import { invalidInput } from '../errors.ts'
import {
  type Availability,
  fieldNumber,
  type MarketDataField,
  marketDataFields,
  readAvailability,
} from './fields.ts'
import { contractId, message, plainTopic, type Topic, word } from './topic.ts'

/** The newest of each field of one contract. */
export interface Quote {
  readonly conid: number
  /** Texts as IBKR sent them, by name and by number: `fields.last`, `fields['31']`. Read numbers where you need them. */
  readonly fields: Readonly<Record<string, string>>
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
  const exchange = options.exchange === undefined ? '' : `@${word(options.exchange, 'exchange')}`
  const numbers = [...new Set([...fields.map(checkedNumber), marketDataFields.availability])]
  const topic = `smd+${contractId(conid)}${exchange}`
  return plainTopic<Quote>(message(topic, { fields: numbers }), {
    frameTopic: topic,
    unsubscribe: () => message(`umd+${conid}`, {}),
    delivery: 'newest',
    renewAfterMs,
    takes: 'market-data-line',
    read: (frame, previous, receivedAtMs) => readQuote(conid, frame, previous, receivedAtMs),
  })
}

function checkedNumber(field: MarketDataField): string {
  const number = fieldNumber(field)
  if (/^\d{1,6}$/.test(number)) return number
  throw invalidInput(`"${field}" is no market data field: give a name of marketDataFields, or IBKR's number.`)
}

const nameOf: ReadonlyMap<string, string> = new Map(
  Object.entries(marketDataFields).map(([name, number]) => [number, name]),
)

function readQuote(conid: number, frame: Frame, previous: Quote | undefined, receivedAtMs: number): Quote {
  const fields: Record<string, string> = { ...previous?.fields }
  for (const key in frame) {
    if (!startsWithDigit(key)) continue
    const value = frame[key]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    fields[key] = String(value)
    const name = nameOf.get(key)
    if (name !== undefined) fields[name] = String(value)
  }
  const updated = frame._updated
  return {
    conid,
    fields,
    availability: readAvailability(fields[marketDataFields.availability]),
    updatedAtMs: typeof updated === 'number' ? updated : previous?.updatedAtMs,
    receivedAtMs,
  }
}

/** Fields are numbers; every other member of a frame is a word. */
function startsWithDigit(key: string): boolean {
  const code = key.charCodeAt(0)
  return code >= 0x30 && code <= 0x39
}
