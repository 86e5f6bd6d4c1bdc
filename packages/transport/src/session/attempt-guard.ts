import type { AuthorizationHeaders, Authorize, AuthorizeRequest } from '../authorize.ts'
import type { Attempt, Next } from '../interceptor.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { PacingPermit } from '../pacing/request.ts'
import { readRetryAfter } from '../retry-after.ts'
import { isTransportError } from '../transport-error.ts'
import type { TransportResponse } from '../transport-response.ts'
import type { Brokerage } from './brokerage.ts'
import { readTickle } from './brokerage-report.ts'
import type { SessionCredential } from './credential.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import { sessionClosed } from './errors.ts'
import { type InternalCall, internalCallOf } from './internal-call.ts'
import type { KeepAlive } from './keep-alive.ts'
import { type Refusal, recognizeRefusal } from './recognize-refusal.ts'
import { readRequestContext } from './request-context.ts'

/** What a guard stands on. */
export interface GuardHost {
  readonly keeper: CredentialKeeper
  readonly brokerage: Brokerage | undefined
  readonly keepAlive: KeepAlive | undefined
  readonly pacing: Pacing | undefined
  readonly username: unknown
  readonly egress: unknown
  /** The server's time, in milliseconds since 1970. */
  serverNow(): number
  /** This host no longer holds the session: what ties requests to it is to be forgotten. */
  onGone(): void
}

/**
 * Stands around each attempt of a session: waits for what it needs (credential, brokerage session, a place), binds the credential of the
 * moment to it, and draws the conclusions from its reply.
 */
export class AttemptGuard {
  readonly #host: GuardHost
  /** Paths that answer 401 to a credential that others accept: no reason to replace it each time. */
  readonly #refusingPaths = new Set<string>()

  constructor(host: GuardHost) {
    this.#host = host
  }

  /** Marks the attempts that the session authorises. */
  readonly authorize: Authorize = (request) => this.#sign(request, () => undefined)

  /** One attempt with all that belongs to it; an idempotent one is repeated once after the session was mended. */
  async intercept(attempt: Attempt, next: Next): Promise<TransportResponse> {
    const call = internalCallOf(attempt.context)
    if (attempt.authorize !== this.authorize) return this.#paced(attempt, next, call)
    if (call === 'logout') return this.#paced({ ...attempt, authorize: this.#farewell }, next, call)
    const first = await this.#authorized(attempt, next, call, false)
    if (first.refusal === undefined || !attempt.idempotent) return first.response
    const second = await this.#authorized(attempt, next, call, true)
    return second.response
  }

  /** With a new credential, every path gets the benefit of the doubt again. */
  onEstablished(): void {
    this.#refusingPaths.clear()
  }

