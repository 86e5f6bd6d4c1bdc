import type { RequestListener } from 'node:http'

/** Whatever tells its health: a session, or a stream by `{ health: () => ({ ok: stream.status().state === 'open' }) }`. */
export type Healthy = { health(): { readonly ok: boolean } }

/** Answers Kubernetes' probes: `/live` while the process answers at all, `/ready` while everything in `parts` works. */
export function answerProbes(parts: Readonly<Record<string, Healthy>>): RequestListener {
  return ({ url }, response) => {
    if (url === '/live') return void response.end('live')
    if (url !== '/ready') return void response.writeHead(404).end()
    const health = Object.entries(parts).map(([name, part]) => ({ name, ...part.health() }))
    const status = health.every(({ ok }) => ok) ? 200 : 503
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(health))
  }
}
