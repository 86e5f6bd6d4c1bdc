import { containRejection } from '@ibkr-auth/internal/channel'
import { memberOf } from '@ibkr-auth/internal/thrown'
import { readRetryAfter } from '../call/retry-rules.ts'
import type { Transport } from '../call/transport.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import { inPenaltyBox } from '../pacing/refusals.ts'
import type { RequestOptions, TransportRequest } from '../request/types.ts'
import { tickleRefused } from './brokerage-errors.ts'
import { isJsonObject, readStatus, readTickle } from './brokerage-protocol.ts'
import type { BrokerageRunner } from './brokerage-runner.ts'
import type { Asked } from './credential-host.ts'
import type { CredentialRunner } from './credential-runner.ts'
import type { EstablishFailure } from './credential-state.ts'
import type { Login } from './establish.ts'
import type { Journal } from './journal.ts'
import { logOut } from './log-out.ts'
import type { SessionOptions } from './options.ts'
import { type OwnCall, type OwnReply, ownContext, ownReplyOf } from './own-calls.ts'
import { isPermanentByDefault, refusesCredential } from './refusals.ts'
import type { SessionSettings } from './settings.ts'
import { retryAfterMsOf, statusOf } from './thrown.ts'

/** What the session's own requests are made with. */
export interface OwnRequestsHost {
  readonly options: SessionOptions
  readonly settings: SessionSettings
  readonly journal: Journal
  readonly transport: Transport
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  readonly pacing: Pacing | undefined
  readonly egress: unknown
}

/** How long a question may take, in milliseconds. */
const questionTimeoutMs = 10_000

/** The requests that a session makes of itself: for its credential, about it, and for the brokerage session. */
export class OwnRequests {
  readonly #host: OwnRequestsHost
  /** Whether the last login was refused, and its reply told that it had been signed with a wrong time. */
  #wrongTime = false

  constructor(host: OwnRequestsHost) {
    this.#host = host
  }

  /** A request of the session's own; any status is returned. */
  async send(call: OwnCall, request: TransportRequest): Promise<OwnReply> {
    const { transport } = this.#host
    return ownReplyOf(
      await transport.request({ throwHttpErrors: false, ...request, context: ownContext(call) }),
    )
  }

  sendForBrokerage(method: 'GET' | 'POST', url: string, options: RequestOptions = {}): Promise<OwnReply> {
    return this.send('brokerage', { ...options, method, url })
  }

