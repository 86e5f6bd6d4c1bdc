import { containRejection } from '@ibkr-auth/internal/channel'
import type { PacingEvent, PacingPenalty, PacingQueueStatus } from '@ibkr-auth/internal/pacing-events'
import { reasonOf } from '@ibkr-auth/internal/thrown'
import { documentedPenaltyMs, longestRetryAfterMs } from '../call/retry-rules.ts'
import { isTransportError, TransportError } from '../errors.ts'
import { InProcessPacing } from '../pacing/in-process.ts'
import type { Pacing } from '../pacing/pacing.ts'
import { PenaltyBox } from '../pacing/penalty-box.ts'
import type { PacingPermit, PacingRequest } from '../pacing/permit.ts'
import { inPenaltyBox } from '../pacing/refusals.ts'

/** Whose pacing it is. */
interface ContainedHost {
  /** In milliseconds since 1970. */
  wallNow(): number
  readonly monotonicNow: () => number
  /** Something that the caller gave has thrown, or answered with nonsense. */
  threw(name: string, cause: unknown): void
}

/** A pacing of the caller's is foreign code; this package's own is not. */
export function containPacing(pacing: Pacing, host: ContainedHost): Pacing {
  return pacing instanceof InProcessPacing ? pacing : new ContainedPacing(pacing, host)
}

/** The longest penalty that counts, in milliseconds: a day is far beyond what IBKR has. */
const longestPenaltyMs = 96 * longestRetryAfterMs

/**
 * A pacing whose answers are checked. Where it throws, or answers with nonsense, a default stands in, and that is told once for each of
 * its functions. What it refuses (an error of {@link acquire}) reaches the caller as it is.
 */
class ContainedPacing implements Pacing {
  readonly #pacing: Pacing
  readonly #host: ContainedHost
  readonly #told = new Set<string>()
  /** For penalties that the pacing could not be told of: they are IBKR's, whoever counts them. */
  readonly #box = new PenaltyBox(documentedPenaltyMs)
  readonly #permits: PermitHost = { fault: (name, cause) => this.#fault(name, cause) }

  constructor(pacing: Pacing, host: ContainedHost) {
    this.#pacing = pacing
    this.#host = host
  }

  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit> {
    const untilMs = this.#boxedUntilMs(request.egress)
    if (untilMs !== undefined) throw inPenaltyBox(untilMs, this.#host.wallNow())
    try {
      const answer: unknown = this.#pacing.acquire(request)
      return isThenable(answer) ? this.#await(answer) : this.#permit(answer)
    } catch (error) {
      throw this.#refusal(error)
    }
  }

  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty {
    const penalty = this.#ask('penalize', () => this.#pacing.penalize(egress, retryAfterMs))
    const told = this.#ask('penalize', () => penalty?.untilMs)
    const untilMs = this.#time('penalize', told)
    if (untilMs !== undefined) return { type: 'penalty', egress, untilMs }
    this.#box.add(egress, this.#host.monotonicNow(), retryAfterMs)
    return { type: 'penalty', egress, untilMs: this.#boxedUntilMs(egress) ?? this.#host.wallNow() }
  }

  pardon(egress: unknown): void {
    this.#box.pardon(egress, this.#host.monotonicNow())
    this.#ask('pardon', () => this.#pacing.pardon(egress))
  }

  penaltyUntilMs(egress: unknown): number | undefined {
    const told = this.#ask('penaltyUntilMs', () => this.#pacing.penaltyUntilMs(egress))
    return this.#time('penaltyUntilMs', told) ?? this.#boxedUntilMs(egress)
  }

  queued(username: unknown): number {
    const count: unknown = this.#ask('queued', () => this.#pacing.queued(username)) ?? 0
    if (Number.isSafeInteger(count) && Number(count) >= 0) return Number(count)
    this.#fault('queued', new RangeError('it answered with no count'))
    return 0
  }

  waits(username: unknown): readonly PacingQueueStatus[] {
    const list = this.#ask('waits', () => this.#pacing.waits(username))
    return this.#ask('waits', () => [...(list ?? [])].map(queueStatus)) ?? []
  }

  drop(username: unknown, owner: unknown, error: Error): void {
    this.#ask('drop', () => this.#pacing.drop(username, owner, error))
  }

  hold(username: unknown, conversation: unknown): () => void {
    return this.#ending('hold', () => this.#pacing.hold(username, conversation))
  }

  subscribe(listener: (event: PacingEvent) => void): () => void {
    const hear = (event: PacingEvent): void => {
      if (typeof event === 'object' && event !== null) listener(event)
    }
    return this.#ending('subscribe', () => this.#pacing.subscribe(hear))
  }

  async #await(pending: PromiseLike<unknown>): Promise<PacingPermit> {
    try {
      return this.#permit(await pending)
    } catch (error) {
      throw this.#refusal(error)
    }
  }

  /** What is no permit is a place with nothing to give back. */
  #permit(answer: unknown): PacingPermit {
    return new ContainedPermit(answer, this.#permits)
  }

  /** Errors are the pacing's own word; nothing else that is thrown tells anybody anything. */
  #refusal(error: unknown): unknown {
    if (error instanceof Error || isTransportError(error)) return error
    return new TransportError('ERR_TRANSPORT_PACING_WAIT', `The pacing gave no place (${reasonOf(error)})`, {
      cause: error,
    })
  }

