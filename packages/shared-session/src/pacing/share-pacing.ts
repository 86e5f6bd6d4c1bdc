import { randomUUID } from 'node:crypto'
import { publishPacingEvent } from '@ibkr-auth/internal/pacing-channels'
import { closed, invalidInput, nameOf, SharedSessionError } from '../errors.ts'
import { StoreAccess, type StoreStatus } from '../store/store-access.ts'
import { tell } from '../tell.ts'
import { inPenaltyBox } from './errors.ts'
import { type PacingSettings, pacingSettings, type SharePacingOptions } from './options.ts'
import { SharedPenalty } from './penalties.ts'
import type { PacingEvent, PacingPenalty, PacingPermit, PacingQueueStatus, PacingRequest } from './request.ts'
import { UsernamePacer } from './username-pacer.ts'

/** A `pacing` for `createSession`, and what belongs to it. */
export interface SharedPacing {
  /**
   * Queues for a place.
   *
   * @throws {SharedSessionError} `ERR_SHARED_SESSION_PENALTY_BOX` while the address is in the penalty box,
   * `ERR_SHARED_SESSION_PACING_WAIT` if the wait would be too long; or the reason of `signal`. Thrown or rejected alike.
   */
  acquire(request: PacingRequest): Promise<PacingPermit>
  /** Reports a 429: the address stops in all processes, and its queued requests are refused. */
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty
  /** Opens an address again, in all processes. */
  pardon(egress: unknown): void
  /** End of an address's penalty, in milliseconds since 1970; undefined if it is free. */
  penaltyUntilMs(egress: unknown): number | undefined
  /** Requests of a username that wait in this process. */
  queued(username: unknown): number
  /** What they wait for, and how long; empty if none waits. */
  waits(username: unknown): readonly PacingQueueStatus[]
  /** Refuses what an owner has waiting, with `error`. */
  drop(username: unknown, owner: unknown, error: Error): void
  /** A conversation: others of the username wait, in all processes, for a while; cancellations of orders pass. */
  hold(username: unknown, conversation: unknown): () => void
  /** Calls `listener` for each event: penalties and pardons of whichever process, waits of this one. The result ends that. */
  subscribe(listener: (event: PacingEvent) => void): () => void
  status(): SharedPacingStatus
  /** Refuses what waits, and takes this process out of the count. */
  close(): Promise<void>
}

/** How pacing goes, as plain data. */
export interface SharedPacingStatus {
  readonly store: StoreStatus
  /** Code or name of what a listener threw last. */
  readonly lastError: string | undefined
  readonly usernames: readonly {
    readonly username: string
    readonly queued: number
    /** Processes that share it, as far as is known. */
    readonly processes: number
    /** True while this process goes by its share of each window, since the store is away. */
    readonly alone: boolean
  }[]
}