  /** One call of the caller's `establish()`, with what goes before and comes after. */
  async establish(signal: AbortSignal, { reason, replaces }: Login): Promise<unknown> {
    const { options, transport } = this.#host
    const skewMs = transport.clockSkewMs
    this.#wrongTime = false
    this.#refuseInPenaltyBox()
    const looked = this.#lookOnceMore(signal)
    // Among several processes another one may have replaced it already: then the answer is worth no wait, but to a login.
    if (this.#isShared) looked.catch(() => undefined)
    else await looked
    try {
      const credential = await options.establish({
        transport: { request: (request) => looked.then(() => this.#sendForExchange(request, signal)) },
        signal,
        now: () => transport.now(),
        replaces: replaces?.original,
        reason,
      })
      await this.#takeCookies(credential, signal)
      return credential
    } catch (error) {
      this.#learnFromRefusal(error, skewMs)
      throw error
    }
  }

  /** What an error of `establish()` means. */
  classify(error: unknown): Omit<EstablishFailure, 'error'> {
    const { settings, journal } = this.#host
    const { isPermanent } = settings
    const wrongTime = this.#wrongTime || memberOf(error, 'code') === 'ERR_TRANSPORT_CLOCK_SKEW'
    const retryAfterMs = retryAfterMsOf(error)
    const byDefault = isPermanentByDefault(error)
    if (isPermanent === undefined)
      return { permanent: byDefault ? 'by-default' : 'no', wrongTime, retryAfterMs }
    const answer: unknown = journal.contain('isPermanent', () => isPermanent(error), undefined)
    if (typeof answer === 'boolean')
      return { permanent: answer ? 'by-caller' : 'no', wrongTime, retryAfterMs }
    if (answer !== undefined)
      journal.threw('isPermanent', new TypeError('it answered neither true nor false'))
    return { permanent: byDefault ? 'by-default' : 'no', wrongTime, retryAfterMs }
  }

  /** Asks whether IBKR still takes the credential. Never rejects. */
  async ask(step: number): Promise<Asked> {
    const path = this.#host.settings.probe[step] ?? '/tickle'
    const penaltyMs = this.#penaltyMs()
    if (penaltyMs > 0) return { answer: 'unclear', gone: false, retryAfterMs: penaltyMs }
    try {
      return this.#readAnswer(path, await this.#question(path))
    } catch (error) {
      return { answer: 'unclear', gone: false, retryAfterMs: retryAfterMsOf(error) }
    }
  }

  /** Keeps the brokerage session alive. Never rejects. */
  async tickle(): Promise<void> {
    const { journal, brokerage, credential } = this.#host
    try {
      const {
        response,
        credential: number,
        hide,
      } = await this.sendForBrokerage('POST', '/tickle', { idempotent: true })
      if (!response.ok || !isJsonObject(response)) throw tickleRefused(response)
      const report = readTickle(response, hide)
      if (number !== undefined) brokerage?.heard(report, number)
      const { authenticated = false, connected = false, competing = false } = report ?? {}
      journal.tell({
        type: 'keep-alive',
        atMs: this.#host.settings.timers.now(),
        authenticated,
        connected,
        competing,
      })
    } catch (error) {
      if (!credential.isClosing) journal.failed('keep-alive', error)
    }
  }

  /** Logs out, if there is a credential to do it with. Never rejects. */
  logOut(): Promise<void> {
    return logOut(this.#host, (request) => this.send('logout', request))
  }

  #question(path: string): Promise<OwnReply> {
    const timeouts = { totalMs: questionTimeoutMs }
    return this.send('question', { method: 'POST', url: path, idempotent: true, retryLimit: 0, timeouts })
  }

  #readAnswer(path: string, { response, credential: number, hide }: OwnReply): Asked {
    const { brokerage, transport } = this.#host
    const gone = response.status === 410
    if (refusesCredential(response.status)) return { answer: 'refused', gone, retryAfterMs: 0 }
    // A captive portal answers 200 to everything, and with a page.
    if (!response.ok || !isJsonObject(response)) {
      return { answer: 'unclear', gone, retryAfterMs: readRetryAfter(response.headers, transport.now()) ?? 0 }
    }
    const report = path === '/tickle' ? readTickle(response, hide) : readStatus(response, hide)
    if (report !== undefined && number !== undefined) brokerage?.heard(report, number)
    return { answer: 'accepted', gone, retryAfterMs: 0 }
  }

  /**
   * A credential that is still good is asked, just before it is replaced, whether it has the brokerage session: the one that may
   * stand in the way of the next is known then. Without an answer, what was last seen has to do.
   */
  async #lookOnceMore(signal: AbortSignal): Promise<void> {
    const { brokerage, credential } = this.#host
    const held = credential.current
    const name = brokerage?.state.name
    if (held === undefined || name === undefined || name === 'closed' || name === 'following') return
    try {
      const {
        response,
        credential: number,
        hide,
      } = await this.send('question', {
        method: 'POST',
        url: '/iserver/auth/status',
        idempotent: true,
        signal,
        timeouts: { totalMs: this.#isShared ? 2_000 : 5_000 },
      })
      const report = readStatus(response, hide)
      if (report !== undefined && number === held.number) brokerage?.heard(report, number, true)
    } catch (error) {
      if (signal.aborted) throw error
    }
  }

  /** Whether other processes use the same username, one of which leads. */
  get #isShared(): boolean {
    return this.#host.settings.leadership !== undefined
  }

  /** A credential that another process has obtained brings the cookies that lead to its host. */
  async #takeCookies(credential: unknown, signal: AbortSignal): Promise<void> {
    const cookies = memberOf(credential, 'cookies')
    containRejection(cookies, () => undefined)
    if (signal.aborted || !Array.isArray(cookies)) return
    const texts = cookies.filter((cookie): cookie is string => typeof cookie === 'string')
    await this.#host.transport.addCookies(texts)
  }

  #sendForExchange(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const own = request.signal
    const both = own === undefined || own === signal ? signal : AbortSignal.any([own, signal])
    const context = { ...request.context, ...ownContext('establish') }
    // Nothing said is no wish for the session's credential: that one is only being obtained.
    const { authorize = false } = request
    return this.#host.transport.request({ ...request, authorize, signal: both, context })
  }

  #learnFromRefusal(error: unknown, skewMs: number): void {
    const { transport, settings } = this.#host
    const { clockSkewMs, claimedClockSkewMs = clockSkewMs } = transport
    const off = Math.max(Math.abs(clockSkewMs - skewMs), Math.abs(claimedClockSkewMs - skewMs))
    this.#wrongTime = statusOf(error) === 401 && off > settings.clockSkewLimitMs
    // The exchange may have used connections of its own, whose replies nobody here has seen.
    if (statusOf(error) === 429 && this.#penaltyMs() === 0) this.#host.pacing?.penalize(this.#host.egress)
  }

  #refuseInPenaltyBox(): void {
    const { timers } = this.#host.settings
    const untilMs = this.#host.pacing?.penaltyUntilMs(this.#host.egress)
    if (untilMs !== undefined) throw inPenaltyBox(untilMs, timers.now())
  }

  /** What is left of the address's penalty, in milliseconds. */
  #penaltyMs(): number {
    const { timers } = this.#host.settings
    const untilMs = this.#host.pacing?.penaltyUntilMs(this.#host.egress)
    return untilMs === undefined ? 0 : Math.max(1, untilMs - timers.now())
  }
}
