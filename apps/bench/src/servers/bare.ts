import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A bare server that answers everything with the same JSON, which will do for a list of orders and for what a session asks
// of its brokerage session, and with whether the request was authorised.

const order = {
  acct: 'DU1000000',
  conid: 265598,
  ticker: 'AAPL',
  side: 'BUY',
  price: 150.25,
  orderType: 'LMT',
}
const orders = [1, 2, 3, 4].map((orderId) => ({ ...order, orderId }))
const healthy = { authenticated: true, connected: true, competing: false, established: true }
const reply = { ...healthy, accounts: ['DU1000000'], orders, snapshot: true }
const [authorized, not] = [true, false].map((authorized) => JSON.stringify({ ...reply, authorized }))

const server = createServer(({ headers: { authorization } }, response) => {
  const text = (authorization ? authorized : not) ?? ''
  const length = Buffer.byteLength(text)
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': length })
  response.end(text)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
