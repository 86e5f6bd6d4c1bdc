import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'

// A bare server that answers everything with the same JSON, which will do for a list of orders and for what a session asks
// of its brokerage session, and /echo with the Authorization header that it received.

const order = {
  acct: 'DU1000000',
  conid: 265598,
  ticker: 'AAPL',
  side: 'BUY',
  orderType: 'LMT',
  price: 150.25,
}
const orders = Array.from({ length: 4 }, (_, index) => ({
  ...order,
  orderId: 1_000_000 + index,
  status: 'Submitted',
}))
const healthy = { authenticated: true, connected: true, competing: false, established: true }
const body = JSON.stringify({ ...healthy, accounts: ['DU1000000'], orders, snapshot: true })

const server = createServer((request, response) => {
  const { authorization } = request.headers
  const text = request.url?.endsWith('/echo') ? JSON.stringify({ authorization }) : body
  const length = Buffer.byteLength(text)
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': length })
  response.end(text)
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
