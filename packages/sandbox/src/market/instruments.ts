/** What can be looked up, and most of it traded. */
export interface Instrument {
  /** IBKR's contract id. */
  readonly conid: number
  readonly symbol: string
  readonly secType: 'STK' | 'IND' | 'CASH' | 'OPT'
  readonly companyName: string
  /** Where it is listed. */
  readonly exchange: string
  readonly currency: string
  /** The price around which the seeded ones move. */
  readonly level: number
  /** The smallest step of a price. */
  readonly tick: number
  readonly isTradable: boolean
  /** What an option gives a right to; undefined for everything else. */
  readonly option?: OptionTerms | undefined
}

/** The terms of an option. */
export interface OptionTerms {
  /** Contract id of what is bought or sold by exercising it. */
  readonly underlyingConid: number
  readonly strike: number
  /** Call or put. */
  readonly right: 'C' | 'P'
  /** Expiry, strike and right as IBKR writes them behind the symbol. */
  readonly description: string
  /** Shares for one option. */
  readonly multiplier: number
}

/** A handful, with the contract ids that IBKR gives them: three stocks, an index, a currency pair. */
export const instruments: readonly Instrument[] = [
  stock(265_598, 'AAPL', 'APPLE INC', 'NASDAQ', 190),
  stock(8_314, 'IBM', 'INTL BUSINESS MACHINES CORP', 'NYSE', 160),
  stock(272_093, 'MSFT', 'MICROSOFT CORP', 'NASDAQ', 410),
  {
    conid: 416_904,
    symbol: 'SPX',
    secType: 'IND',
    companyName: 'S&P 500 Stock Index',
    exchange: 'CBOE',
    currency: 'USD',
    level: 5_100,
    tick: 0.01,
    isTradable: false,
  },
  {
    conid: 12_087_792,
    symbol: 'EUR',
    secType: 'CASH',
    companyName: 'European Monetary Union Euro',
    exchange: 'IDEALPRO',
    currency: 'USD',
    level: 1.085,
    tick: 0.00005,
    isTradable: true,
  },
]

/** The option of IBKR's page on exercising options: held and exercised, found by its contract id alone. */
export const heldOptions: readonly Instrument[] = [
  {
    conid: 708_764_406,
    symbol: 'AAPL',
    secType: 'OPT',
    companyName: 'APPLE INC',
    exchange: 'CBOE',
    currency: 'USD',
    level: 20,
    tick: 0.05,
    isTradable: false,
    option: {
      underlyingConid: 265_598,
      strike: 192.5,
      right: 'C',
      description: "JUN 28 '24 192.5 Call",
      multiplier: 100,
    },
  },
]

const byConid = new Map([...instruments, ...heldOptions].map((instrument) => [instrument.conid, instrument]))

/** The instrument with a contract id. */
export function instrumentOf(conid: number): Instrument | undefined {
  return byConid.get(conid)
}

/** As orders and positions name it: the symbol, and the pair for currencies. */
export function descriptionOf({ symbol, secType, currency }: Instrument): string {
  return secType === 'CASH' ? `${symbol}.${currency}` : symbol
}

/** Units of what stands behind one of a contract: 100 shares for an option. */
export function multiplierOf(conid: number): number {
  return instrumentOf(conid)?.option?.multiplier ?? 1
}

/** A price in steps of the instrument's tick, as text. */
export function priceText({ tick }: Instrument, price: number): string {
  return price.toFixed(tick < 0.01 ? 5 : 2)
}

/** The nearest price that is a step of the instrument's tick. */
export function onTick({ tick }: Instrument, price: number): number {
  return Number((Math.round(price / tick) * tick).toFixed(5))
}

function stock(
  conid: number,
  symbol: string,
  companyName: string,
  exchange: string,
  level: number,
): Instrument {
  return {
    conid,
    symbol,
    secType: 'STK',
    companyName,
    exchange,
    currency: 'USD',
    level,
    tick: 0.01,
    isTradable: true,
  }
}
