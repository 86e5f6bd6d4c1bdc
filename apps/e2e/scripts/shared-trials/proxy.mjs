// A way to the store that can be slowed and cut: TCP through loopback. In a process of its own, since a sandbox that has much to do must
// not keep a store from answering: `node proxy.mjs PORT`, told by messages.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(import.meta.url)

export async function startProxy(port) {
  const child = fork(program, [String(port)])
  const [ready] = await once(child, 'message')
  return {
    port: ready.port,
    slow: (delayMs) => child.send({ delayMs }),
    cut: (isCut) => child.send({ isCut }),
    close: () => child.connected && child.disconnect(),
  }
}

async function runProxy(port) {
  const way = { delayMs: 0, isCut: false }
  const pairs = new Set()
  const server = createServer((client) => {
    if (way.isCut) return client.destroy()
    const upstream = connect(port, '127.0.0.1')
    const pair = [client, upstream]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    pass(client, upstream, way)
    pass(upstream, client, way)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', ({ delayMs = way.delayMs, isCut = way.isCut }) => {
    Object.assign(way, { delayMs, isCut })
    if (isCut) for (const pair of pairs) for (const socket of pair) socket.destroy()
  })
  process.on('disconnect', () => process.exit(0))
  process.send({ port: server.address().port })
}

/** In order, each piece as late as the way is slow. */
function pass(from, to, way) {
  let last = Promise.resolve()
  from.on('data', (piece) => {
    const dueMs = performance.now() + way.delayMs
    last = last.then(async () => {
      const restMs = dueMs - performance.now()
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
      if (!to.destroyed) to.write(piece)
    })
  })
}

if (process.argv[1] === program) await runProxy(Number(process.argv[2]))
