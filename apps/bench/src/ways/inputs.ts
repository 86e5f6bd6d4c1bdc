// The consumer, token, live session token and order of the worked example in "OAuth at Interactive Brokers", 2018, section 7.

export const consumerKey = 'TESTCONS'
export const accessToken = '6f531f8fd316915af53f'
export const realm = 'test_realm'
export const liveSessionToken: Buffer = Buffer.from('60159b2f0fbd4583f69d6acf407c4766405bd5a3', 'hex')

/** @param text - Query of a GET, or form body of a POST. */
function input(method: string, path: string, text: string) {
  const urlWithoutQuery = `https://api.ibkr.com/v1/api${path}`
  const fields = Object.fromEntries(new URLSearchParams(text))
  if (method === 'GET')
    return { method, url: (text && `${urlWithoutQuery}?${text}`) || urlWithoutQuery, urlWithoutQuery, fields }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method, url: urlWithoutQuery, urlWithoutQuery, fields, body: text, headers }
}

/** A request to sign; `fields` are its decoded parameters. */
export type SigningInput = ReturnType<typeof input>

const query = 'conids=265598,8314,4815747&fields=84&since=1700000000000&format=json&compete=false'
const order =
  'CustomerOrderId=ibm1&ContractId=8314&Exchange=SMART&Quantity=100&Price=100&OrderType=Limit&TimeInForce=DAY&Side=BUY'

export const plainGet: SigningInput = input('GET', '/portfolio/accounts', '')
export const snapshot: SigningInput = input('GET', '/iserver/marketdata/snapshot', query)
export const formPost: SigningInput = input('POST', '/accounts/DU216409/order_impact', order)
