import { readRetryAfter } from '../call/retry-rules.ts'
import { isTransportError } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { PacingPermit } from '../pacing/permit.ts'
import type { Attempt, Authorize, Next } from '../request/types.ts'
import { CredentialSigner, signFarewell } from './credential-signer.ts'
import { sessionClosed, tooLateToConfirm } from './errors.ts'
import { type InternalCall, internalCallOf } from './internal-call.ts'
import { needsBrokerage } from './paths.ts'
import { type JudgeHost, ReplyJudge } from './reply-judge.ts'
import { readRequestContext } from './request-context.ts'

/** What a guard stands on. */
export interface GuardHost extends JudgeHost {
  readonly pacing: Pacing | undefined
  readonly username: unknown
  readonly egress: unknown
  /** The server's time, in milliseconds since 1970. */
  serverNow(): number
}

interface Outcome {
  readonly response: TransportResponse
  /** Whether the session is mending what the request was refused for. */
  readonly mending: boolean
}

/**
 * Stands around each attempt of a session: waits for what it needs (credential, brokerage session, a place), binds the credential of the
 * moment to it, and has its reply judged.
 */
export class AttemptGuard {
  readonly #host: GuardHost
  readonly #judge: ReplyJudge

  constructor(host: GuardHost) {
    this.#host = host
    this.#judge = new ReplyJudge(host)
  }

  /** Marks the attempts that the session authorises; each is given a signer of its own. */
  readonly authorize: Authorize = (request) => new CredentialSigner(this.#host.keeper).sign(request)

  onEstablished(): void {
    this.#judge.onEstablished()
  }

  /** One attempt with all that belongs to it; an idempotent one is repeated once after the session was mended. */
  async intercept(attempt: Attempt, next: Next): Promise<TransportResponse> {
    const call = internalCallOf(attempt.context)
    if (attempt.authorize !== this.authorize) return this.#paced(attempt, next, call)
    if (call === 'logout') return this.#paced({ ...attempt, authorize: this.#farewell }, next, call)
    const first = await this.#authorized(attempt, next, call, false)
    if (!first.mending || !attempt.idempotent) return first.response
    const second = await this.#authorized(attempt, next, call, true)
    return second.response
  }

  async #authorized(
    attempt: Attempt,
    next: Next,
    call: InternalCall | undefined,
    repeated: boolean,
  ): Promise<Outcome> {
    for (;;) {
      await this.#prepare(attempt, call)
      const permit = await this.#place(attempt)
      // No turn may pass between this look and the sending. A place that was kept for the next credential would let a crowd through at once.
      if (this.#host.keeper.current !== undefined) return this.#sign(permit, attempt, next, call, repeated)
      permit?.release(false)
    }
  }

  async #sign(
    permit: PacingPermit | undefined,
    attempt: Attempt,
    next: Next,
    call: InternalCall | undefined,
    repeated: boolean,
  ): Promise<Outcome> {
    const signer = new CredentialSigner(this.#host.keeper)
    const authorize: Authorize = (request) => signer.sign(request)
    const response = await this.#carry(permit, { ...attempt, authorize }, next, call)
    const { path } = attempt
    const { signedWith } = signer
    const isOwn = call !== undefined
    return { response, mending: this.#judge.judge({ path, response, signedWith, repeated, isOwn }) }
  }

  async #prepare({ path, signal }: Attempt, call: InternalCall | undefined): Promise<void> {
    const { keeper, brokerage } = this.#host
    if (keeper.current === undefined) {
      if (call === 'confirm') throw tooLateToConfirm()
      await keeper.usable(signal)
    }
    if (brokerage === undefined || call !== undefined || !needsBrokerage(path)) return
    if (brokerage.state !== 'open') await brokerage.opened(signal)
  }

  async #paced(attempt: Attempt, next: Next, call: InternalCall | undefined): Promise<TransportResponse> {
    this.#assertOpen(call)
    return this.#carry(await this.#place(attempt), attempt, next, call)
  }

  async #carry(
    permit: PacingPermit | undefined,
    attempt: Attempt,
    next: Next,
    call: InternalCall | undefined,
  ): Promise<TransportResponse> {
    let sent = false
    try {
      this.#assertOpen(call)
      const response = await next(attempt)
      sent = true
      if (response.status === 429) this.#penalize(response)
      return response
    } catch (error) {
      sent = isTransportError(error) && error.sent !== 'no'
      throw error
    } finally {
      permit?.release(sent)
    }
  }

  #place({ method, path, context, signal }: Attempt): PacingPermit | Promise<PacingPermit> | undefined {
    const { pacing, username, egress } = this.#host
    const wish = readRequestContext(context)
    return pacing?.acquire({ username, egress, method, path, signal, owner: this, caller: this, ...wish })
  }

  #penalize(response: TransportResponse): void {
    const { pacing, egress, serverNow } = this.#host
    pacing?.penalize(egress, readRetryAfter(response.headers, serverNow()))
  }

  /** A closed session starts nothing but its farewell. */
  #assertOpen(call: InternalCall | undefined): void {
    const { state } = this.#host.keeper
    if ((state === 'closing' || state === 'closed') && call !== 'logout') throw sessionClosed()
  }

  readonly #farewell: Authorize = (request) => signFarewell(this.#host.keeper, request)
}
