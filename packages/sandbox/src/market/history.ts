import { descriptionOf, type Instrument, priceText } from './instruments.ts'
import type { Quotes } from './quotes.ts'

const minuteMs = 60_000
const dayMs = 1_440 * minuteMs

const units: Readonly<Record<string, number>> = {
  min: minuteMs,
  h: 60 * minuteMs,
  d: dayMs,
  w: 7 * dayMs,
  m: 30 * dayMs,
  y: 365 * dayMs,
}

const mostBars = 1_000

/** A length of time as IBKR writes it (`30min`, `8h`, `2d`, `1w`, `6m`, `1y`), in ms; undefined if it is none. */
export function readPeriod(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,4})(min|h|d|w|m|y)s?$/.exec(text) ?? []
  const ms = Number(count) * (units[unit] ?? 0)
  return ms > 0 ? ms : undefined
}

/** What `/iserver/marketdata/history` answers: bars of the last `periodMs`, 1,000 at most, oldest first. */
export function history(
  quotes: Quotes,
  instrument: Instrument,
  asked: { readonly period: string; readonly periodMs: number; readonly barMs: number },
  nowMs: number,
): object {
  const { period, periodMs, barMs } = asked
  const count = Math.min(mostBars, Math.max(1, Math.floor(periodMs / barMs)))
  const startMs = nowMs - (nowMs % barMs) - (count - 1) * barMs
  const data = Array.from({ length: count }, (_, index) =>
    bar(quotes, instrument, startMs + index * barMs, barMs),
  )
  const text = (price: number): string => priceText(instrument, price)
  return {
    serverId: '20477',
    symbol: instrument.symbol,
    text: instrument.companyName,
    priceFactor: 100,
    startTime: new Date(startMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-'),
    high: text(Math.max(...data.map(({ h }) => h))),
    low: text(Math.min(...data.map(({ l }) => l))),
    timePeriod: period,
    barLength: barMs / 1_000,
    mdAvailability: 'S',
    mktDataDelay: 0,
    outsideRth: false,
    tradingDayDuration: 1_440,
    volumeFactor: 1,
    priceDisplayRule: 1,
    priceDisplayValue: '2',
    chartPanStartTime: '',
    direction: -1,
    negativeCapable: false,
    messageVersion: 2,
    travelTime: 0,
    contract: descriptionOf(instrument),
    points: count - 1,
    data,
  }
}

interface Bar {
  readonly o: number
  readonly c: number
  readonly h: number
  readonly l: number
  readonly v: number
  /** When it begins, epoch ms. */
  readonly t: number
}

function bar(quotes: Quotes, instrument: Instrument, startMs: number, barMs: number): Bar {
  const prices = [0, 0.25, 0.5, 0.75, 1].map((part) => quotes.priceAt(instrument, startMs + part * barMs))
  const [first = 0, , , , last = 0] = prices
  return {
    o: first,
    c: last,
    h: Math.max(...prices),
    l: Math.min(...prices),
    v: Math.floor(barMs / 500),
    t: startMs,
  }
}
