import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'

// Runs in a process of its own: a bare server that answers every GET with the same JSON, and /echo with what it received.
// It prints its port and ends when its standard input does.

const accounts = Array.from({ length: 4 }, (_, index) => ({
  id: `DU${1_000_000 + index}`,
  accountId: `DU${1_000_000 + index}`,
  accountVan: `DU${1_000_000 + index}`,
  accountTitle: 'Loopback',
  displayName: 'Loopback',
  accountAlias: null,
  accountStatus: 1_700_000_000_000,
  currency: 'USD',
  type: 'DEMO',
}))
const body = JSON.stringify(accounts)

const server = createServer((request, response) => {
  const echo = request.url?.endsWith('/echo')
  const text = echo ? JSON.stringify({ method: request.method, headers: request.headers }) : body
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
})

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