  /** A function that ends something, and can be called whatever the pacing gave. */
  #ending(name: string, begin: () => unknown): () => void {
    const end: unknown = this.#ask(name, begin)
    if (typeof end !== 'function') {
      this.#fault(name, new TypeError('it answered with no function'))
      return () => undefined
    }
    return () => this.#ask(name, () => end())
  }

  #boxedUntilMs(egress: unknown): number | undefined {
    const nowMs = this.#host.monotonicNow()
    const untilMs = this.#box.get(egress, nowMs)
    return untilMs === undefined ? undefined : Math.round(this.#host.wallNow() + untilMs - nowMs)
  }

  /** A time to come, in milliseconds since 1970. */
  #time(name: string, untilMs: unknown): number | undefined {
    const nowMs = this.#host.wallNow()
    if (untilMs === undefined) return undefined
    if (typeof untilMs === 'number' && Number.isFinite(untilMs)) {
      return untilMs > nowMs ? Math.min(untilMs, nowMs + longestPenaltyMs) : undefined
    }
    this.#fault(name, new RangeError('it answered with no time'))
    return undefined
  }

  /** Undefined if it throws. A promise is no answer to any of these, and its rejection is as good as a throw. */
  #ask<Value>(name: string, call: () => Value): Value | undefined {
    try {
      const answer = call()
      containRejection(answer, (error) => this.#fault(name, error))
      return answer
    } catch (error) {
      this.#fault(name, error)
      return undefined
    }
  }

  /** Told once: a status that is asked for at what is told of itself would never end. */
  #fault(name: string, cause: unknown): void {
    if (this.#told.has(name)) return
    this.#told.add(name)
    this.#host.threw(`pacing.${name}`, cause)
  }
}

interface PermitHost {
  fault(name: string, cause: unknown): void
}

class ContainedPermit implements PacingPermit {
  readonly #permit: PacingPermit
  readonly #host: PermitHost

  constructor(answer: unknown, host: PermitHost) {
    this.#permit = answer as PacingPermit
    this.#host = host
  }

  /** A pacing may have places that are good for ever. */
  use(): boolean {
    if (typeof this.#permit?.use !== 'function') return true
    return this.#contain('use', () => this.#permit.use?.()) !== false
  }

  release(sent: boolean): void {
    this.#contain('release', () => this.#permit.release(sent))
  }

  #contain(name: string, call: () => unknown): unknown {
    const fault = (error: unknown): void => this.#host.fault(name, error)
    try {
      const answer = call()
      containRejection(answer, fault)
      return answer
    } catch (error) {
      fault(error)
      return undefined
    }
  }
}

function queueStatus({ limit, queued, expectedMs }: PacingQueueStatus): PacingQueueStatus {
  return {
    limit: typeof limit === 'string' ? limit : undefined,
    queued: typeof queued === 'number' ? queued : 0,
    expectedMs: typeof expectedMs === 'number' ? expectedMs : undefined,
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
