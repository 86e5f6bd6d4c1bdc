import { callable } from '../check.ts'
import type { StoreStatus } from '../store/store-access.ts'
import type { ContextLike, CredentialLike, LentCredential, SessionLike } from './credential.ts'
import { Follower } from './follower.ts'
import { type ShareCredentialOptions, settingsFrom } from './options.ts'
import { Sharer } from './sharer.ts'

/** What is going on with a shared login, as plain data. */
export interface SharedCredentialStatus {
  readonly store: StoreStatus
  /** Number of the login in use here, which grows with each; undefined before the first. */
  readonly generation: number | undefined
  /** When it expires, in milliseconds since 1970 by the store's clock. */
  readonly expiresAtMs: number | undefined
  /** `here`: this process logs in. `elsewhere`: another one does, and this one waits for it. */
  readonly loggingIn: 'here' | 'elsewhere' | 'no'
  /** True while requests wait: a login was sent that may have replaced the one in use, and nobody knows yet what came of it. */
  readonly heldBack: boolean
  /** Processes that share the login, this one included, as far as it is known. */
  readonly processes: number
  /** True if this process has a login that the store does not know of yet, since it was away. */
  readonly unpublished: boolean
  /** Code or name of the last failure; undefined if all went well since. */
  readonly lastError: string | undefined
}

/** An `establish` for `createSession`, and what belongs to it. */
export interface SharedEstablish<C extends CredentialLike, X extends ContextLike> {
  /**
   * Adopts the stored login if it is good, else logs in while others wait, else waits for another process that does.
   *
   * @throws {SharedSessionError} See its codes; or whatever the `establish` that was given throws.
   */
  (context: X): Promise<LentCredential<C>>
  /**
   * Keeps the session with the login: it is told to renew as soon as another process has logged in, and asked whether a credential
   * that another process was refused with is good here.
   *
   * @returns a function that ends this.
   */
  follow(session: SessionLike): () => void
  status(): SharedCredentialStatus
  /** Ends this process's share. Logs nobody out: others go on with the login. */
  close(): Promise<void>
}

/**
 * Shares one login among processes: one of them logs in, all use it.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function shareCredential<C extends CredentialLike, X extends ContextLike>(
  options: ShareCredentialOptions<C, X>,
): SharedEstablish<C, X> {
  const sharer = new Sharer(settingsFrom(options))
  const followers = new Set<Follower<C, X>>()
  return Object.assign((context: X) => sharer.establish(context), {
    follow(session: SessionLike): () => void {
      callable('session.renew', session?.renew)
      sharer.session = session
      const follower = new Follower(sharer, session)
      followers.add(follower)
      return () => {
        follower.stop()
        followers.delete(follower)
      }
    },
    status: () => describe(sharer),
    async close(): Promise<void> {
      for (const follower of followers) follower.stop()
      await sharer.close()
    },
  })
}

function describe<C extends CredentialLike, X extends ContextLike>(
  sharer: Sharer<C, X>,
): SharedCredentialStatus {
  const { access, held, isLoggingIn, isWaiting, processes, isUnpublished, lastError } = sharer
  return {
    store: access.status(),
    generation: held?.generation,
    expiresAtMs: held?.expiresAtMs,
    loggingIn: isLoggingIn ? 'here' : isWaiting ? 'elsewhere' : 'no',
    heldBack: sharer.isHeldBack,
    processes: processes.last,
    unpublished: isUnpublished,
    lastError,
  }
}
