import { randomUUID } from 'node:crypto'
import { nameOf } from '../errors.ts'
import type { Standing } from '../record/sealed-record.ts'
import { spanOf } from '../record/span.ts'
import { announcing } from './announcing.ts'
import {
  type Announcing,
  areCookies,
  type ContextLike,
  type CredentialLike,
  isCredential,
  type LentCredential,
} from './credential.ts'
import { badCredential, mayGoOnAlone } from './errors.ts'
import {
  type CredentialRecord,
  type StoredCredential,
  withCredential,
  withFailure,
  withLease,
  withSending,
} from './record.ts'
import type { Sharer } from './sharer.ts'
import { untilAborted } from './until-aborted.ts'

/** The right to log in: `none` where the store is away and that is no matter; a store that can be read and not written is away as well. */
export async function takeLease<C extends CredentialLike, X extends ContextLike>(
  { records, holder, settings }: Sharer<C, X>,
  standing: Standing<CredentialRecord>,
): Promise<'taken' | 'lost' | 'none'> {
  const lease = withLease(standing.record, holder, spanOf(standing.nowMs, settings.leaseMs))
  try {
    return (await records.write(standing, lease)) ? 'taken' : 'lost'
  } catch (error) {
    if (mayGoOnAlone(error, settings.whenAway)) return 'none'
    throw error
  }
}

/** One login, under a lease that is given for longer as long as it goes on. */
export class Login<C extends CredentialLike, X extends ContextLike> {
  readonly #sharer: Sharer<C, X>
  readonly #known: number
  readonly #isAlone: boolean
  readonly #lost = new AbortController()
  #timer: unknown
  #announced: Promise<void> | undefined
  #isOver = false

  /**
   * @param known - The greatest generation that was heard of.
   * @param isAlone - True if there is no lease, since the store is away.
   */
  constructor(sharer: Sharer<C, X>, known: number, isAlone: boolean) {
    this.#sharer = sharer
    this.#known = known
    this.#isAlone = isAlone
  }

  /** @returns undefined if another process has taken over: what this one got is dropped, and nothing is logged out. */
  async run(context: X): Promise<LentCredential<C> | undefined> {
    if (!this.#isAlone) this.#keepLease()
    try {
      const signal = AbortSignal.any([context.signal, this.#lost.signal])
      const { credential, stored } = await untilAborted(signal, () => this.#logIn(context, signal))
      return (await this.#publish(stored)) ? this.#sharer.lend(credential, stored, context, false) : undefined
    } catch (error) {
      if (this.#lost.signal.aborted && !context.signal.aborted) return undefined
      await this.#giveBack(error)
      throw error
    } finally {
      this.#isOver = true
      this.#sharer.settings.clock.clearTimeout(this.#timer)
    }
  }

  async #logIn(context: X, signal: AbortSignal): Promise<{ credential: C; stored: StoredCredential }> {
    const credential = await this.#sharer.settings.establish(this.#withAnnouncing({ ...context, signal }))
    if (!isCredential(credential)) throw badCredential('establish', 'resolve to { authorize, expiresAtMs }')
    return { credential, stored: await this.#describe(credential, context) }
  }

  #withAnnouncing(context: X): X & Announcing {
    const announce = (): Promise<void> => this.#announce()
    const { transport } = context
    if (typeof transport !== 'object') return { ...context, announce }
    return { ...context, announce, transport: announcing(transport, announce) }
  }

  /** Others are told before the first request of a login is sent: from then on IBKR may replace what they have. */
  #announce(): Promise<void> {
    this.#announced ??= this.#saySo().catch((error: unknown) => {
      this.#announced = undefined
      throw error
    })
    return this.#announced
  }

  /** Nothing is sent once the lease went to another process. */
  async #saySo(): Promise<void> {
    if (this.#isAlone) return
    const { records, holder, settings } = this.#sharer
    try {
      const isOurs = await records.update((record, nowMs) =>
        record.lease?.holder === holder
          ? withSending(record, holder, spanOf(nowMs, settings.leaseMs))
          : undefined,
      )
      if (!isOurs) this.#lost.abort(new Error('another process logs in'))
    } catch (error) {
      if (!mayGoOnAlone(error, settings.whenAway)) throw error
    }
    this.#lost.signal.throwIfAborted()
  }

  async #describe(credential: C, context: X): Promise<StoredCredential> {
    const { encode, clockToleranceMs } = this.#sharer.settings
    let data: unknown
    try {
      data = await encode(credential)
    } catch (cause) {
      throw badCredential('encode', 'make a text of a credential', cause)
    }
    if (typeof data !== 'string') throw badCredential('encode', 'give a text')
    const { access } = this.#sharer
    const nowMs = access.now()
    return {
      id: randomUUID(),
      generation: Math.max(this.#known + 1, Math.floor(nowMs)),
      data,
      expiresAtMs: nowMs + lifeMs(credential.expiresAtMs, nowMs, context.now(), clockToleranceMs),
      username: credential.username,
      cookies: credential.cookies ?? this.#cookies(),
    }
  }

  /** Of the session that is followed. Without them a login is still one; with rubbish nobody could read the record. */
  #cookies(): readonly string[] | undefined {
    try {
      const cookies: unknown = this.#sharer.session?.cookies?.()
      return areCookies(cookies) ? cookies : undefined
    } catch (error) {
      this.#sharer.lastError = nameOf(error)
      return undefined
    }
  }

  /** Fenced: false if the lease went to another process. A store that cannot be written hears of it later. */
  async #publish(stored: StoredCredential): Promise<boolean> {
    const sharer = this.#sharer
    try {
      const written = await sharer.records.update((record) =>
        this.#mayWrite(record, stored) ? withCredential(stored) : undefined,
      )
      sharer.isUnpublished = false
      return written
    } catch {
      // It may have been written all the same; the login is real in any case. The store's status has the reason.
      sharer.isUnpublished = true
      return true
    }
  }

