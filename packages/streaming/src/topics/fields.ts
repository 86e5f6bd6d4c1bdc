const names = [
  'last',
  'symbol',
  'high',
  'low',
  'marketValue',
  'averagePrice',
  'unrealizedProfitAndLoss',
  'change',
  'changePercent',
  'bid',
  'askSize',
  'ask',
  'volume',
  'bidSize',
  'exchange',
  'contractId',
  'marketDataMarker',
  'availability',
  'lastSize',
  'markPrice',
  'open',
  'close',
  'priorClose',
] as const

/** Name of a field. */
export type MarketDataFieldName = (typeof names)[number]

/**
 * IBKR's market data fields by name; numbers and meanings are those of `GET /iserver/marketdata/snapshot`. A name is
 * only a spelling of its number: a number that is missing here can be given as it is.
 */
export const marketDataFields: Readonly<Record<MarketDataFieldName, string>> = {
  last: '31',
  symbol: '55',
  high: '70',
  low: '71',
  marketValue: '73',
  averagePrice: '74',
  unrealizedProfitAndLoss: '75',
  change: '82',
  changePercent: '83',
  bid: '84',
  askSize: '85',
  ask: '86',
  volume: '87',
  bidSize: '88',
  exchange: '6004',
  contractId: '6008',
  marketDataMarker: '6119',
  availability: '6509',
  lastSize: '7059',
  markPrice: '7635',
  open: '7295',
  close: '7296',
  priorClose: '7741',
}

/** A field by name, or by IBKR's number. */
export type MarketDataField = MarketDataFieldName | `${number}`

/** IBKR's number of a field. */
export function fieldNumber(field: MarketDataField): string {
  return Object.hasOwn(marketDataFields, field) ? marketDataFields[field as MarketDataFieldName] : field
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
  return typeof code === 'string' ? (availabilities[code.charAt(0)] ?? 'unknown') : 'unknown'
}
