import type { MemoryExchange } from '../../support/memory-dispatcher.ts'
import { MemoryDispatcher } from '../../support/memory-dispatcher.ts'
import type { VirtualClock } from '../../support/virtual-clock.ts'

/** One request as the server saw it. */
export interface Seen {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly token: string | undefined
  /** False if no connection took the request. */
  written: boolean
  /** Undefined if the connection broke. */
  status: number | undefined
}

export type Fault = 'refused' | 'paced' | 'unavailable' | 'error' | 'lost-before' | 'lost-after'

interface Token {
  readonly expiresAtMs: number
  revoked: boolean
}

interface BrokerageSession {
  /** The token that opened it. */
  readonly holder: string
  authenticated: boolean
  accountsLoaded: boolean
  readonly readyAtMs: number
}

/**
 * IBKR's half of one username in memory, as its documentation and users describe it: tokens with an end, one brokerage session
 * that must be opened in order and dies of silence, resets, maintenance, and a person who logs in elsewhere.
 */
export class ModelServer {
  readonly dispatcher: MemoryDispatcher
  readonly seen: Seen[] = []
  /** How often each order was carried out, by its client order id. */
  readonly orders = new Map<string, number>()
  lifetimeMs = 86_400_000
  maintenance = false
  /** How far this server's clock is ahead. */
  clockAheadMs = 0
  /** Nobody gets a token. */
  loginsRefused = false
  /** Each token is a login of its own, so that a new one finds the brokerage session with the old one. */
  brokeragePerToken = false
  /** Logins elsewhere that were ended, unless they had begun less than this before, in milliseconds. */
  thrownOut = 0
  newcomerMs = 11_000
  /** Answers a request before anything looks at it: an interposed reply, or none ever. */
  interpose: (path: string, method: string, token: string | undefined) => Interposed | undefined = () =>
    undefined
  /** The `Date` of a reply; undefined for the honest one. */
  dateOf: (honestMs: number) => string | undefined = () => undefined
  /** The `compete` of each init, in order. */
  readonly competes: boolean[] = []
  faultOf: (path: string) => Fault | undefined = () => undefined
  latencyMs: (path: string) => number = () => 20
  /** How long it takes until a connection takes a request, in milliseconds. */
  connectMs: () => number = () => 0
  /** Answers a path in place of the model, if it returns a reply. */
  override: (path: string, method: string, token: string | undefined) => Reply | undefined = () => undefined
  /** Cookies of every reply. */
  cookies: readonly string[] = []
  /** Sees each request as it leaves. */
  onDispatch: (seen: Seen) => void = () => undefined
  issued = 0
  readonly #clock: VirtualClock
  readonly #epochMs: number
  readonly #tokens = new Map<string, Token>()
  #brokerage: BrokerageSession | undefined
  readonly #connected = new Set<string>()
  #lastActivityAtMs = 0
  #competitorSinceMs: number | undefined

