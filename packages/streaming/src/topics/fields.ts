/**
 * IBKR's market data fields by name; numbers and meanings are those of `GET /iserver/marketdata/snapshot` (OpenAPI 2.40).
 * A name is only a spelling of its number: a number that is missing here can be given as it is.
 */
export const marketDataFields = {
  last: '31',
  symbol: '55',
  text: '58',
  high: '70',
  low: '71',
  marketValue: '73',
  averagePrice: '74',
  unrealizedProfitAndLoss: '75',
  formattedPosition: '76',
  formattedUnrealizedProfitAndLoss: '77',
  dailyProfitAndLoss: '78',
  realizedProfitAndLoss: '79',
  unrealizedProfitAndLossPercent: '80',
  change: '82',
  changePercent: '83',
  bid: '84',
  askSize: '85',
  ask: '86',
  volume: '87',
  bidSize: '88',
  right: '201',
  exchange: '6004',
  contractId: '6008',
  securityType: '6070',
  months: '6072',
  regularExpiry: '6073',
  marketDataMarker: '6119',
  underlyingContractId: '6457',
  serviceParameters: '6508',
  availability: '6509',
  companyName: '7051',
  askExchange: '7057',
  lastExchange: '7058',
  lastSize: '7059',
  bidExchange: '7068',
  impliedToHistoricalVolatility: '7084',
  putCallInterest: '7085',
  putCallVolume: '7086',
  historicalVolatility: '7087',
  historicalVolatilityClose: '7088',
  optionVolume: '7089',
  contractIdAndExchange: '7094',
  canBeTraded: '7184',
  contractDescription: '7219',
  contractDescriptionLong: '7220',
  listingExchange: '7221',
  industry: '7280',
  category: '7281',
  averageVolume: '7282',
  optionImpliedVolatility: '7283',
  putCallRatio: '7285',
  dividendAmount: '7286',
  dividendYield: '7287',
  dividendExDate: '7288',
  marketCapitalization: '7289',
  priceToEarnings: '7290',
  earningsPerShare: '7291',
  costBasis: '7292',
  high52Weeks: '7293',
  low52Weeks: '7294',
  open: '7295',
  close: '7296',
  delta: '7308',
  gamma: '7309',
  theta: '7310',
  vega: '7311',
  optionVolumeChangePercent: '7607',
  impliedVolatility: '7633',
  markPrice: '7635',
  shortableShares: '7636',
  feeRate: '7637',
  optionOpenInterest: '7638',
  markValuePercent: '7639',
  shortable: '7644',
  dividends: '7671',
  dividendsTrailing: '7672',
  ema200: '7674',
  ema100: '7675',
  ema50: '7676',
  ema20: '7677',
  changeSinceOpen: '7682',
  breakEven: '7695',
  spxDelta: '7696',
  futuresOpenInterest: '7697',
  lastYield: '7698',
  bidYield: '7699',
  lastTradingDate: '7714',
  issueDate: '7715',
  beta: '7718',
  askYield: '7720',
  priorClose: '7741',
  volumeLong: '7762',
  hasTradingPermissions: '7768',
} as const

/** Name of a field. */
export type MarketDataFieldName = keyof typeof marketDataFields

/** A field by name, or by IBKR's number. */
export type MarketDataField = MarketDataFieldName | `${number}`

/** IBKR's number of a field. */
export function fieldNumber(field: MarketDataField): string {
  const number: unknown = Object.hasOwn(marketDataFields, field)
    ? marketDataFields[field as MarketDataFieldName]
    : field
  return typeof number === 'string' ? number : ''
}

const nameOf: ReadonlyMap<string, string> = new Map(
  Object.entries(marketDataFields).map(([name, number]) => [number, name]),
)

/** The name of a number; the number itself where it has none. */
export function fieldName(number: string): string {
  return nameOf.get(number) ?? number
}

const multiples: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9 }

/**
 * The number in the text of a field: `C189.20` (a close) and `H189.20` (trading is halted) are 189.2, `1,234` is 1234,
 * `1.2M` is 1200000, `0.53%` is 0.53. `undefined` where there is none, so that no text ever counts as 0.
 */
export function quoteNumber(text: string | undefined): number | undefined {
  if (typeof text !== 'string') return undefined
  const [, digits = '', multiple = ''] = /^[CH]?([+-]?[\d,]*\.?\d+)([KMB%]?)$/.exec(text.trim()) ?? []
  return digits === '' ? undefined : Number(digits.replaceAll(',', '')) * (multiples[multiple] ?? 1)
}

/** How current the data of a contract is, by the first letter of field 6509. */
export type Availability =
  | 'real-time'
  | 'delayed'
  | 'frozen'
  | 'frozen-delayed'
  | 'not-subscribed'
  | 'unknown'

const availabilities: Readonly<Record<string, Availability>> = {
  R: 'real-time',
  D: 'delayed',
  Z: 'frozen',
  Y: 'frozen-delayed',
  N: 'not-subscribed',
}

/** Reads field 6509, such as `RpB`. */
export function readAvailability(code: unknown): Availability {
  const letter = typeof code === 'string' ? code.charAt(0) : ''
  return availabilities[letter] ?? 'unknown'
}
