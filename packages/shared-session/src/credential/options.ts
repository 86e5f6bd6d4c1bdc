import { callable, duration, oneOf, type Settled, sharedSettings } from '../check.ts'
import type { Clock } from '../clock.ts'
import { createSealer, type Sealer, type SealingOptions } from '../sealing/sealer.ts'
import type { Store } from '../store/store.ts'
import type { Announcing, ContextLike, CredentialLike, SessionLike } from './credential.ts'

/** How one login is shared. */
export interface ShareCredentialOptions<C extends CredentialLike, X extends ContextLike>
  extends SealingOptions {
  readonly store: Store
  /**
   * Names the login; equal keys share it. Holds whatever it depends on: environment, username, and the egress address for
   * bearers that are bound to one.
   */
  readonly key: string
  /**
   * Logs in: what would be given to `createSession`. Called in one process at a time. A login that it sends otherwise than through
   * `context.transport` is {@link Announcing announced} by it.
   */
  readonly establish: (context: X & Announcing) => Promise<C>
  /**
   * What other processes need of a credential, as text: the live session token, the bearer. Never the access token secret or a
   * private key: nobody needs them to go on with the login.
   */
  readonly encode: (credential: C) => string | Promise<string>
  /** Makes a credential of what {@link encode} made. `expiresAtMs`, username and cookies are seen to. */
  readonly decode: (data: string, context: X) => C | Promise<C>
  /** Whether a credential that another process was refused with is good here. Default: a `tickle` through the followed session. */
  readonly probe?: ((session: SessionLike) => Promise<unknown>) | undefined
  /** While the store is away: `'wait'` for it (default), or log in `'alone'`. */
  readonly whenAway?: 'wait' | 'alone' | undefined
  /** Whether a session that is closed logs out: `'never'` (default), or the `'last'` of all processes. */
  readonly logout?: 'never' | 'last' | undefined
  /** How long a process that logs in may be silent before another one does, in milliseconds. Default 10,000. */
  readonly leaseMs?: number | undefined
  /** How long others are asked about a refused credential, in milliseconds. Default 3,000. */
  readonly answerMs?: number | undefined
  /** How often is looked for changes that the store did not tell of, in milliseconds. Default 1,000. */
  readonly pollMs?: number | undefined
  /** How long the store may take, in milliseconds. Default 2,000. */
  readonly storeTimeoutMs?: number | undefined
  /** How far apart this session's time and the store's may be, in milliseconds. Default 30,000. */
  readonly clockToleranceMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** Options with nothing left open. */
export type CredentialSettings<C extends CredentialLike, X extends ContextLike> = Settled<
  Omit<ShareCredentialOptions<C, X>, keyof SealingOptions>
> & { readonly sealer: Sealer }

/** @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT` */
export function settingsFrom<C extends CredentialLike, X extends ContextLike>(
  options: ShareCredentialOptions<C, X>,
): CredentialSettings<C, X> {
  return {
    ...sharedSettings(options),
    establish: callable('establish', options.establish),
    encode: callable('encode', options.encode),
    decode: callable('decode', options.decode),
    probe: callable('probe', options.probe ?? tickle),
    sealer: createSealer(options),
    whenAway: oneOf('whenAway', options.whenAway ?? 'wait', ['wait', 'alone']),
    logout: oneOf('logout', options.logout ?? 'never', ['never', 'last']),
    leaseMs: duration('leaseMs', options.leaseMs, 10_000, 100),
    answerMs: duration('answerMs', options.answerMs, 3_000),
    clockToleranceMs: duration('clockToleranceMs', options.clockToleranceMs, 30_000),
  }
}

/** The cheapest request that a credential is needed for. */
async function tickle(session: SessionLike): Promise<unknown> {
  const { get } = session as { get?: unknown }
  if (typeof get !== 'function') throw new TypeError('the session that is followed has no get()')
  return get.call(session, '/tickle')
}
