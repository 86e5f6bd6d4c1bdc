import type { RequestListener } from 'node:http'
import { type Healthy, healthOf } from '@ibkr-auth/transport/session'

/** Answers Kubernetes' probes: `/live` while the process answers at all, `/ready` while everything in `parts` works. */
export function answerProbes(parts: Readonly<Record<string, Healthy>>): RequestListener {
  return ({ url }, response) => {
    if (url === '/live') return void response.end('live')
    if (url !== '/ready') return void response.writeHead(404).end()
    const health = healthOf(parts)
    response
      .writeHead(health.ok ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify(health))
  }
}