/**
 * Shares IBKR's limits among processes: windows, concurrency, conversations and the penalty box hold over all of them.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function sharePacing(options: SharePacingOptions): SharedPacing {
  return new StorePacing(pacingSettings(options))
}

class StorePacing implements SharedPacing {
  readonly #settings: PacingSettings
  readonly #access: StoreAccess
  readonly #holder = randomUUID()
  readonly #pacers = new Map<string, UsernamePacer>()
  readonly #penalties = new Map<string, SharedPenalty>()
  readonly #listeners = new Set<(event: PacingEvent) => void>()
  #lastError: string | undefined
  #isClosed = false

  constructor(settings: PacingSettings) {
    this.#settings = settings
    this.#access = new StoreAccess(settings.store, settings.clock, settings.storeTimeoutMs)
  }

  acquire(request: PacingRequest): Promise<PacingPermit> {
    if (typeof request !== 'object' || request === null)
      return Promise.reject(invalidInput('request must be { username, method, path }'))
    if (this.#isClosed) return Promise.reject(closed('the pacing'))
    const untilMs = this.#penaltyOf(request.egress).untilMs
    if (untilMs !== undefined) return Promise.reject(inPenaltyBox(untilMs, this.#settings.clock.now()))
    if (typeof request.username !== 'string' || request.username === '')
      return Promise.reject(namelessSession())
    return this.#pacerOf(request.username).acquire(request)
  }

  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty {
    const asked = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? retryAfterMs : 0
    return { type: 'penalty', egress, untilMs: this.#penaltyOf(egress).penalize(asked) }
  }

  pardon(egress: unknown): void {
    this.#penaltyOf(egress).pardon()
  }

  penaltyUntilMs(egress: unknown): number | undefined {
    return this.#penalties.get(this.#egressName(egress))?.untilMs
  }

  queued(username: unknown): number {
    return typeof username === 'string' ? (this.#pacers.get(username)?.queued ?? 0) : 0
  }

  waits(username: unknown): readonly PacingQueueStatus[] {
    return typeof username === 'string' ? (this.#pacers.get(username)?.waits() ?? []) : []
  }

  drop(username: unknown, owner: unknown, error: Error): void {
    if (typeof username !== 'string') return
    this.#pacers.get(username)?.refuse(
      ({ request }) => request.owner === owner,
      () => error,
    )
  }

  hold(username: unknown, conversation: unknown): () => void {
    return this.#isClosed ? () => undefined : this.#pacerOf(username).hold(conversation)
  }

  subscribe(listener: (event: PacingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  status(): SharedPacingStatus {
    const usernames = [...this.#pacers].map(([username, { queued, processes, isAlone }]) => {
      return { username, queued, processes, alone: isAlone }
    })
    return { store: this.#access.status(), usernames, lastError: this.#lastError }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const penalty of this.#penalties.values()) penalty.close()
    await Promise.all([...this.#pacers.values()].map((pacer) => pacer.close(closed('the pacing'))))
  }

  #pacerOf(username: unknown): UsernamePacer {
    if (typeof username !== 'string' || username === '') throw namelessSession()
    const known = this.#pacers.get(username)
    if (known !== undefined) return known
    const key = `${this.#settings.key} pacing ${username}`
    const pacer = new UsernamePacer(
      this.#settings,
      this.#access,
      key,
      this.#holder,
      (request, limit, expectedMs) => {
        const { owner, method, path } = request
        this.#tell({ type: 'wait', username, owner, method, path, limit, expectedMs })
      },
    )
    this.#pacers.set(username, pacer)
    return pacer
  }

  #penaltyOf(egress: unknown): SharedPenalty {
    const name = this.#egressName(egress)
    const known = this.#penalties.get(name)
    if (known !== undefined) return known
    const onChange = (untilMs: number | undefined): void => this.#onPenalty(name, egress, untilMs)
    const penalty = new SharedPenalty(this.#settings, this.#access, name, onChange)
    if (this.#isClosed) penalty.close()
    this.#penalties.set(name, penalty)
    return penalty
  }

  /** Sessions that name no address leave from this machine's. */
  #egressName(egress: unknown): string {
    return typeof egress === 'string' && egress !== '' ? egress : this.#settings.egress
  }

  #onPenalty(name: string, egress: unknown, untilMs: number | undefined): void {
    if (untilMs === undefined) {
      this.#tell({ type: 'pardon', egress })
      return
    }
    const error = inPenaltyBox(untilMs, this.#settings.clock.now())
    for (const pacer of this.#pacers.values())
      pacer.refuse(
        ({ request }) => this.#egressName(request.egress) === name,
        () => error,
      )
    this.#tell({ type: 'penalty', egress, untilMs })
  }

  #tell(event: PacingEvent): void {
    publishPacingEvent('egress' in event ? { ...event, egress: this.#egressName(event.egress) } : event)
    const contained = (error: unknown): void => {
      this.#lastError = nameOf(error)
    }
    for (const listener of [...this.#listeners]) tell(listener, event, contained)
  }
}

function namelessSession(): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_INVALID_INPUT',
    'Shared pacing needs the username as a text: createSession({ username })',
  )
}
