import { Listeners } from '../listeners.ts'
import { type ApiSession, hasEnded } from './api-session.ts'

/** What IBKR says about a brokerage session (OpenAPI 2.40.0, `brokerageSessionStatus`). */
export interface BrokerageStatus {
  readonly authenticated: boolean
  readonly established: boolean
  readonly competing: boolean
  readonly connected: boolean
}

/** A login of the same username through TWS, a telephone or another program outside of the sandbox. */
const elsewhere = Symbol('elsewhere')

interface Holding {
  readonly holder: ApiSession | typeof elsewhere
  accountsLoaded: boolean
}

/** The brokerage sessions: at most one for each username, whoever holds it. */
export class BrokerageSessions {
  readonly #idleTimeoutMs: number
  readonly #endsWithToken: boolean
  readonly #changes = new Listeners<string>()
  readonly #holdings = new Map<string, Holding>()
  readonly #connected = new WeakSet<ApiSession>()

  /** @param endsWithToken - whether a session whose token has ended holds nothing any longer. */
  constructor(idleTimeoutMs: number, endsWithToken: boolean) {
    this.#idleTimeoutMs = idleTimeoutMs
    this.#endsWithToken = endsWithToken
  }

  /** Tells a username whose brokerage session was opened, taken over, lost or ended. */
  onChange(listener: (username: string) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Who holds the brokerage session of a username; undefined if nobody does. */
  holder(username: string, nowMs: number): ApiSession | 'elsewhere' | undefined {
    const holder = this.#live(username, nowMs)?.holder
    return holder === elsewhere ? 'elsewhere' : holder
  }

  /** Opens the brokerage session; one that is held by somebody else is taken over only with `compete`. */
  init(session: ApiSession, compete: boolean, nowMs: number): BrokerageStatus {
    this.#connected.add(session)
    const holding = this.#live(session.username, nowMs)
    const mayHold = holding === undefined || compete
    if (holding?.holder !== session && mayHold) {
      this.#hold(session.username, { holder: session, accountsLoaded: false })
    }
    return this.status(session, nowMs)
  }

  status(session: ApiSession, nowMs: number): BrokerageStatus {
    const holding = this.#live(session.username, nowMs)
    const authenticated = holding?.holder === session
    const connected = this.#connected.has(session)
    return {
      authenticated,
      established: authenticated && holding.accountsLoaded,
      competing: connected && holding !== undefined && !authenticated,
      connected,
    }
  }

  /** Notes that the accounts were asked for; only then is the session established. */
  loadAccounts(session: ApiSession): void {
    const holding = this.#holdings.get(session.username)
    if (holding?.holder !== session || holding.accountsLoaded) return
    holding.accountsLoaded = true
    this.#changes.tell(session.username)
  }

  /** Ends what this session holds, at logout. */
  end(session: ApiSession): void {
    if (this.#holdings.get(session.username)?.holder === session) this.#release(session.username)
    this.#connected.delete(session)
  }

  /** The daily reset and the like: the brokerage sessions are gone, the outer ones stay. */
  lose(username?: string): void {
    for (const name of username === undefined ? [...this.#holdings.keys()] : [username]) this.#release(name)
  }

  /** A login elsewhere takes the brokerage session of a username. */
  takeElsewhere(username: string): void {
    this.#hold(username, { holder: elsewhere, accountsLoaded: true })
  }

  /** The holding, unless its holder has been silent for too long. */
  #live(username: string, nowMs: number): Holding | undefined {
    const holding = this.#holdings.get(username)
    if (holding === undefined || holding.holder === elsewhere) return holding
    const { loggedOut, lastActivityMs } = holding.holder
    const isOver = this.#endsWithToken && hasEnded(holding.holder, nowMs)
    if (!loggedOut && !isOver && nowMs - lastActivityMs <= this.#idleTimeoutMs) return holding
    this.#release(username)
    return undefined
  }

  #hold(username: string, holding: Holding): void {
    this.#holdings.set(username, holding)
    this.#changes.tell(username)
  }

  #release(username: string): void {
    if (this.#holdings.delete(username)) this.#changes.tell(username)
  }
}
