import { Buffer } from 'node:buffer'

// The consumer, token and live session token of the worked example in "OAuth at Interactive Brokers", 2018, section 7.

export const consumerKey = 'TESTCONS'
export const accessToken = '6f531f8fd316915af53f'
export const realm = 'test_realm'
export const liveSessionToken: Buffer = Buffer.from('60159b2f0fbd4583f69d6acf407c4766405bd5a3', 'hex')

/** A request to sign; `fields` are the decoded parameters of the query and of a form body. */
export interface SigningInput {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly urlWithoutQuery: string
  readonly fields: Readonly<Record<string, string>>
  readonly body?: string
}

const base = 'https://api.ibkr.com/v1/api'

function query(name: string, path: string, fields: Record<string, string>): SigningInput {
  const text = Object.entries(fields).map(([key, value]) => `${key}=${value}`)
  const url = base + path + (text.length > 0 ? `?${text.join('&')}` : '')
  return { name, method: 'GET', url, urlWithoutQuery: base + path, fields }
}

function form(name: string, path: string, fields: Record<string, string>): SigningInput {
  const body = new URLSearchParams(fields).toString()
  return { name, method: 'POST', url: base + path, urlWithoutQuery: base + path, fields, body }
}

export const plainGet: SigningInput = query('GET without query', '/portfolio/accounts', {})

export const snapshot: SigningInput = query(
  'GET with five query parameters',
  '/iserver/marketdata/snapshot',
  {
    conids: '265598,8314,4815747',
    fields: '84',
    since: '1700000000000',
    format: 'json',
    compete: 'false',
  },
)

/** The fields of the order in section 7.6 of "OAuth at Interactive Brokers", 2018. */
export const formPost: SigningInput = form('POST with eight form fields', '/accounts/DU216409/order_impact', {
  CustomerOrderId: 'ibm1',
  ContractId: '8314',
  Exchange: 'SMART',
  Quantity: '100',
  Price: '100',
  OrderType: 'Limit',
  TimeInForce: 'DAY',
  Side: 'BUY',
})

/** The same kinds of request with more to encode: two comma lists, and a text as people write it. */
export const listsQuery: SigningInput = query(
  'GET with two comma lists among five query parameters',
  '/iserver/marketdata/snapshot',
  {
    conids: '265598,8314,4815747',
    fields: '31,84,85,86,88',
    since: '1700000000000',
    format: 'json',
    compete: 'false',
  },
)
export const textForm: SigningInput = form(
  'POST with eight form fields, one of them a sentence',
  '/accounts/DU216409/order_impact',
  { ...formPost.fields, CustomerOrderId: 'limit order, day only & reviewed: 50 % at risk (see note)' },
)

/** A query of many parameters, each with a value of a dozen characters of which two need encoding. */
export function longQuery(parameters: number): SigningInput {
  const fields = Object.fromEntries(
    Array.from({ length: parameters }, (_, index) => [`field${index}`, `${100_000 + index},84,86`]),
  )
  return query(`${parameters} query parameters`, '/iserver/marketdata/snapshot', fields)
}

/** A form body of eight fields and about `bytes` bytes. */
export function longForm(bytes: number): SigningInput {
  const piece = 'note-7:buy,hold;sell/' // 21 characters, 29 once encoded
  const value = piece.repeat(Math.round(bytes / 8 / 29))
  const fields = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`text${index}`, value]))
  return form(`form body of ${bytes} bytes`, '/iserver/account/orders', fields)
}
