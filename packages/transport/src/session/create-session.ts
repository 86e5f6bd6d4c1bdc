import { createTransportOf, RequestVerbs, type Transport } from '../call/transport.ts'
import { TransportError } from '../errors.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { StreamedResponse, TransportResponse } from '../http/response.ts'
import type { TransportRequest } from '../request/types.ts'
import type { Conversation } from './conversation.ts'
import type { BrokerageProof, SessionCredential } from './credential.ts'
import { describeHealth, describeStatus } from './describe-status.ts'
import { sessionClosed } from './errors.ts'
import type { SessionListener } from './events.ts'
import type { SessionOptions } from './options.ts'
import type { OpenBrokerageOptions, ReadyOptions, Session } from './session.ts'
import { SessionCore } from './session-core.ts'
import { resolveSessionSettings } from './settings.ts'
import type { SessionHealth, SessionStatus } from './status.ts'

/**
 * Makes a session. Nothing is sent before the first request, {@link Session.ready} or {@link Session.renew}.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createSession(options: SessionOptions): Session {
  const core = new SessionCore(options, resolveSessionSettings(options))
  const transport = createTransportOf({ ...options, random: () => core.random() }, core)
  core.attach(transport)
  return new IbkrSession(core, transport)
}

class IbkrSession extends RequestVerbs implements Session {
  readonly #core: SessionCore
  readonly #transport: Transport
  #stopHearingPacing: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(core: SessionCore, transport: Transport) {
    super()
    this.#core = core
    this.#transport = transport
  }

  override request(request: TransportRequest): Promise<TransportResponse> {
    return this.#transport.request(request)
  }

  stream(request: TransportRequest): Promise<StreamedResponse> {
    return this.#transport.stream(request)
  }

  conversation<Result>(converse: (talk: Conversation) => Promise<Result>): Promise<Result> {
    if (this.#closing) return Promise.reject(sessionClosed())
    return this.#core.conversations.hold((request) => this.request(request), converse)
  }

  async ready(options: ReadyOptions = {}): Promise<void> {
    await this.#core.credential.usable(options.signal)
    if (options.brokerage) await this.openBrokerage({ signal: options.signal })
  }

  async renew(): Promise<void> {
    await this.#core.credential.renew()
  }

  async openBrokerage(options: OpenBrokerageOptions = {}): Promise<void> {
    const { brokerage, credential } = this.#core
    if (this.#closing) throw sessionClosed()
    if (brokerage === undefined) {
      throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'the session was created with brokerage: false')
    }
    await credential.usable(options.signal)
    await brokerage.open(options.takeOver === true, options.signal)
  }

  status(): SessionStatus {
    return describeStatus(this.#core)
  }

  health(): SessionHealth {
    return describeHealth(this.#core)
  }

  subscribe(listener: SessionListener): () => void {
    this.#stopHearingPacing ??= this.#hearPacing()
    return this.#core.journal.subscribe(listener)
  }

  onCredential(listener: (credential: SessionCredential) => void): () => void {
    return this.#core.journal.onCredential(listener)
  }

  cookies(): readonly string[] {
    return this.#transport.cookies()
  }

  brokerageProof(): BrokerageProof | undefined {
    const proof = this.#core.brokerage?.proof
    return proof && { atMs: proof.seen.wallMs }
  }

  get clockSkewMs(): number {
    return this.#transport.clockSkewMs
  }

  get claimedClockSkewMs(): number | undefined {
    return this.#transport.claimedClockSkewMs
  }

  resetClockSkew(): void {
    this.#transport.resetClockSkew()
  }

  now(): number {
    return this.#transport.now()
  }

  get dispatcher(): HttpDispatcher {
    return this.#transport.dispatcher
  }

  clearCookies(): void {
    this.#transport.clearCookies()
  }

  addCookies(cookies: readonly string[]): Promise<void> {
    return this.#transport.addCookies(cookies)
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #hearPacing(): (() => void) | undefined {
    const { settings, journal, attempts, pacing, credential, brokerage } = this.#core
    return pacing?.subscribe((event) => {
      const atMs = settings.timers.now()
      if (event.type === 'penalty' && event.egress === this.#core.egress) {
        journal.tell({ type: 'penalty', atMs, untilMs: event.untilMs })
      } else if (event.type === 'pardon' && event.egress === this.#core.egress) {
        journal.tell({ type: 'pardon', atMs })
        credential.pardoned()
        brokerage?.pardoned()
      } else if (event.type === 'wait' && event.owner === attempts) {
        const { method, path, limit, expectedMs } = event
        journal.tell({ type: 'wait', atMs, method, path, limit, expectedMs })
      }
    })
  }

  async #shutDown(): Promise<void> {
    const { settings, credential, brokerage, journal, places, pacedUsername, attempts, calls } = this.#core
    credential.close()
    brokerage?.abandon(sessionClosed())
    this.#core.stop()
    places.drop(pacedUsername, attempts, sessionClosed())
    await calls.drained(settings.closeTimeoutMs)
    await this.#core.own.logOut()
    this.#transport.clearCookies()
    await this.#transport.close().catch((error: unknown) => journal.failed('release', error))
    this.#stopHearingPacing?.()
    credential.closed()
  }
}
