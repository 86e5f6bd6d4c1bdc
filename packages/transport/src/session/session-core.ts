import type { Transport } from '../call/transport.ts'
import { BrokerageRunner } from './brokerage-runner.ts'
import { Talks } from './conversation.ts'
import { CredentialRunner } from './credential-runner.ts'
import type { Held } from './credential-state.ts'
import { sessionFailed } from './errors.ts'
import { SessionInterceptor } from './interceptor.ts'
import { Journal } from './journal.ts'
import type { LeadershipNews } from './leadership.ts'
import { Learner } from './learn-from-reply.ts'
import { type MaintenanceKind, maintenanceAt } from './maintenance.ts'
import type { SessionOptions } from './options.ts'
import { OwnRequests } from './own-requests.ts'
import type { Moment } from './proof.ts'
import type { SessionSettings } from './settings.ts'

/** Clocks that part by more than this, in milliseconds, tell of a sleep, or of a clock that was set. */
const partedMs = 10_000

/**
 * The parts of a session, put together. It is made before the session's transport, since it stands around that one's attempts, and is
 * given it before anything is sent.
 */
export class SessionCore {
  readonly options: SessionOptions
  readonly settings: SessionSettings
  readonly journal: Journal
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  readonly talks: Talks
  readonly interceptor: SessionInterceptor
  #transport: Transport | undefined
  #own: OwnRequests | undefined
  /** The wall clock less the monotonic one. */
  #partingMs: number
  #stopFollowing: (() => void) | undefined

  constructor(options: SessionOptions, settings: SessionSettings) {
    const { timers, pacing } = settings
    this.options = options
    this.settings = settings
    this.#partingMs = timers.now() - timers.monotonicNow()
    this.journal = new Journal(
      () => timers.now(),
      (atMs) => maintenanceAt(settings.maintenance, atMs),
    )
    this.credential = this.#createCredential()
    this.brokerage = this.#createBrokerage()
    this.talks = new Talks(timers, pacing, () => this.pacedUsername)
    this.interceptor = this.#createInterceptor()
  }

  /** Gives the core its transport, which must exist before anything happens. */
  attach(transport: Transport): void {
    const { options, settings, journal, credential, brokerage } = this
    this.#transport = transport
    this.#own = new OwnRequests({
      options,
      settings,
      journal,
      transport,
      credential,
      brokerage,
      egress: () => this.egress,
    })
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

  maintenance(): MaintenanceKind | undefined {
    return maintenanceAt(this.settings.maintenance, this.settings.timers.now())
  }

  /** Starts nothing more. */
  stop(): void {
    this.#stopFollowing?.()
    this.#stopFollowing = undefined
    this.talks.end()
  }

  readonly #now = (): Moment => {
    const { timers } = this.settings
    return { monotonicMs: timers.monotonicNow(), wallMs: timers.now() }
  }

  /** A caller's randomness may be anything. */
  readonly random = (): number => {
    const { random } = this.settings
    const value: unknown = this.journal.contain('random', random, 0.5)
    if (typeof value === 'number' && value >= 0 && value <= 1) return value
    this.journal.threw('random', new RangeError('it answered with no number from 0 to 1'))
    return 0.5
  }

  #createCredential(): CredentialRunner {
    const { timers, renewal, credential: rules } = this.settings
    return new CredentialRunner({
      timers,
      rules,
      renewal,
      now: this.#now,
      random: this.random,
      serverNow: () => this.transport.now(),
      establish: (signal, effect) => this.own.establish(signal, effect),
      judge: (error) => this.own.judge(error),
      ask: (step) => this.own.ask(step),
      forgetCookies: () => this.transport.clearCookies(),
      maintenance: () => this.maintenance(),
      moved: (from, to, trigger) => {
        const { state } = this.credential
        if (state.name === 'failed') this.brokerage?.abandon(sessionFailed(state.error))
        this.journal.moved(from, to, trigger)
      },
      lent: (held) => this.#lent(held),
      failed: (during, error, retryAtMs) => this.journal.failed(during, error, retryAtMs),
    })
  }

  #createBrokerage(): BrokerageRunner | undefined {
    const { timers, brokerage: rules } = this.settings
    if (rules === undefined) return undefined
    return new BrokerageRunner({
      timers,
      rules,
      now: this.#now,
      random: this.random,
      send: (method, path, options) => this.own.sendForBrokerage(method, path, options),
      tickle: () => void this.own.tickle(),
      maintenance: () => this.maintenance(),
      leads: () => this.#leads(),
      moved: (from, to, trigger) => this.journal.brokerageMoved(from, to, trigger),
      failed: (error, retryAtMs) => this.journal.failed('brokerage', error, retryAtMs),
      heard: (report) => {
        const { leadership, timers } = this.settings
        if (leadership === undefined || this.#leads() !== true) return
        this.journal.contain(
          'leadership.publish',
          () => leadership.publish({ ...report, atMs: timers.now() }),
          undefined,
        )
      },
    })
  }

  #createInterceptor(): SessionInterceptor {
    const { credential, brokerage, talks, settings } = this
    const learner = new Learner({
      credential,
      brokerage,
      questionsLookAtBrokerage: settings.probe.includes('/iserver/auth/status'),
      onActivity: () => {
        this.journal.lastActivityAtMs = settings.timers.now()
      },
    })
    return new SessionInterceptor({
      credential,
      brokerage,
      talks,
      learner,
      pacing: settings.pacing,
      username: () => this.pacedUsername,
      egress: () => this.egress,
      serverNow: () => this.transport.now(),
      watchClocks: () => this.#watchClocks(),
    })
  }

  #lent({ credential, number }: Held): void {
    const { expiresAtMs, brokerageProof, original } = credential
    this.brokerage?.renewed(number, brokerageProof?.atMs)
    this.journal.tell({ type: 'established', atMs: this.settings.timers.now(), expiresAtMs })
    this.journal.credentials.tell(original)
  }

  /** A sleep, or a clock that was set: what was true before need not be true now. */
  #watchClocks(): void {
    const { monotonicMs, wallMs } = this.#now()
    const byMs = Math.round(wallMs - monotonicMs - this.#partingMs)
    if (Math.abs(byMs) < partedMs) return
    this.#partingMs += byMs
    this.journal.tell({ type: 'clocks-parted', atMs: wallMs, byMs })
    this.credential.suspended()
    this.brokerage?.suspended()
  }

  #leads(): boolean | undefined {
    const { leadership } = this.settings
    return leadership && this.journal.contain('leadership.leads', () => leadership.leads === true, false)
  }

  #follow(): void {
    const { leadership } = this.settings
    if (leadership === undefined) return
    const listener = (told: LeadershipNews): void => {
      const { leads, report, proof } = told
      if (this.credential.isClosing) return
      this.brokerage?.follow({ leads: leads === true, report, provenAtMs: proof?.atMs })
    }
    this.#stopFollowing = this.journal.contain(
      'leadership.subscribe',
      () => leadership.subscribe(listener),
      undefined,
    )
    if (this.#leads() === false) this.brokerage?.follow({ leads: false })
  }
}
