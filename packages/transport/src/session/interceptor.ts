import { sentBy } from '../call/attempt.ts'
import { readRetryAfter } from '../call/retry-rules.ts'
import { describeAttempt, tellWait } from '../call/waits.ts'
import { isTransportError } from '../errors.ts'
import type { RequestOrigin, WaitReason } from '../events.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { PacingPermit } from '../pacing/permit.ts'
import type { Attempt, Authorize, Next, RequestContext } from '../request/types.ts'
import { AttemptPlace } from './attempt-place.ts'
import { needsBrokerage } from './brokerage-protocol.ts'
import type { BrokerageRunner } from './brokerage-runner.ts'
import type { Conversations } from './conversation.ts'
import type { CredentialRunner } from './credential-runner.ts'
import { sessionClosed, tooLateToConfirm } from './errors.ts'
import type { Learner, Lesson } from './learn-from-reply.ts'
import { noteSignature, type OwnCall, ownCallOf } from './own-calls.ts'
import { PlaceRequest } from './place-request.ts'
import type { Places } from './places.ts'
import { AttemptSigner } from './sign-attempt.ts'
import { untilEnded } from './until-ended.ts'

/** What the interceptor stands on. */
export interface InterceptorHost {
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  readonly pacing: Pacing | undefined
  readonly places: Places
  readonly conversations: Conversations
  readonly learner: Learner
  readonly pacedUsername: unknown
  readonly egress: unknown
  readonly monotonicNow: () => number
  originOf(context: RequestContext): RequestOrigin
  /** Whether the caller has interceptors, which may hang. */
  readonly hasInterceptorsWithin: boolean
  serverNow(): number
  /** Milliseconds since 1970. */
  wallNow(): number
  /** Looks whether the two clocks have parted. */
  watchClocks(): void
}

/** The reply to one attempt, and what follows from it. */
interface Signed {
  readonly response: TransportResponse
  /** Undefined if nothing does. */
  readonly lesson: Lesson | undefined
}

/**
 * Stands around each attempt of a session: waits for what it needs (credential, brokerage session, a place), binds the credential of the
 * moment to it, and learns from its reply. What need not wait costs no turn of the event loop.
 */
export class SessionInterceptor {
  readonly #host: InterceptorHost

  constructor(host: InterceptorHost) {
    this.#host = host
  }

  /** Marks the attempts that the session authorises; each is given a signer of its own. */
  readonly authorize: Authorize = () => {
    throw sessionClosed()
  }

  /** One attempt with all that belongs to it; an idempotent one is repeated once after the session was mended. */
  async intercept(attempt: Attempt, next: Next): Promise<TransportResponse> {
    this.#host.watchClocks()
    const call = ownCallOf(attempt.context)
    if (attempt.authorize !== this.authorize) return this.#unsigned(attempt, next, call)
    if (call === 'logout') return this.#logOut(attempt, next)
    const first = await this.#signed(attempt, next, call)
    if (first.lesson === undefined || !attempt.idempotent) return first.response
    if (!(await this.#isMended(attempt, first.lesson))) return first.response
    const again = after(attempt)
    const second = await this.#signed(again, next, call)
    if (await this.#isMended(again, second.lesson)) this.#host.credential.assertNotGivenUp()
    return second.response
  }

  #signed(attempt: Attempt, next: Next, call: OwnCall | undefined): Promise<Signed> {
    return this.#inTime(attempt, (place) => this.#sign(place, attempt, next, call))
  }

  async #sign(place: AttemptPlace, attempt: Attempt, next: Next, call: OwnCall | undefined): Promise<Signed> {
    const { credential, learner } = this.#host
    for (;;) {
      if (!this.#isReady(attempt, call)) await this.#prepare(attempt, call)
      const placed = place.take()
      if (placed !== undefined) await placed
      // No turn may pass between this look and the sending. A place that was kept for the next credential would let a crowd through at once.
      if (credential.current !== undefined) break
      place.release(false)
    }
    const signer = new AttemptSigner(credential, place)
    const signed = sentBy(attempt, (request) => signer.sign(request), place.use)
    const response = await this.#carry(place, signed, next, call)
    const { number, sequence } = signer
    if (number === undefined) return { response, lesson: undefined }
    if (call !== undefined) noteSignature(response, { credential: number, sent: signer.sent })
    return { response, lesson: learner.learn({ attempt, response, number, sequence, call }) }
  }

  /** Whether an attempt need wait for neither credential nor brokerage session. */
  #isReady({ path, idempotent }: Attempt, call: OwnCall | undefined): boolean {
    const { credential, brokerage } = this.#host
    if (credential.current === undefined) return false
    if (call !== undefined) return true
    if (!idempotent && credential.isQuestioned) return false
    return brokerage === undefined || brokerage.isUsable || !needsBrokerage(path)
  }

  async #prepare(attempt: Attempt, call: OwnCall | undefined): Promise<void> {
    const { path, signal, idempotent } = attempt
    const { credential, brokerage } = this.#host
    // What cannot be repeated is not sent with a credential that is in question just now.
    if (!idempotent && call === undefined && credential.isQuestioned)
      await this.#wait(attempt, 'question', credential.answered(signal))
    if (credential.current === undefined) {
      if (call === 'question') throw tooLateToConfirm()
      await this.#wait(attempt, 'login', credential.usable(signal))
    }
    if (brokerage === undefined || call !== undefined || !needsBrokerage(path)) return
    if (!brokerage.isUsable) await this.#wait(attempt, 'brokerage', brokerage.opened(signal))
  }

