// A way to the store that can be slowed and cut: TCP through loopback.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

export async function startProxy(port) {
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
  return {
    port: server.address().port,
    slow: (delayMs) => {
      way.delayMs = delayMs
    },
    cut: (isCut) => {
      way.isCut = isCut
      if (isCut) for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
    close: () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      server.close()
    },
  }
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