  /**
   * The lease is still ours: a process that slept past its end may write only if nobody has taken it since. Or the answer to our own
   * write was lost.
   */
  #mayWrite({ lease, credential }: CredentialRecord, stored: StoredCredential): boolean {
    if (lease?.holder === this.#sharer.holder || credential?.id === stored.id) return true
    return this.#isAlone && (credential?.generation ?? 0) < stored.generation
  }

  #keepLease(): void {
    const { clock, leaseMs } = this.#sharer.settings
    this.#timer = clock.setTimeout(() => {
      if (this.#isOver) return
      this.#keepLease()
      this.#extend().catch((error: unknown) => {
        this.#sharer.lastError = nameOf(error)
      })
    }, leaseMs / 3)
  }

  async #extend(): Promise<void> {
    const { records, holder, settings } = this.#sharer
    const isOurs = await records.update((record, nowMs) =>
      record.lease?.holder === holder
        ? withLease(record, holder, spanOf(nowMs, settings.leaseMs))
        : undefined,
    )
    if (!isOurs && !this.#isOver) this.#lost.abort(new Error('another process logs in'))
  }

  /** Others need not wait for the end of the lease. */
  async #giveBack(error: unknown): Promise<void> {
    const { records, holder } = this.#sharer
    const reason = nameOf(error)
    try {
      await records.update((record, nowMs) =>
        record.lease?.holder === holder
          ? withFailure(record, { holder, nowMs, retryAfterMs: retryAfterMsOf(error), reason })
          : undefined,
      )
    } catch (failure) {
      // The lease ends by itself; what the caller is told is why the login failed.
      this.#sharer.lastError = nameOf(failure)
    }
  }
}

/** No server gives a credential for less, in milliseconds: a clock by which one that has just been got has less left is wrong. */
const leastGivenMs = 5_000

/**
 * How long a credential lives. Of two clocks that agree as far as can be expected whichever says more: too late an end costs a refusal,
 * too early a one costs logins. Of others whichever says less, unless that cannot be. Where neither can be, a refusal tells of the end.
 */
function lifeMs(expiresAtMs: number, storeMs: number, sessionMs: number, toleranceMs: number): number {
  const [byStoreMs, bySessionMs] = [expiresAtMs - storeMs, expiresAtMs - sessionMs]
  const [lessMs, moreMs] = [Math.min(byStoreMs, bySessionMs), Math.max(byStoreMs, bySessionMs)]
  if (moreMs < leastGivenMs) return Math.max(toleranceMs, leastGivenMs)
  return lessMs < leastGivenMs || moreMs - lessMs <= toleranceMs ? moreMs : lessMs
}

/** The server's own wish, if an error carries one, in milliseconds. */
function retryAfterMsOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return 0
  const { retryAfterMs } = error
  return typeof retryAfterMs === 'number' && retryAfterMs > 0 && retryAfterMs < 3_600_000 ? retryAfterMs : 0
}
