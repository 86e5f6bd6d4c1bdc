import type { AuthorizationHeaders, Authorize, AuthorizeRequest } from '../request/types.ts'
import type { AttemptPlace } from './attempt-place.ts'
import type { CredentialRunner } from './credential-runner.ts'
import type { Held } from './credential-state.ts'

/** Signs one attempt with the credential of the moment, and remembers which one that was. A signer that takes its time holds no place meanwhile. */
export class AttemptSigner {
  readonly #credential: CredentialRunner
  readonly #place: AttemptPlace
  #headers: AuthorizationHeaders | undefined
  #wasHeld = false
  /** The credential that the attempt went out with; undefined if it was never signed. */
  number: number | undefined
  /** Orders attempts by the time at which they were signed. */
  sequence = 0

  constructor(credential: CredentialRunner, place: AttemptPlace) {
    this.#credential = credential
    this.#place = place
  }

  /** Whether it was kept from leaving: then it was surely not sent, and is to begin anew. */
  get wasHeld(): boolean {
    return this.#wasHeld
  }

  /** A connection takes it, which may have taken long to open: false if its credential or its place counts no longer. */
  readonly mayLeave = (): boolean => {
    const isCurrent = this.number === undefined || this.number === this.#credential.current?.number
    this.#wasHeld = !isCurrent || !this.#place.use()
    return !this.#wasHeld
  }

  /** What was sent to authorise it. */
  get sent(): readonly string[] {
    const headers: unknown = this.#headers
    return typeof headers === 'object' && headers !== null ? Object.values(headers) : []
  }

  /** Answers at once if the credential does. */
  readonly sign: Authorize = (request) => {
    // An interceptor of the caller's may send twice: each takes a place of its own.
    if (this.#place.wasUsed) return this.#signAgain(request)
    const held = this.#credential.current
    if (held === undefined) return this.#signLater(request)
    this.number = held.number
    this.sequence = this.#credential.nextSequence()
    const headers = held.credential.authorize(request)
    if (isPromise(headers)) return this.#confirm(headers, held, request)
    this.#headers = headers
    return headers
  }

  async #signLater(request: AuthorizeRequest): Promise<AuthorizationHeaders> {
    this.#place.release(false)
    await this.#credential.usable(undefined)
    return this.#signAgain(request)
  }

  /** Another place is taken before there is a signature that could be sent at once. */
  async #signAgain(request: AuthorizeRequest): Promise<AuthorizationHeaders> {
    this.#place.release(false)
    await this.#place.take()
    return this.sign(request)
  }

  /** What a credential that was replaced meanwhile has signed is thrown away. */
  async #confirm(
    pending: Promise<AuthorizationHeaders>,
    held: Held,
    request: AuthorizeRequest,
  ): Promise<AuthorizationHeaders> {
    this.#place.release(false)
    try {
      const headers = await pending
      await this.#place.take()
      if (this.#credential.current?.number === held.number) {
        this.#headers = headers
        return headers
      }
    } catch (error) {
      if (this.#credential.current?.number === held.number) throw error
    }
    return this.#signAgain(request)
  }
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
