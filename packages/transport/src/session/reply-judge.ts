import type { TransportResponse } from '../http/response.ts'
import type { Brokerage } from './brokerage.ts'
import { readTickle } from './brokerage-report.ts'
import type { SessionCredential } from './credential.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import type { KeepAlive } from './keep-alive.ts'
import { keepsAlive, needsBrokerage } from './paths.ts'
import { recognizeRefusal } from './recognize-refusal.ts'

/** Whom a judge tells. */
export interface JudgeHost {
  readonly keeper: CredentialKeeper
  readonly brokerage: Brokerage | undefined
  readonly keepAlive: KeepAlive | undefined
  /** This host no longer holds the session: what ties requests to it is to be forgotten. */
  onGone(): void
}

/** A reply, and what it is a reply to. */
export interface Answer {
  readonly path: string
  readonly response: TransportResponse
  /** What the request was signed with. */
  readonly signedWith: SessionCredential | undefined
  /** True if it is the repeat of a request that was refused before. */
  readonly repeated: boolean
  /** True for a request of the session's own. */
  readonly isOwn: boolean
}

/** A bound for a server that refuses everything. */
const mostRefusingPaths = 1_000

/** Tells keeper and brokerage session what replies mean for them. */
export class ReplyJudge {
  readonly #host: JudgeHost
  /** Paths that answer 401 to a credential that others accept: no reason to replace it each time. */
  #refusingPaths: Set<string> | undefined

  constructor(host: JudgeHost) {
    this.#host = host
  }

  /** With a new credential, every path gets the benefit of the doubt again. */
  onEstablished(): void {
    this.#refusingPaths = undefined
  }

  /**
   * @returns Whether the request was refused for something that is being mended, so that it can be repeated with better hope.
   * @throws {TransportError} if the refusal is the session's end.
   */
  judge(answer: Answer): boolean {
    const { response, signedWith } = answer
    const refusal = recognizeRefusal(response)
    if (refusal === 'gone') this.#host.onGone()
    if (refusal === 'unauthenticated' || refusal === 'gone') return this.#judgeCredential(answer)
    if (signedWith !== undefined && showsAcceptance(response.status)) this.#host.keeper.accept(signedWith)
    if (response.ok) this.#noteSuccess(answer)
    if (answer.isOwn || !needsBrokerage(answer.path)) return false
    return this.#mendBrokerage(refusal)
  }

  #judgeCredential({ path, response, signedWith, repeated }: Answer): boolean {
    const { keeper, brokerage } = this.#host
    if (signedWith === undefined) return true
    if (this.#refusingPaths?.has(path) && keeper.isProven(signedWith)) return false
    // Without a brokerage session IBKR answers 401 under /iserver too; if the caller looks after that one, nobody here can tell.
    const conclusive = brokerage !== undefined || !needsBrokerage(path)
    const error = keeper.refuse(signedWith, { status: response.status, path, conclusive, repeated })
    if (error !== undefined) throw error
    if (repeated && keeper.isProven(signedWith)) this.#noteRefusing(path)
    return true
  }

  #noteRefusing(path: string): void {
    this.#refusingPaths ??= new Set()
    if (this.#refusingPaths.size < mostRefusingPaths) this.#refusingPaths.add(path)
  }

  #noteSuccess({ path, response }: Answer): void {
    const { brokerage, keepAlive } = this.#host
    if (keepsAlive(path)) keepAlive?.noteActivity()
    if (path === '/tickle') brokerage?.heard(readTickle(response))
  }

  #mendBrokerage(refusal: string | undefined): boolean {
    const { brokerage } = this.#host
    if (brokerage === undefined) return false
    if (refusal === 'no-bridge') brokerage.doubt()
    if (refusal === 'accounts-missing') brokerage.accountsMissing()
    return refusal === 'no-bridge' || refusal === 'accounts-missing'
  }
}

/** A server that got as far as this has taken the credential. */
function showsAcceptance(status: number): boolean {
  return status < 500 && status !== 401 && status !== 403 && status !== 410 && status !== 429
}
