import type { TransportResponse } from '../http/response.ts'
import { isBelowIserver, keepsAlive, needsBrokerage } from './brokerage-protocol.ts'
import type { BrokerageRunner } from './brokerage-runner.ts'
import type { CredentialRunner } from './credential-runner.ts'
import type { Verdict } from './credential-state.ts'
import type { OwnCall } from './own-calls.ts'
import { recognizeRefusal, refusesCredential, showsAcceptance } from './refusals.ts'
import { untilEnded } from './until-ended.ts'

/** Whom a reply may concern. */
export interface LearnerHost {
  readonly credential: CredentialRunner
  readonly brokerage: BrokerageRunner | undefined
  /** Whether a question about the credential looks at the brokerage session as well. */
  readonly questionsLookAtBrokerage: boolean
  /** A request has broken the silence that ends a brokerage session. */
  onActivity(): void
}

/** A reply, and what it is a reply to. */
export interface Answer {
  /** Below the base URL, without query. */
  readonly path: string
  readonly response: TransportResponse
  /** The credential that the attempt was signed with, and when. */
  readonly number: number
  readonly sequence: number
  /** What it is for, if it is the session's own. */
  readonly own: OwnCall | undefined
}

/** What follows from a reply for its own request. */
export interface Lesson {
  /**
   * Whether what the request was refused for is mended, or being mended where the request can wait for it, so that it can be repeated
   * with better hope. Waits until that is known, or the signal ends.
   */
  isMended(signal: AbortSignal): boolean | Promise<boolean>
}

const mended: Lesson = { isMended: () => true }

/** Tells credential and brokerage session what replies mean for them. */
export class Learner {
  readonly #host: LearnerHost

  constructor(host: LearnerHost) {
    this.#host = host
  }

  /** @returns Undefined if nothing follows. */
  learn(answer: Answer): Lesson | undefined {
    const { credential } = this.#host
    const { response, own, path, number, sequence } = answer
    // Whoever asks about the credential judges the answer, too.
    if (own === 'question') return undefined
    if (refusesCredential(response.status)) return this.#refused(answer)
    if (showsAcceptance(response)) {
      credential.accept(number, sequence)
      if (keepsAlive(path)) this.#host.onActivity()
    }
    return own === undefined && needsBrokerage(path) ? this.#missed(response) : undefined
  }

  #refused({ path, response, number, sequence, own }: Answer): Lesson | undefined {
    const gone = response.status === 410
    const verdict = this.#host.credential.refuse({ number, sequence, path, gone })
    const about = verdict.then((known) => this.#about(known, path, own))
    return own !== undefined ? undefined : { isMended: (signal) => unlessEnded(about, signal) }
  }

  /** The credential is good: then `/iserver` may have been refused for want of a brokerage session. */
  #about(verdict: Verdict, path: string, own: OwnCall | undefined): boolean {
    const { brokerage, questionsLookAtBrokerage } = this.#host
    if (verdict === 'replaced') return true
    if (brokerage === undefined || own !== undefined || !needsBrokerage(path) || !isBelowIserver(path))
      return false
    if (!questionsLookAtBrokerage && verdict === 'kept') brokerage.missed('authentication')
    return !brokerage.isUsable && brokerage.state.name !== 'following'
  }

  #missed(response: TransportResponse): Lesson | undefined {
    const { brokerage } = this.#host
    const refusal = response.ok || brokerage === undefined ? undefined : recognizeRefusal(response)
    if (refusal === 'no-bridge') brokerage?.missed('bridge')
    else if (refusal === 'accounts-missing') brokerage?.missed('accounts')
    else return undefined
    return mended
  }
}

async function unlessEnded(about: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  try {
    return await untilEnded(about, signal)
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