  constructor(clock: VirtualClock) {
    this.#clock = clock
    this.#epochMs = clock.now() - clock.monotonicNow()
    this.dispatcher = new MemoryDispatcher((exchange) => this.#take(exchange))
  }

  /** Somebody else has the brokerage session. */
  get competitor(): boolean {
    return this.#competitorSinceMs !== undefined
  }

  set competitor(present: boolean) {
    this.#competitorSinceMs = present ? this.#time() : undefined
  }

  get brokerageOpen(): boolean {
    return this.#liveBrokerage()?.authenticated === true
  }

  paths(method?: string): string[] {
    return this.seen.filter((one) => method === undefined || one.method === method).map((one) => one.path)
  }

  count(path: string): number {
    return this.seen.filter((one) => one.path === path).length
  }

  /** Whether the server takes this token, whatever else it answers. */
  takes(token: string): boolean {
    const known = this.#tokens.get(token)
    return known !== undefined && !known.revoked && known.expiresAtMs > this.#now()
  }

  revokeAll(): void {
    for (const token of this.#tokens.values()) token.revoked = true
  }

  /** What happens at night: every login and brokerage session ends. */
  reset(): void {
    this.revokeAll()
    this.#brokerage = undefined
  }

  loseBrokerage(): void {
    this.#brokerage = undefined
  }

  loseAccounts(): void {
    if (this.#brokerage) this.#brokerage.accountsLoaded = false
  }

  timeOutBrokerage(): void {
    if (this.#brokerage) this.#brokerage.authenticated = false
  }

  /** Lets a token in that came by another way. */
  register(token: string, expiresAtMs: number): void {
    this.#tokens.set(token, { expiresAtMs, revoked: false })
  }

  #take(exchange: MemoryExchange): void {
    const { method } = exchange.request
    const path = exchange.request.path.replace('/v1/api', '')
    const token = exchange.header('authorization')?.replace('Token ', '')
    const seen: Seen = { atMs: this.#time(), method, path, token, written: false, status: undefined }
    this.seen.push(seen)
    this.onDispatch(seen)
    const fault = this.faultOf(path)
    if (fault === 'refused') {
      exchange.fail('ECONNREFUSED')
      return
    }
    const connectMs = this.connectMs()
    if (connectMs === 0) this.#carry(exchange, seen, fault)
    else this.#clock.setTimeout(() => this.#carry(exchange, seen, fault), connectMs)
  }

  #carry(exchange: MemoryExchange, seen: Seen, fault: Fault | undefined): void {
    seen.written = exchange.start()
    if (!seen.written) return
    const latencyMs = this.latencyMs(seen.path)
    if (latencyMs === 0) this.#answer(exchange, seen, fault)
    else this.#clock.setTimeout(() => this.#answer(exchange, seen, fault), latencyMs)
  }

  #answer(exchange: MemoryExchange, seen: Seen, fault: Fault | undefined): void {
    if (fault === 'lost-before') {
      exchange.fail('ECONNRESET')
      return
    }
    const interposed = this.interpose(seen.path, seen.method, seen.token)
    if (interposed === 'silence') return
    const reply = interposed ?? this.#replyTo(exchange, seen, fault)
    seen.status = reply.status
    if (fault === 'lost-after') {
      exchange.fail('ECONNRESET')
      return
    }
    exchange.head(reply.status, {
      'content-type': reply.body.startsWith('<') ? 'text/html' : 'application/json',
      date: this.dateOf(this.#now()) ?? new Date(this.#now()).toUTCString(),
      ...(this.cookies.length === 0 ? {} : { 'set-cookie': [...this.cookies] }),
    })
    exchange.data(reply.body)
    if (reply.truncated) exchange.fail('ECONNRESET')
    else exchange.end()
  }

  #replyTo(exchange: MemoryExchange, seen: Seen, fault: Fault | undefined): Reply {
    if (fault === 'unavailable' || this.maintenance) return refusal(503, 'Service Unavailable')
    if (fault === 'paced') return refusal(429, 'Too Many Requests')
    if (fault === 'error') return refusal(500, 'Internal Server Error')
    const { path, token, method } = seen
    if (path === '/oauth/live_session_token') return this.#issue()
    const known = token === undefined ? undefined : this.#tokens.get(token)
    if (known === undefined || known.revoked || known.expiresAtMs <= this.#now()) {
      return { status: 401, body: '{"error":"Access token expired","statusCode":401}' }
    }
    const override = this.override(path, method, token)
    if (override !== undefined) return override
    return this.#authorizedReply(exchange, path, method, token ?? '')
  }

  #authorizedReply(exchange: MemoryExchange, path: string, method: string, token: string): Reply {
    switch (path) {
      case '/iserver/auth/ssodh/init':
        return this.#initialize(String(exchange.request.body), token)
      case '/iserver/auth/status':
        return ok(this.#status(token))
      case '/tickle':
        if (this.#holds(token)) this.#touch()
        return ok({
          session: 'f'.repeat(32),
          hmds: { error: 'no bridge' },
          iserver: { authStatus: this.#status(token) },
        })
      case '/logout':
        this.#brokerage = undefined
        this.revokeAll()
        return ok({ status: true })
    }
    if (!path.startsWith('/iserver/')) return ok({})
    return this.#brokerageReply(exchange, path, method, token)
  }

  #brokerageReply(exchange: MemoryExchange, path: string, method: string, token: string): Reply {
    const brokerage = this.#liveBrokerage()
    if (!brokerage?.authenticated || this.competitor || !this.#holds(token))
      return refusal(400, 'Bad Request: no bridge')
    this.#touch()
    if (path === '/iserver/accounts') {
      if (this.#time() < brokerage.readyAtMs) return ok({ accounts: [] })
      brokerage.accountsLoaded = true
      return ok({ accounts: ['DU1'] })
    }
    if (!brokerage.accountsLoaded) return refusal(500, 'Please query /accounts first')
    if (method === 'POST' && path.endsWith('/orders')) {
      const { id } = JSON.parse(String(exchange.request.body)) as { id: string }
      this.orders.set(id, (this.orders.get(id) ?? 0) + 1)
    }
    return ok({})
  }

  #issue(): Reply {
    if (this.loginsRefused) return refusal(401, 'id: 39687, error: invalid consumer')
    this.issued += 1
    const expiresAtMs = this.#now() + this.lifetimeMs
    const token = `token-${this.issued}`
    this.#tokens.set(token, { expiresAtMs, revoked: false })
    return ok({ token, expiresAtMs })
  }

  #initialize(body: string, token: string): Reply {
    const { publish, compete } = JSON.parse(body) as { publish: boolean; compete: boolean }
    if (!publish) return refusal(500, 'publish must be true')
    this.competes.push(compete)
    this.#connected.add(token)
    if (compete) this.#throwOut()
    const free = !this.#liveBrokerage()?.authenticated || (compete && !this.#holds(token))
    if (!this.competitor && free) {
      this.#brokerage = {
        holder: token,
        authenticated: true,
        accountsLoaded: false,
        readyAtMs: this.#time() + 1_500,
      }
      this.#touch()
    }
    return ok(this.#status(token))
  }

  #throwOut(): void {
    const sinceMs = this.#competitorSinceMs
    if (sinceMs !== undefined && this.#time() - sinceMs > this.newcomerMs) this.thrownOut += 1
    this.#competitorSinceMs = undefined
  }

  #status(token: string): object {
    const brokerage = this.#liveBrokerage()
    const isConnected = this.brokeragePerToken ? this.#connected.has(token) : brokerage !== undefined
    const isElsewhere = this.competitor || (isConnected && brokerage !== undefined && !this.#holds(token))
    const authenticated = brokerage?.authenticated === true && !isElsewhere && this.#holds(token)
    const established = authenticated && brokerage?.accountsLoaded === true
    return {
      authenticated,
      established,
      competing: isElsewhere,
      connected: isConnected || this.competitor,
      message: '',
      MAC: '',
    }
  }

  #holds(token: string): boolean {
    return !this.brokeragePerToken || this.#brokerage?.holder === token
  }

  /** The server's own time: nobody sets it with the client's. */
  #time(): number {
    return this.#epochMs + this.#clock.monotonicNow()
  }

  #now(): number {
    return this.#time() + this.clockAheadMs
  }

  #touch(): void {
    this.#lastActivityAtMs = this.#time()
  }

  /** More than five minutes of silence end it. */
  #liveBrokerage(): BrokerageSession | undefined {
    if (this.#time() - this.#lastActivityAtMs > 300_000) this.#brokerage = undefined
    const holder = this.#brokerage && this.#tokens.get(this.#brokerage.holder)
    if (this.brokeragePerToken && (holder?.revoked || (holder?.expiresAtMs ?? 0) <= this.#now())) {
      this.#brokerage = undefined
    }
    return this.#brokerage
  }
}

export interface Reply {
  readonly status: number
  readonly body: string
  /** The connection breaks before its end. */
  readonly truncated?: boolean
}

/** A reply of whoever is in between, or none at all. */
export type Interposed = Reply | 'silence'

export function ok(body: object): Reply {
  return { status: 200, body: JSON.stringify(body) }
}

export function refusal(status: number, error: string): Reply {
  return { status, body: JSON.stringify({ error, statusCode: status }) }
}
