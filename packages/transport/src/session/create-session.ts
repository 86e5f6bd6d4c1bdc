import type { Transport } from '../call/transport.ts'
import { createTransport } from '../call/transport.ts'
import { TransportError } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import { inPenaltyBox } from '../pacing/refusals.ts'
import type { TransportRequest } from '../request/types.ts'
import { AttemptGuard } from './attempt-guard.ts'
import { Brokerage } from './brokerage.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import type { SessionCredential } from './credential.ts'
import { CredentialKeeper } from './credential-keeper.ts'
import { describeStatus, toStatusError } from './describe-status.ts'
import { sessionClosed } from './errors.ts'
import type { SessionErrorEvent, SessionEvent, SessionListener } from './events.ts'
import { type InternalCall, internalContext } from './internal-call.ts'
import { KeepAlive } from './keep-alive.ts'
import { Listeners } from './listeners.ts'
import { type MaintenanceKind, maintenanceAt } from './maintenance.ts'
import type { SessionOptions } from './options.ts'
import { statusOf } from './permanent.ts'
import type { OpenBrokerageOptions, ReadyOptions, Session } from './session.ts'
import { resolveSessionSettings, type SessionSettings } from './settings.ts'
import type { SessionStatus, StatusError } from './status.ts'
import { TransportFace } from './transport-face.ts'

