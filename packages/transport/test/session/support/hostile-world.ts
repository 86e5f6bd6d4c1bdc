import type { Interposed, ModelServer } from './model-server.ts'

/** Paths that a session asks whether its credential is good: nobody strays there twice in a row, since that would be a refusal. */
const probes = new Set(['/iserver/auth/status', '/tickle'])

/**
 * What is between a session and its server, and is not its friend: refusals that are nobody's fault, pages, cut and missing
 * replies, dates of all times.
 */
export class HostileWorld {
  /** How much of what passes is interfered with, from 0 to 1. */
  rate = 0
  /** Paths that refuse for good, and how. */
  readonly refusing = new Map<string, Interposed>()
  /** Every request is refused, as if there were no credential that is good. */
  refusesAll = false
  /** All dates are off by this much. */
  datesOffByMs: number | undefined
  readonly #random: () => number
  #strayed = false

  constructor(server: ModelServer, random: () => number) {
    this.#random = random
    server.interpose = (path) => this.#interpose(path)
    server.dateOf = (honestMs) => this.#dateOf(honestMs)
  }

  behave(): void {
    this.rate = 0
    this.refusing.clear()
    this.refusesAll = false
    this.datesOffByMs = undefined
  }

  #interpose(path: string): Interposed | undefined {
    if (this.refusesAll && path !== '/oauth/live_session_token') return refusal(401)
    const lasting = this.refusing.get(path)
    if (lasting !== undefined) return lasting
    if (this.#random() >= this.rate) {
      if (probes.has(path)) this.#strayed = false
      return undefined
    }
    const odd = this.#odd()
    const refuses = odd !== 'silence' && (odd.status === 401 || odd.status === 410)
    if (!refuses || !probes.has(path)) return odd
    if (this.#strayed) return undefined
    this.#strayed = true
    return odd
  }

  #odd(): Interposed {
    const kind = Math.floor(this.#random() * 14)
    if (kind === 0) return 'silence'
    if (kind === 1) return { status: 200, body: '<html><title>Sign in to the hotel</title></html>' }
    if (kind === 2) return { status: 200, body: '{"authenticated":tr', truncated: true }
    if (kind === 3) return { status: 403, body: '<html>Access Denied</html>' }
    return refusal([401, 401, 410, 423, 500, 502, 503, 504, 400, 404][kind - 4] ?? 500)
  }

  #dateOf(honestMs: number): string | undefined {
    if (this.datesOffByMs !== undefined) return new Date(honestMs + this.datesOffByMs).toUTCString()
    if (this.#random() >= this.rate) return undefined
    const odd = [-3_600_000, 3_600_000, 90_000_000, 2.4e12, -31_536_000_000, Number.NaN, 0]
    const offMs = odd[Math.floor(this.#random() * odd.length)] ?? 0
    return Number.isNaN(offMs) ? 'yesterday' : new Date(honestMs + offMs).toUTCString()
  }
}

function refusal(status: number): Interposed {
  return { status, body: JSON.stringify({ error: 'not authenticated', statusCode: status }) }
}
