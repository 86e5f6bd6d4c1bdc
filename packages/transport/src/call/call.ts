import { checkCount, checkNumber } from '../checks.ts'
import type { Sent, TransportError } from '../errors.ts'
import type { RequestEvent } from '../events.ts'
import type { ExchangeCall, Progress } from '../http/exchange-input.ts'
import type { ExchangeFailure } from '../http/failure.ts'
import type { HeaderRecord } from '../http/headers.ts'
import { type PreparedRequest, prepareRequest } from '../request/prepare.ts'
import type { Complete, Timeouts, TransportRequest } from '../request/types.ts'
import { Cancellation } from './cancellation.ts'
import { type CancelKind, explainCancel, explainFailure, type KnownOfCall } from './failed-call.ts'
import { maskQuery, secretsOf } from './mask.ts'
import { resolveTimeouts, type Settings } from './settings.ts'

let calls = 0

/** One request from the call to its result: what was asked, and what is known of it so far. */
export class CallState implements ExchangeCall {
  readonly id: number = ++calls
  readonly settings: Settings
  readonly request: PreparedRequest
  /** Whether the body of a 2xx reply is handed out as it arrives. */
  readonly streaming: boolean
  readonly timeouts: Complete<Timeouts>
  /** Largest body read whole, in bytes. */
  readonly maxBytes: number
  /** Largest body handed out as it arrives, in bytes. */
  readonly maxStreamBytes: number
  readonly retryLimit: number
  readonly throwHttpErrors: boolean
  readonly callerSignal: AbortSignal | undefined
  readonly cancellation: Cancellation = new Cancellation()
  readonly #startedAtMs: number
  attempts = 0
  /** How far the furthest attempt came. */
  sent: Sent = 'no'
  /** True while an attempt may have reached the server and no reply says what became of it. */
  unresolved = false
  /** What failed last in this call itself, as opposed to an interceptor: only that is repeated. */
  lastFailure: TransportError | undefined
  /** How far the time that the last attempt was signed with was off the server's, if its reply told. */
  clockOffByMs: number | undefined
  /** Headers of the last attempt, with what interceptors and its authorisation added. */
  sentHeaders: HeaderRecord
  /** The cookies that went with them. */
  sentCookie: string | undefined

  constructor(settings: Settings, request: TransportRequest, streaming: boolean) {
    this.settings = settings
    this.request = prepareRequest(request, settings)
    this.streaming = streaming
    this.sentHeaders = this.request.headers
    this.timeouts = resolveTimeouts(request.timeouts, settings.timeouts)
    this.maxBytes = checkNumber('maxResponseBytes', request.maxResponseBytes ?? settings.maxResponseBytes)
    this.maxStreamBytes = request.maxResponseBytes ?? Number.POSITIVE_INFINITY
    this.retryLimit = checkCount('retryLimit', request.retryLimit ?? settings.retry.limit, 0)
    this.throwHttpErrors = request.throwHttpErrors ?? settings.throwHttpErrors
    this.callerSignal = request.signal
    this.#startedAtMs = settings.monotonicNow()
  }

  /** True if the request may be sent again although it reached the server. */
  get repeatable(): boolean {
    return this.request.idempotent && !this.request.presigned
  }

  get elapsedMs(): number {
    return Math.round(this.settings.monotonicNow() - this.#startedAtMs)
  }

  /** What is left of the whole call's time, in milliseconds; infinite if it has no limit. */
  get timeLeftMs(): number {
    const { totalMs } = this.timeouts
    return totalMs === 0 ? Number.POSITIVE_INFINITY : Math.max(0, totalMs - this.elapsedMs)
  }

  get known(): KnownOfCall {
    const { method, idempotent, presigned } = this.request
    const { attempts, elapsedMs, sent, unresolved } = this
    return { method, path: this.maskedPath, idempotent, presigned, attempts, elapsedMs, sent, unresolved }
  }

  get event(): RequestEvent {
    const { method, context } = this.request
    const { scope, session } = this.settings
    const { maskedPath: path, attempts: attempt } = this
    return { call: this.id, ...session?.originOf(context), method, origin: scope.origin, path, attempt }
  }

  /** Everything secret that was sent, to be hidden where the server repeats it. */
  get secrets(): readonly string[] {
    const cookies = this.sentCookie === undefined ? [] : [this.sentCookie]
    return [...cookies, ...secretsOf(this.request, this.sentHeaders)]
  }

  get maskedPath(): string {
    return maskQuery(this.request.pathAndQuery)
  }

  /** Says what the failure of an exchange means, and remembers that. */
  explain(failure: ExchangeFailure, { sent, status }: Progress): TransportError {
    this.lastFailure = explainFailure(this.known, failure, sent, status)
    return this.lastFailure
  }

  /** Notes that an attempt came further. */
  noteSent(sent: Sent): void {
    this.unresolved = true
    if (this.sent !== 'yes') this.sent = sent
  }

  /** Gives the call up. */
  cancel(kind: CancelKind, cause?: unknown): void {
    if (!this.cancellation.reason) {
      this.cancellation.cancel(explainCancel(this.known, kind, this.timeouts.totalMs, cause))
    }
  }
}