  /** Whether a request may go on is told of as a wait, however it ends. */
  #wait<Value>(attempt: Attempt, reason: WaitReason, pending: Promise<Value>): Promise<Value> {
    const { monotonicNow } = this.#host
    const describe = () => describeAttempt(attempt, this.#host.originOf(attempt.context))
    return tellWait(reason, pending, { describe, monotonicNow })
  }

  #isMended(attempt: Attempt, lesson: Lesson | undefined): boolean | Promise<boolean> {
    const mended = lesson?.isMended(attempt.signal) ?? false
    return typeof mended === 'boolean' ? mended : this.#wait(after(attempt), 'question', mended)
  }

  async #unsigned(attempt: Attempt, next: Next, call: OwnCall | undefined): Promise<TransportResponse> {
    this.#assertOpen(call)
    return this.#inTime(attempt, async (place) => {
      await place.take()
      return this.#carry(place, sentBy(attempt, attempt.authorize, place.use), next, call)
    })
  }

  async #logOut(attempt: Attempt, next: Next): Promise<TransportResponse> {
    const { credential } = this.#host
    const authorize: Authorize = (request) => {
      const held = credential.logoutCredential
      if (held === undefined) throw sessionClosed()
      return held.credential.authorize(request)
    }
    return this.#inTime(attempt, async (place) => {
      await place.take()
      return this.#carry(place, sentBy(attempt, authorize, place.use), next, 'logout')
    })
  }

  /** A connection that was opened for an attempt may have taken longer than its place counts: the attempt then begins anew, and finds it open. */
  async #inTime<Result>(attempt: Attempt, go: (place: AttemptPlace) => Promise<Result>): Promise<Result> {
    for (;;) {
      const place = new AttemptPlace(() => this.#place(attempt))
      try {
        return await go(place)
      } catch (error) {
        if (!place.wasLate || !isHeld(error)) throw error
      }
    }
  }

  async #carry(
    place: AttemptPlace,
    attempt: Attempt,
    next: Next,
    call: OwnCall | undefined,
  ): Promise<TransportResponse> {
    let sent = false
    try {
      this.#assertOpen(call)
      const response = await this.#send(attempt, next)
      sent = true
      return response.status === 429 ? this.#penalize(response) : response
    } catch (error) {
      sent = !isTransportError(error) || error.sent !== 'no'
      throw error
    } finally {
      place.end(sent)
    }
  }

  /** Interceptors of the caller stand within: one that hangs keeps no place beyond the end of its call. */
  #send(attempt: Attempt, next: Next): Promise<TransportResponse> {
    const pending = next(attempt)
    return this.#host.hasInterceptorsWithin ? untilEnded(pending, attempt.signal) : pending
  }

  #place(attempt: Attempt): PacingPermit | Promise<PacingPermit> {
    const { places, conversations, pacedUsername, egress } = this.#host
    const conversation = conversations.of(attempt.context)
    const place = places.acquire(
      new PlaceRequest(attempt, { username: pacedUsername, egress, owner: this, conversation }),
    )
    return place instanceof Promise ? this.#wait(attempt, 'pacing', place) : place
  }

  /** @returns The reply, with the wait that the pacing keeps to: what the caller is told and what `status()` shows agree. */
  #penalize(response: TransportResponse): TransportResponse {
    const { pacing, egress } = this.#host
    if (pacing === undefined) return response
    const askedMs = readRetryAfter(response.headers, this.#host.serverNow())
    const { untilMs } = pacing.penalize(egress, askedMs)
    return response.withRetryAfter(Math.max(0, untilMs - this.#host.wallNow()))
  }

  /** A closed session starts nothing but its logout. */
  #assertOpen(call: OwnCall | undefined): void {
    if (this.#host.credential.isClosing && call !== 'logout') throw sessionClosed()
  }
}

function isHeld(error: unknown): boolean {
  return isTransportError(error) && error.code === 'ERR_TRANSPORT_PACING_WAIT'
}

/** The next attempt of the same call. */
function after(attempt: Attempt): Attempt {
  return { ...attempt, number: attempt.number + 1 }
}