  async #authorized(
    attempt: Attempt,
    next: Next,
    call: InternalCall | undefined,
    repeated: boolean,
  ): Promise<Outcome> {
    let signer: SessionCredential | undefined
    const authorize: Authorize = (request) =>
      this.#sign(request, (credential) => {
        signer = credential
      })
    for (;;) {
      await this.#prepare(attempt, call)
      const permit = await this.#place(attempt)
      if (this.#host.keeper.current === undefined) {
        // A place that was kept for the next credential would let a crowd through at once.
        permit?.release(false)
        continue
      }
      const response = await this.#carry(permit, { ...attempt, authorize }, next, call)
      return { response, refusal: this.#judge(attempt, response, signer, repeated) }
    }
  }

  async #prepare({ path, signal }: Attempt, call: InternalCall | undefined): Promise<void> {
    const { keeper, brokerage } = this.#host
    if (keeper.current === undefined) await keeper.usable(signal)
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
    return pacing?.acquire({
      username,
      egress,
      method,
      path,
      signal,
      owner: this,
      caller: this,
      ...readRequestContext(context),
    })
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

  /** Signs with the current credential; what one that was replaced meanwhile has signed is thrown away. */
  #sign(
    request: AuthorizeRequest,
    note: (credential: SessionCredential) => void,
  ): AuthorizationHeaders | Promise<AuthorizationHeaders> {
    const credential = this.#host.keeper.current
    if (credential === undefined) return this.#signLater(request, note)
    note(credential)
    const headers = credential.authorize(request)
    return headers instanceof Promise ? this.#confirm(headers, credential, request, note) : headers
  }

  async #signLater(
    request: AuthorizeRequest,
    note: (credential: SessionCredential) => void,
  ): Promise<AuthorizationHeaders> {
    await this.#host.keeper.usable(undefined)
    return this.#sign(request, note)
  }

  async #confirm(
    pending: Promise<AuthorizationHeaders>,
    credential: SessionCredential,
    request: AuthorizeRequest,
    note: (credential: SessionCredential) => void,
  ): Promise<AuthorizationHeaders> {
    try {
      const headers = await pending
      if (this.#host.keeper.current === credential) return headers
    } catch (error) {
      if (this.#host.keeper.current === credential) throw error
    }
    return this.#sign(request, note)
  }

  readonly #farewell: Authorize = (request) => {
    const credential = this.#host.keeper.parting
    if (credential === undefined) throw sessionClosed()
    return credential.authorize(request)
  }

  /** Tells keeper and brokerage what a reply means for them; a refusal that they can mend is returned. */
  #judge(
    { path, context }: Attempt,
    response: TransportResponse,
    signer: SessionCredential | undefined,
    repeated: boolean,
  ): Refusal | undefined {
    const refusal = recognizeRefusal(response)
    if (refusal === 'unauthenticated' || refusal === 'gone') {
      if (refusal === 'gone') this.#host.onGone()
      return this.#judgeCredential(path, response.status, signer, repeated) ? refusal : undefined
    }
    if (signer !== undefined && showsAcceptance(response.status)) this.#host.keeper.accept(signer)
    const isOwn = internalCallOf(context) !== undefined
    return this.#judgeBrokerage(path, response, refusal, isOwn) ? refusal : undefined
  }

  /** Whether a request refused with 401 or 410 can be repeated with better hope. */
  #judgeCredential(
    path: string,
    status: number,
    signer: SessionCredential | undefined,
    repeated: boolean,
  ): boolean {
    const { keeper, brokerage } = this.#host
    if (signer === undefined) return true
    if (this.#refusingPaths.has(path) && keeper.isProven(signer)) return false
    // Without a brokerage session IBKR answers 401 under /iserver too; if the caller looks after that one, nobody here can tell.
    const conclusive = brokerage !== undefined || !needsBrokerage(path)
    const error = keeper.refuse(signer, { status, path, conclusive, repeated })
    if (error !== undefined) throw error
    if (repeated && keeper.isProven(signer)) this.#noteRefusing(path)
    return true
  }

  #noteRefusing(path: string): void {
    if (this.#refusingPaths.size < mostRefusingPaths) this.#refusingPaths.add(path)
  }

  /** Whether a request refused for want of a brokerage session can be repeated with better hope. */
  #judgeBrokerage(
    path: string,
    response: TransportResponse,
    refusal: Refusal | undefined,
    isOwn: boolean,
  ): boolean {
    const { brokerage, keepAlive } = this.#host
    if (brokerage === undefined) return false
    if (response.ok && keepsAlive(path)) keepAlive?.noteActivity()
    if (response.ok && path === '/tickle') brokerage.heard(readTickle(response))
    if (isOwn || !needsBrokerage(path)) return false
    if (refusal === 'no-bridge') brokerage.doubt()
    if (refusal === 'accounts-missing') brokerage.accountsMissing()
    return refusal === 'no-bridge' || refusal === 'accounts-missing'
  }
}

/** A bound for a server that refuses everything. */
const mostRefusingPaths = 1_000

interface Outcome {
  readonly response: TransportResponse
  /** Undefined if there is nothing to mend. */
  readonly refusal: Refusal | undefined
}

/** `/iserver` is the brokerage session, but for the calls that set it up. */
function needsBrokerage(path: string): boolean {
  if (path !== '/iserver' && !path.startsWith('/iserver/')) return false
  return !path.startsWith('/iserver/auth/') && path !== '/iserver/reauthenticate'
}

function keepsAlive(path: string): boolean {
  return path === '/tickle' || path.startsWith('/iserver/')
}

/** A server that got as far as this has taken the credential. */
function showsAcceptance(status: number): boolean {
  return status < 500 && status !== 401 && status !== 403 && status !== 410 && status !== 429
}