/**
 * Makes a session. Nothing is sent before the first request, {@link Session.ready} or {@link Session.renew}.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createSession(options: SessionOptions): Session {
  return new IbkrSession(options, resolveSessionSettings(options))
}

class IbkrSession extends TransportFace implements Session {
  readonly #options: SessionOptions
  readonly #settings: SessionSettings
  readonly #transport: Transport
  readonly #keeper: CredentialKeeper
  readonly #brokerage: Brokerage | undefined
  readonly #keepAlive: KeepAlive | undefined
  readonly #guard: AttemptGuard
  readonly #calls: CallsUnderWay
  readonly #listeners = new Listeners()
  #sinceMs: number
  #brokerageSinceMs: number
  #lastError: StatusError | undefined
  #lastBrokerageError: StatusError | undefined
  #stopHearingPenalties: (() => void) | undefined
  #closing: Promise<void> | undefined
  /** Whether the last exchange was refused, and its reply told that it had been signed with a wrong time. */
  #clockWasOff = false

  constructor(options: SessionOptions, settings: SessionSettings) {
    const calls = new CallsUnderWay(settings.timers)
    super(() => this.#transport, calls)
    this.#calls = calls
    this.#options = options
    this.#settings = settings
    this.#sinceMs = settings.timers.now()
    this.#brokerageSinceMs = this.#sinceMs
    this.#keeper = this.#createKeeper()
    this.#brokerage = this.#createBrokerage()
    this.#keepAlive = this.#createKeepAlive()
    this.#guard = this.#createGuard()
    this.#transport = createTransport({
      ...options,
      authorize: this.#guard.authorize,
      interceptors: [
        (attempt, next) => this.#guard.intercept(attempt, next),
        ...(options.interceptors ?? []),
      ],
    })
  }

  async ready(options: ReadyOptions = {}): Promise<void> {
    await this.#keeper.usable(options.signal)
    if (options.brokerage) await this.openBrokerage(options)
  }

  async renew(): Promise<void> {
    await this.#keeper.renew()
  }

  async openBrokerage(options: OpenBrokerageOptions = {}): Promise<void> {
    if (this.#closing) throw sessionClosed()
    if (this.#brokerage === undefined) {
      throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'the session was created with brokerage: false')
    }
    await this.#keeper.usable(options.signal)
    await this.#brokerage.open(options.compete ?? false, options.signal)
  }

  status(): SessionStatus {
    return describeStatus({
      keeper: this.#keeper,
      brokerage: this.#brokerage,
      sinceMs: this.#sinceMs,
      brokerageSinceMs: this.#brokerageSinceMs,
      username: this.#username,
      lastActivityAtMs: this.#keepAlive?.lastActivityAtMs,
      lastError: this.#lastError,
      lastBrokerageError: this.#lastBrokerageError,
      queued: this.#settings.pacing?.queued(this.#pacedUsername) ?? 0,
      penaltyUntilMs: this.#settings.pacing?.penaltyUntilMs(this.#egress),
      maintenance: this.#maintenance(),
      clockSkewMs: this.clockSkewMs,
    })
  }

  subscribe(listener: SessionListener): () => void {
    this.#stopHearingPenalties ??= this.#settings.pacing?.subscribe((event) => {
      if (event.type === 'penalty' && event.egress === this.#egress)
        this.#tell({ type: 'penalty', atMs: this.#now(), untilMs: event.untilMs })
    })
    return this.#listeners.add(listener)
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #username(): string | undefined {
    return this.#keeper.username ?? this.#options.username
  }

  /** A session without a username is one by itself. */
  get #pacedUsername(): unknown {
    return this.#username ?? this
  }

  get #egress(): unknown {
    return this.#options.egress ?? this.#transport.dispatcher
  }

  #now(): number {
    return this.#settings.timers.now()
  }

  #maintenance(): MaintenanceKind | undefined {
    return maintenanceAt(this.#settings.maintenance, this.#now())
  }

  #tell(event: SessionEvent): void {
    this.#listeners.tell(event)
  }

  #createKeeper(): CredentialKeeper {
    const { timers, random, renewal, isPermanent } = this.#settings
    return new CredentialKeeper({
      timers,
      random,
      renewal,
      isPermanent: (error) => !this.#clockWasOff && isPermanent(error),
      establish: (signal) => this.#establish(signal),
      serverNow: () => this.#transport.now(),
      maintenance: () => this.#maintenance(),
      onMove: (from, to, trigger) => {
        this.#sinceMs = this.#now()
        if (to === 'failed') this.#brokerage?.abandon(this.#keeper.failure)
        this.#tell({ type: 'state', atMs: this.#sinceMs, from, to, trigger })
      },
      onEstablished: ({ expiresAtMs }) => {
        this.#guard.onEstablished()
        this.#brokerage?.onEstablished()
        this.#tell({ type: 'established', atMs: this.#now(), expiresAtMs })
      },
      onError: (during, error, retryAtMs) => this.#noteError(during, error, retryAtMs),
    })
  }

  #createBrokerage(): Brokerage | undefined {
    const { timers, random, brokerage: settings } = this.#settings
    if (settings === undefined) return undefined
    return new Brokerage({
      timers,
      random,
      settings,
      send: (method, url, options) => this.#send('brokerage', { ...options, method, url }),
      sendNow: (method, url, options) =>
        this.#send('confirm', { ...options, method, url, timeouts: { totalMs: 5_000 } }),
      maintenance: () => this.#maintenance(),
      onMove: (from, to, trigger) => {
        this.#brokerageSinceMs = this.#now()
        if (to === 'open' || to === 'competing') this.#keepAlive?.start()
        else if (to === 'closed' || to === 'waiting') this.#keepAlive?.stop()
        this.#tell({ type: 'brokerage', atMs: this.#brokerageSinceMs, from, to, trigger })
      },
      onError: (during, error, retryAtMs) => this.#noteError(during, error, retryAtMs),
    })
  }

  #createKeepAlive(): KeepAlive | undefined {
    const { timers, random, brokerage } = this.#settings
    if (brokerage === undefined) return undefined
    return new KeepAlive({ timers, random, intervalMs: brokerage.keepAliveMs, tickle: () => this.#tickle() })
  }

  #createGuard(): AttemptGuard {
    const session = this
    return new AttemptGuard({
      keeper: this.#keeper,
      brokerage: this.#brokerage,
      keepAlive: this.#keepAlive,
      pacing: this.#settings.pacing,
      get username() {
        return session.#pacedUsername
      },
      get egress() {
        return session.#egress
      },
      serverNow: () => this.#transport.now(),
      onGone: () => this.#transport.clearCookies(),
    })
  }

  /** A request of the session's own; any status is returned. */
  #send(call: InternalCall, request: TransportRequest): Promise<TransportResponse> {
    return this.#transport.request({ throwHttpErrors: false, ...request, context: internalContext(call) })
  }

  async #establish(signal: AbortSignal): Promise<SessionCredential> {
    const { pacing } = this.#settings
    const untilMs = pacing?.penaltyUntilMs(this.#egress)
    if (untilMs !== undefined) throw inPenaltyBox(untilMs, this.#now())
    const skewMs = this.clockSkewMs
    this.#clockWasOff = false
    try {
      const credential = await this.#options.establish({
        transport: { request: (request) => this.#sendForExchange(request, signal) },
        signal,
        now: () => this.#transport.now(),
      })
      if (this.#keeper.state === 'renewing') await this.#confirmBrokerage(credential)
      return credential
    } catch (error) {
      // Signed anew, with the time that replies tell, the exchange may be taken. It takes two that agree: then the difference is known.
      const toldMs = this.claimedClockSkewMs ?? this.clockSkewMs
      this.#clockWasOff =
        statusOf(error) === 401 && Math.abs(toldMs - skewMs) > this.#settings.clockSkewLimitMs
      // The exchange may have used connections of its own, whose replies nobody here has seen.
      if (statusOf(error) === 429 && pacing?.penaltyUntilMs(this.#egress) === undefined)
        pacing?.penalize(this.#egress)
      throw error
    }
  }

  /**
   * Without an answer the new credential might find the brokerage session taken, and nobody could tell by whom: the renewal has failed then,
   * and is tried again. Once the old credential has ended, or a refusal says that there is nothing, that does not matter.
   */
  async #confirmBrokerage(credential: SessionCredential): Promise<void> {
    try {
      await this.#brokerage?.confirm()
    } catch (error) {
      const status = statusOf(error)
      const isAnswer = status !== undefined && status >= 400 && status < 500 && status !== 429
      if (this.#keeper.state !== 'renewing' || isAnswer) return
      await credential.close?.()
      throw error
    }
  }

  #sendForExchange(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const context = { ...request.context, ...internalContext('establish') }
    return this.#transport.request({ signal, authorize: false, ...request, context })
  }

  async #tickle(): Promise<void> {
    try {
      const response = await this.#send('brokerage', { method: 'POST', url: '/tickle', idempotent: true })
      const report = this.#brokerage?.report
      if (response.ok && report) {
        const { authenticated, connected, competing } = report
        this.#tell({ type: 'keep-alive', atMs: this.#now(), authenticated, connected, competing })
      } else {
        this.#noteError('keep-alive', tickleRefused(response), undefined)
      }
    } catch (error) {
      if (!this.#closing) this.#noteError('keep-alive', error, undefined)
    }
  }

  #noteError(during: SessionErrorEvent['during'], error: unknown, retryAtMs: number | undefined): void {
    const atMs = this.#now()
    if (during === 'brokerage' || during === 'keep-alive')
      this.#lastBrokerageError = toStatusError(error, atMs)
    else this.#lastError = toStatusError(error, atMs)
    this.#tell({ type: 'error', atMs, during, error, retryAtMs, maintenance: this.#maintenance() })
  }

  async #shutDown(): Promise<void> {
    const { pacing, closeTimeoutMs } = this.#settings
    this.#keeper.close()
    this.#brokerage?.abandon(sessionClosed())
    pacing?.drop(this.#pacedUsername, this.#guard, sessionClosed())
    await this.#calls.drained(closeTimeoutMs)
    await this.#logOut()
    this.#transport.clearCookies()
    await this.#transport.close()
    this.#stopHearingPenalties?.()
    this.#keeper.closed()
  }

  async #logOut(): Promise<void> {
    const { logout, closeTimeoutMs } = this.#settings
    if (!logout || this.#keeper.parting === undefined) return
    const timeouts = { totalMs: closeTimeoutMs }
    const request = { method: 'POST', url: '/logout', retryLimit: 0, throwHttpErrors: true, timeouts }
    await this.#send('logout', request).catch((error: unknown) => this.#noteError('logout', error, undefined))
  }
}

function tickleRefused(response: TransportResponse): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    `POST /tickle answered ${response.status}`,
    {
      status: response.status,
      sent: 'yes',
      response,
    },
  )
}
