// The consumer, token, live session token and order of the worked example in "OAuth at Interactive Brokers", 2018, section 7.

export const consumerKey = 'TESTCONS'
export const accessToken = '6f531f8fd316915af53f'
export const realm = 'test_realm'
export const liveSessionToken: Buffer = Buffer.from('60159b2f0fbd4583f69d6acf407c4766405bd5a3', 'hex')

/** A request to sign; `fields` are the decoded parameters of its query or form body. */
export interface SigningInput {
  readonly method: string
  readonly url: string
  readonly urlWithoutQuery: string
  readonly fields: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

function get(path: string, query: string): SigningInput {
  const urlWithoutQuery = `https://api.ibkr.com/v1/api${path}`
  const url = query === '' ? urlWithoutQuery : `${urlWithoutQuery}?${query}`
  return { method: 'GET', url, urlWithoutQuery, fields: Object.fromEntries(new URLSearchParams(query)) }
}

function post(path: string, body: string): SigningInput {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { url, urlWithoutQuery, fields } = { ...get(path, body), url: get(path, '').url }
  return { method: 'POST', url, urlWithoutQuery, fields, body, headers }
}

const query = 'conids=265598,8314,4815747&fields=84&since=1700000000000&format=json&compete=false'
const order =
  'CustomerOrderId=ibm1&ContractId=8314&Exchange=SMART&Quantity=100&Price=100&OrderType=Limit&TimeInForce=DAY&Side=BUY'

export const plainGet: SigningInput = get('/portfolio/accounts', '')
export const snapshot: SigningInput = get('/iserver/marketdata/snapshot', query)
export const formPost: SigningInput = post('/accounts/DU216409/order_impact', order)
