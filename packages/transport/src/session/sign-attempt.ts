import type { AuthorizationHeaders, AuthorizeRequest } from '../request/types.ts'
import type { CredentialRunner } from './credential-runner.ts'
import type { Held } from './credential-state.ts'

/** Signs one attempt with the credential of the moment, and remembers which one that was. */
export class AttemptSigner {
  readonly #credential: CredentialRunner
  readonly #pick: () => Held | undefined
  readonly #whenSigned: (() => Promise<void>) | undefined
  /** The credential that the attempt went out with; undefined if it was never signed. */
  number: number | undefined
  /** Orders attempts by the time at which they were signed. */
  sequence = 0
  /** What was sent to authorise it. */
  sent: readonly string[] = []

  /**
   * @param pick - The credential to sign with, now.
   * @param whenSigned - Called after a signature that took its time, to wait for what was given up meanwhile.
   */
  constructor(credential: CredentialRunner, pick: () => Held | undefined, whenSigned?: () => Promise<void>) {
    this.#credential = credential
    this.#pick = pick
    this.#whenSigned = whenSigned
  }

  /** Answers at once if the credential does. */
  sign(request: AuthorizeRequest): AuthorizationHeaders | Promise<AuthorizationHeaders> {
    const held = this.#pick()
    if (held === undefined) return this.#signLater(request)
    this.number = held.number
    this.sequence = this.#credential.nextSequence()
    const headers = held.credential.authorize(request)
    if (isPromise(headers)) return this.#confirm(headers, held, request)
    this.#note(headers)
    return headers
  }

  async #signLater(request: AuthorizeRequest): Promise<AuthorizationHeaders> {
    await this.#credential.usable(undefined)
    return this.#signAgain(request)
  }

  /** The place was given up meanwhile: another is taken before there is a signature that could be sent at once. */
  async #signAgain(request: AuthorizeRequest): Promise<AuthorizationHeaders> {
    await this.#whenSigned?.()
    return this.sign(request)
  }

  /** What a credential that was replaced meanwhile has signed is thrown away. */
  async #confirm(
    pending: Promise<AuthorizationHeaders>,
    held: Held,
    request: AuthorizeRequest,
  ): Promise<AuthorizationHeaders> {
    try {
      const headers = await pending
      await this.#whenSigned?.()
      if (this.#pick()?.number === held.number) {
        this.#note(headers)
        return headers
      }
    } catch (error) {
      if (this.#pick()?.number === held.number) throw error
    }
    return this.#signAgain(request)
  }

  #note(headers: AuthorizationHeaders): void {
    if (typeof headers === 'object' && headers !== null) this.sent = Object.values(headers)
  }
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
