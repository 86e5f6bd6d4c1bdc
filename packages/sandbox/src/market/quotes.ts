import { Listeners } from '../listeners.ts'
import {
  descriptionOf,
  type Instrument,
  instrumentOf,
  instruments,
  onTick,
  priceText,
} from './instruments.ts'

/** How fresh market data is: field 6509 says it. `none`: the user has no subscription, and orders are questioned. */
export type Availability = 'real-time' | 'delayed' | 'frozen' | 'none'

/** The prices of an instrument at a time, in its currency. */
export interface Quote {
  /** Price of the last trade. */
  readonly last: number
  /** Undefined for an index, which nobody quotes. */
  readonly bid: number | undefined
  /** Undefined where there is no bid. */
  readonly ask: number | undefined
  /** In shares or units. */
  readonly bidSize: number
  /** In shares or units. */
  readonly askSize: number
  /** Shares or units traded today. */
  readonly volume: number
  /** First price of the day. */
  readonly open: number
  /** Highest price of the day. */
  readonly high: number
  /** Lowest price of the day. */
  readonly low: number
  /** Of the day before. */
  readonly close: number
  readonly availability: Availability
}

/** Codes of field 6509: how fresh, whether consolidated, whether with a book. */
const availabilityCodes: Readonly<Record<Availability, string>> = {
  'real-time': 'RpB',
  delayed: 'DPB',
  frozen: 'ZB',
  none: 'N',
}

const dayMs = 86_400_000

/** Prices: seeded ones that move with the clock, and those that a script sets. The same seed and time give the same. */
export class Quotes {
  readonly #seed: number
  readonly #scripted = new Map<number, number>()
  readonly #availability = new Map<number, Availability>()
  readonly #changes = new Listeners<number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  get instruments(): readonly Instrument[] {
    return instruments
  }

  /** Undefined for a contract that the sandbox does not have. */
  quote(conid: number, nowMs: number): Quote | undefined {
    const instrument = instrumentOf(conid)
    if (instrument === undefined) return undefined
    const { level, tick, secType } = instrument
    const last = this.priceAt(instrument, nowMs)
    const open = this.#seededPrice(instrument, nowMs - (nowMs % dayMs))
    const isQuoted = secType !== 'IND'
    return {
      last,
      bid: isQuoted ? onTick(instrument, last - tick) : undefined,
      ask: isQuoted ? onTick(instrument, last + tick) : undefined,
      bidSize: 1_200,
      askSize: 900,
      volume: 1_000_000 + Math.floor(((nowMs % dayMs) / 1_000) * 20),
      open,
      high: onTick(instrument, Math.max(last, level * 1.006)),
      low: onTick(instrument, Math.min(last, level * 0.994)),
      close: onTick(instrument, level),
      availability: this.#availability.get(conid) ?? 'real-time',
    }
  }

  /** The price of an instrument at a time, in the past too; a scripted one counts for all times. */
  priceAt(instrument: Instrument, atMs: number): number {
    return this.#scripted.get(instrument.conid) ?? this.#seededPrice(instrument, atMs)
  }

  /** Sets a price; undefined lets it move again. */
  setPrice(conid: number, price: number | undefined): void {
    if (price === undefined) this.#scripted.delete(conid)
    else this.#scripted.set(conid, price)
    this.#changes.tell(conid)
  }

  setAvailability(conid: number, availability: Availability): void {
    this.#availability.set(conid, availability)
    this.#changes.tell(conid)
  }

  /** Tells when a script changes a contract; prices move with the clock beside that. */
  onPrice(listener: (conid: number) => void): () => void {
    return this.#changes.add(listener)
  }

  /** IBKR's fields by their numbers, as text; none where there is no market data. */
  snapshotFields(conid: number, nowMs: number): Readonly<Record<string, string>> {
    const instrument = instrumentOf(conid)
    const quote = this.quote(conid, nowMs)
    if (instrument === undefined || quote === undefined) return {}
    const described = descriptiveFields(instrument, quote)
    return quote.availability === 'none' ? described : { ...described, ...priceFields(instrument, quote) }
  }

  #seededPrice(instrument: Instrument, atMs: number): number {
    const phase = (instrument.conid % 97) + this.#seed
    const drift = 0.004 * Math.sin(atMs / 470_000 + phase) + 0.001 * Math.sin(atMs / 11_000 + phase * 3)
    return onTick(instrument, instrument.level * (1 + drift))
  }
}

function descriptiveFields(instrument: Instrument, { availability }: Quote): Record<string, string> {
  return {
    55: instrument.symbol,
    58: descriptionOf(instrument),
    6004: instrument.exchange,
    6070: instrument.secType,
    6509: availabilityCodes[availability],
    7051: instrument.companyName,
    7221: instrument.exchange,
  }
}

function priceFields(instrument: Instrument, quote: Quote): Record<string, string> {
  const { last, bid, ask, close } = quote
  const text = (price: number): string => priceText(instrument, price)
  const sides =
    bid === undefined || ask === undefined
      ? {}
      : { 84: text(bid), 85: String(quote.askSize), 86: text(ask), 88: String(quote.bidSize) }
  return {
    31: text(last),
    70: text(quote.high),
    71: text(quote.low),
    82: text(last - close),
    83: (((last - close) / close) * 100).toFixed(2),
    ...sides,
    87: String(quote.volume),
    7059: '100',
    7295: text(quote.open),
    7296: text(close),
    7635: text(last),
    7741: text(close),
    7762: String(quote.volume),
  }
}
