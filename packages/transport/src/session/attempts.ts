import { sendOnce } from '../call/attempt.ts'
import type { CallState } from '../call/call.ts'
import { readRetryAfter } from '../call/retry-rules.ts'
import { tellWait } from '../call/waits.ts'
import { isTransportError } from '../errors.ts'
import type { WaitReason } from '../events.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { PacingPermit } from '../pacing/permit.ts'
import type { Authorize } from '../request/types.ts'
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

/** What attempts are made with. */
export interface AttemptsHost {
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  readonly pacing: Pacing | undefined
  readonly places: Places
  readonly conversations: Conversations
  readonly learner: Learner
  readonly pacedUsername: unknown
  readonly egress: unknown
  serverNow(): number
  /** Milliseconds since 1970. */
  wallNow(): number
  /** Looks whether the two clocks have parted. */
  watchClocks(): void
}

/** The reply to one attempt, and what follows from it. */
interface Answered {
  readonly response: TransportResponse
  /** Undefined if nothing does. */
  readonly lesson: Lesson | undefined
}

/** How often an attempt that came too late begins anew: a pacing of somebody else's whose places never count would keep it going for ever. */
const mostHeld = 10

/** What an attempt may have to wait for. */
type Lacking = Extract<WaitReason, 'question' | 'login' | 'brokerage'>

/**
 * Makes the attempts of a session: waits for what each needs (credential, brokerage session, a place), binds the credential of the moment
 * to it, and learns from its reply. What need not wait costs no turn of the event loop.
 */
export class SessionAttempts {
  readonly #host: AttemptsHost

  constructor(host: AttemptsHost) {
    this.#host = host
  }

  /** One attempt with all that belongs to it; an idempotent one is repeated once after the session was mended. */
  async make(call: CallState): Promise<TransportResponse> {
    this.#host.watchClocks()
    const own = ownCallOf(call.request.context)
    const first = await this.#send(call, own)
    if (first.lesson === undefined || !call.request.idempotent) return first.response
    if (!(await this.#isMended(call, first.lesson))) return first.response
    const second = await this.#send(call, own)
    if (second.lesson !== undefined && (await this.#isMended(call, second.lesson)))
      this.#host.credential.assertNotGivenUp()
    return second.response
  }

  /** Sends once, with all that it takes. A connection that was opened for it may take it too late: then it begins anew, and finds that one open. */
  async #send(call: CallState, own: OwnCall | undefined): Promise<Answered> {
    for (let held = 0; ; ) {
      for (let lack = this.#lackOf(call, own); lack !== undefined; lack = this.#lackOf(call, own))
        await this.#waitFor(lack, call, own)
      const place = new AttemptPlace(() => this.#findPlace(call))
      const placed = place.take()
      if (placed !== undefined) await placed
      const signer = new AttemptSigner(this.#host.credential, place)
      let response: TransportResponse
      let sent = false
      try {
        // No turn may pass between this look and the sending. A place that was kept for the next credential would let a crowd through at once.
        if (this.#lackOf(call, own) !== undefined) continue
        response = await this.#sendOnce(call, own, signer)
        sent = true
        if (response.status === 429) response = this.#penalize(response)
      } catch (error) {
        sent ||= !isTransportError(error) || error.sent !== 'no'
        if (!signer.wasHeld || !isHeld(error) || held >= mostHeld) throw error
        held += 1
        continue
      } finally {
        place.end(sent && !signer.wasHeld)
      }
      return { response, lesson: this.#learn(call, own, signer, response) }
    }
  }

  /** What an attempt lacks, but for a place; undefined if it may go. */
  #lackOf({ request }: CallState, own: OwnCall | undefined): Lacking | undefined {
    const { credential, brokerage } = this.#host
    // A closed session starts nothing but its logout.
    if (credential.isClosing && own !== 'logout') throw sessionClosed()
    if (request.authorize !== undefined || own === 'logout') return undefined
    // What cannot be repeated is not sent with a credential that is in question just now.
    if (!request.idempotent && own === undefined && credential.isQuestioned) return 'question'
    if (credential.current === undefined) return 'login'
    if (own !== undefined || brokerage === undefined || !needsBrokerage(request.path)) return undefined
    return brokerage.isUsable ? undefined : 'brokerage'
  }

  #waitFor(lack: Lacking, call: CallState, own: OwnCall | undefined): Promise<void> {
    const { credential, brokerage } = this.#host
    const { signal } = call.cancellation
    if (lack === 'login' && own === 'question') throw tooLateToConfirm()
    if (lack === 'question') return tellWait(call, lack, credential.answered(signal))
    if (lack === 'login') return tellWait(call, lack, credential.usable(signal))
    return tellWait(call, lack, brokerage?.opened(signal) ?? Promise.resolve())
  }

  #isMended(call: CallState, lesson: Lesson): boolean | Promise<boolean> {
    const mended = lesson.isMended(call.cancellation.signal)
    return typeof mended === 'boolean' ? mended : tellWait(call, 'question', mended)
  }

  /** Interceptors of the caller stand within: one that hangs keeps no place beyond the end of its call. */
  #sendOnce(call: CallState, own: OwnCall | undefined, signer: AttemptSigner): Promise<TransportResponse> {
    const authorize = own === 'logout' ? this.#signLogout : (call.request.authorize ?? signer.sign)
    const pending = sendOnce(call, authorize, signer.mayLeave)
    return call.settings.interceptors.length > 0 ? untilEnded(pending, call.cancellation.signal) : pending
  }

  readonly #signLogout: Authorize = (request) => {
    const held = this.#host.credential.logoutCredential
    if (held === undefined) throw sessionClosed()
    return held.credential.authorize(request)
  }

  #learn(
    { request: { path } }: CallState,
    own: OwnCall | undefined,
    signer: AttemptSigner,
    response: TransportResponse,
  ): Lesson | undefined {
    const { number, sequence } = signer
    if (number === undefined) return undefined
    if (own !== undefined) noteSignature(response, { credential: number, sent: signer.sent })
    return this.#host.learner.learn({ path, response, number, sequence, own })
  }

  #findPlace(call: CallState): PacingPermit | Promise<PacingPermit> {
    const { places, conversations, pacedUsername, egress } = this.#host
    const conversation = conversations.of(call.request.context)
    const place = places.acquire(
      new PlaceRequest(call, { username: pacedUsername, egress, owner: this, conversation }),
    )
    return place instanceof Promise ? tellWait(call, 'pacing', place) : place
  }

  /** @returns The reply, with the wait that the pacing keeps to: what the caller is told and what `status()` shows agree. */
  #penalize(response: TransportResponse): TransportResponse {
    const { pacing, egress } = this.#host
    if (pacing === undefined) return response
    const askedMs = readRetryAfter(response.headers, this.#host.serverNow())
    const { untilMs } = pacing.penalize(egress, askedMs)
    return response.withRetryAfter(Math.max(0, untilMs - this.#host.wallNow()))
  }
}

function isHeld(error: unknown): boolean {
  return isTransportError(error) && error.code === 'ERR_TRANSPORT_PACING_WAIT'
}
