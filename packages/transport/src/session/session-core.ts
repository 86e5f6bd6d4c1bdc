import type { CallState } from '../call/call.ts'
import type { TransportSession } from '../call/settings.ts'
import type { Transport } from '../call/transport.ts'
import type { RequestOrigin } from '../events.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { RequestContext } from '../request/types.ts'
import { type AttemptsHost, SessionAttempts } from './attempts.ts'
import { BrokerageRunner } from './brokerage-runner.ts'
import { containPacing } from './contained-pacing.ts'
import { Conversations } from './conversation.ts'
import { CountedCalls } from './counted-calls.ts'
import { CredentialRunner } from './credential-runner.ts'
import { Journal } from './journal.ts'
import { type LeadershipNews, readNews } from './leadership.ts'
import { Learner, type LearnerHost } from './learn-from-reply.ts'
import { kindAt, type MaintenanceKind } from './maintenance.ts'
import type { SessionOptions } from './options.ts'
import { ownCallOf } from './own-calls.ts'
import { OwnRequests } from './own-requests.ts'
import { type Places, UnpacedPlaces } from './places.ts'
import type { Moment } from './proof.ts'
import { BrokeragePart, CredentialPart } from './session-parts.ts'
import type { SessionSettings } from './settings.ts'

/** Clocks that part by more than this, in milliseconds, tell of a sleep, or of a clock that was set. */
const partedMs = 10_000

/**
 * The parts of a session, put together. It is made before the session's transport, since it stands around that one's attempts, and is
 * given it before anything is sent.
 */
export class SessionCore implements AttemptsHost, LearnerHost, TransportSession {
  readonly options: SessionOptions
  readonly settings: SessionSettings
  readonly journal: Journal
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  /** Undefined if nothing is paced. */
  readonly pacing: Pacing | undefined
  readonly places: Places
  readonly conversations: Conversations
  readonly learner: Learner
  readonly attempts: SessionAttempts
  /** Those of callers. */
  readonly calls: CountedCalls
  #transport: Transport | undefined
  #own: OwnRequests | undefined
  /** The wall clock less the monotonic one. */
  #partingMs: number
  #stopFollowing: (() => void) | undefined

  constructor(options: SessionOptions, settings: SessionSettings) {
    const { timers, pacing, brokerage } = settings
    this.options = options
    this.settings = settings
    this.#partingMs = timers.now() - timers.monotonicNow()
    this.journal = new Journal(this)
    this.credential = new CredentialRunner(new CredentialPart(this))
    this.brokerage = brokerage && new BrokerageRunner(new BrokeragePart(this, brokerage))
    this.pacing = pacing && containPacing(pacing, this)
    this.places = this.pacing ?? new UnpacedPlaces(timers)
    this.conversations = new Conversations(this)
    this.learner = new Learner(this)
    this.attempts = new SessionAttempts(this)
    this.calls = new CountedCalls(timers)
  }

  /** Gives the core its transport, which must exist before anything happens. */
  attach(transport: Transport): void {
    this.#transport = transport
    this.#own = new OwnRequests(this)
    this.#follow()
  }

  get transport(): Transport {
    if (this.#transport === undefined) throw new Error('the core has no transport yet')
    return this.#transport
  }

  get own(): OwnRequests {
    if (this.#own === undefined) throw new Error('the core has no transport yet')
    return this.#own
  }

  get username(): string | undefined {
    const { state } = this.credential
    const held = 'held' in state ? state.held : undefined
    return held?.credential.username ?? state.ledger.last?.username ?? this.options.username
  }

  /** A session without a username is one by itself. */
  get pacedUsername(): unknown {
    return this.username ?? this
  }

  get egress(): unknown {
    return this.options.egress ?? this.transport.dispatcher
  }

  get questionsLookAtBrokerage(): boolean {
    return this.settings.probe.includes('/iserver/auth/status')
  }

  maintenance(): MaintenanceKind | undefined {
    return kindAt(this.settings.maintenance, this.wallNow())
  }

  /** In milliseconds since 1970. */
  wallNow(): number {
    return this.settings.timers.now()
  }

  originOf(context: RequestContext): RequestOrigin {
    return { session: this.journal.id, purpose: ownCallOf(context) }
  }

  attempt(call: CallState): Promise<TransportResponse> {
    return this.attempts.make(call)
  }

  callBegins(context: RequestContext): void {
    if (ownCallOf(context) === undefined) this.calls.begin()
  }

  callEnds(context: RequestContext): void {
    if (ownCallOf(context) === undefined) this.calls.end()
  }

  get monotonicNow(): () => number {
    return this.settings.timers.monotonicNow
  }

  now(): Moment {
    return { monotonicMs: this.settings.timers.monotonicNow(), wallMs: this.wallNow() }
  }

  serverNow(): number {
    return this.transport.now()
  }

  /** A caller's randomness may be anything. */
  random(): number {
    const { random } = this.settings
    const value: unknown = this.journal.contain('random', random, 0.5)
    if (typeof value === 'number' && value >= 0 && value <= 1) return value
    this.journal.threw('random', new RangeError('it answered with no number from 0 to 1'))
    return 0.5
  }

  /** Whether this process may open the brokerage session; undefined if there is no question of that. */
  leads(): boolean | undefined {
    const { leadership } = this.settings
    return (
      leadership && this.journal.contain<unknown>('leadership.leads', () => leadership.leads, false) === true
    )
  }

  threw(name: string, cause: unknown): void {
    this.journal.threw(name, cause)
  }

  onActivity(): void {
    this.journal.lastActivityAtMs = this.wallNow()
  }

  /** A sleep, or a clock that was set: what was true before need not be true now. */
  watchClocks(): void {
    const { timers } = this.settings
    const wallMs = timers.now()
    const byMs = Math.round(wallMs - timers.monotonicNow() - this.#partingMs)
    if (Math.abs(byMs) < partedMs) return
    this.#partingMs += byMs
    this.journal.tell({ type: 'clocks-parted', atMs: wallMs, byMs })
    this.credential.suspended()
    this.brokerage?.suspended()
  }

  /** Starts nothing more. */
  stop(): void {
    this.#stopFollowing?.()
    this.#stopFollowing = undefined
    this.conversations.end()
  }

  #follow(): void {
    const { leadership } = this.settings
    if (leadership === undefined) return
    const listener = (news: LeadershipNews): void => {
      const told = this.journal.contain('leadership.subscribe', () => readNews(news), undefined)
      if (told === undefined || this.credential.isClosing) return
      this.brokerage?.follow(told)
      // What has failed for good waits for its caller's word, whoever wants it.
      if (told.leads && told.wanted && this.credential.state.name !== 'failed') this.brokerage?.want()
    }
    const stop = this.journal.contain('leadership.subscribe', () => leadership.subscribe(listener), doNothing)
    this.#stopFollowing = () => this.journal.contain('leadership.subscribe', stop, undefined)
    if (this.leads() === false) this.brokerage?.follow({ leads: false })
  }
}

function doNothing(): void {
  return
}
