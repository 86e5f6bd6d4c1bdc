import type { AuthorizationHeaders, AuthorizeRequest } from '../request/types.ts'
import type { SessionCredential } from './credential.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import { sessionClosed } from './errors.ts'

/** Signs one attempt with the credential of the moment, and remembers which one that was. */
export class CredentialSigner {
  readonly #keeper: CredentialKeeper
  #signedWith: SessionCredential | undefined

  constructor(keeper: CredentialKeeper) {
    this.#keeper = keeper
  }

  /** The credential that the attempt went out with; undefined if it was never signed. */
  get signedWith(): SessionCredential | undefined {
    return this.#signedWith
  }

  /** Answers at once if the credential does. */
  sign(request: AuthorizeRequest): AuthorizationHeaders | Promise<AuthorizationHeaders> {
    const credential = this.#keeper.current
    if (credential === undefined) return this.#signLater(request)
    this.#signedWith = credential
    const headers = credential.authorize(request)
    return headers instanceof Promise ? this.#confirm(headers, credential, request) : headers
  }

  async #signLater(request: AuthorizeRequest): Promise<AuthorizationHeaders> {
    await this.#keeper.usable(undefined)
    return this.sign(request)
  }

  /** What a credential that was replaced meanwhile has signed is thrown away. */
  async #confirm(
    pending: Promise<AuthorizationHeaders>,
    credential: SessionCredential,
    request: AuthorizeRequest,
  ): Promise<AuthorizationHeaders> {
    try {
      const headers = await pending
      if (this.#keeper.current === credential) return headers
    } catch (error) {
      if (this.#keeper.current === credential) throw error
    }
    return this.sign(request)
  }
}

/** Signs the farewell, when no credential is lent any more. */
export function signFarewell(
  keeper: CredentialKeeper,
  request: AuthorizeRequest,
): AuthorizationHeaders | Promise<AuthorizationHeaders> {
  const credential = keeper.parting
  if (credential === undefined) throw sessionClosed()
  return credential.authorize(request)
}
