import { randomUUID } from 'node:crypto'
import { closed, nameOf } from '../errors.ts'
import { Presence } from '../presence.ts'
import { Changes } from '../record/changes.ts'
import { SealedRecord, type Standing } from '../record/sealed-record.ts'
import { spanOf } from '../record/span.ts'
import { StoreAccess } from '../store/store-access.ts'
import {
  type ContextLike,
  type CredentialLike,
  isCredential,
  type LentCredential,
  lend,
  type SessionLike,
} from './credential.ts'
import { type Asker, type Decision, decide, isNewer } from './decide.ts'
import { badCredential, clockIsOff, isAway, loginFailed, refusedHere, refusesWrites } from './errors.ts'
import { Gate } from './gate.ts'
import { Login } from './login.ts'
import type { CredentialSettings } from './options.ts'
import {
  type CredentialRecord,
  credentialRecord,
  type StoredCredential,
  withLease,
  withVote,
} from './record.ts'

const rememberedRefusals = 16
/** Whoever loses the lease finds who has it; so often in a row, only a store that takes no write would have it lost. */
const mostLost = 50

/** One process's share of a login. */
export class Sharer<C extends CredentialLike, X extends ContextLike> {
  readonly holder: string = randomUUID()
  readonly settings: CredentialSettings<C, X>
  readonly access: StoreAccess
  readonly records: SealedRecord<CredentialRecord>
  readonly changes: Changes
  readonly presence: Presence
  readonly #gate: Gate
  readonly #lent = new WeakMap<object, StoredCredential>()
  readonly #refused: string[] = []
  /** The credential that was lent last. */
  held: StoredCredential | undefined
  /** Whether the held credential is not in the store, which was away. */
  isUnpublished = false
  isLoggingIn = false
  isWaiting = false
  lastError: string | undefined
  session: SessionLike | undefined
  #closing: Promise<unknown> | undefined

  constructor(settings: CredentialSettings<C, X>) {
    const { store, key, clock, sealer, pollMs, storeTimeoutMs } = settings
    this.settings = settings
    this.access = new StoreAccess(store, clock, storeTimeoutMs)
    this.changes = new Changes(this.access, key, clock, pollMs)
    this.#gate = new Gate(this)
    this.records = new SealedRecord(this.access, sealer, key, credentialRecord, (record) =>
      this.#gate.see(record),
    )
    this.presence = new Presence(this.access, key, this.holder, clock)
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** A credential: the stored one if it will do, else a new one, else whatever another process gets meanwhile. */
  async establish(context: X): Promise<LentCredential<C>> {
    const had = this.#hadBy(context)
    if (context.reason === 'refused' && had !== undefined) this.#noteRefusal(had.id)
    try {
      const lent = await this.#negotiate(context, had)
      this.lastError = undefined
      return lent
    } catch (error) {
      this.lastError = nameOf(error)
      throw error
    } finally {
      this.isWaiting = false
    }
  }

  wasRefused(id: string): boolean {
    return this.#refused.includes(id)
  }

  async close(): Promise<void> {
    this.#closing ??= this.presence.close()
    this.changes.close()
    await this.#closing
  }

  async #negotiate(context: X, had: StoredCredential | undefined): Promise<LentCredential<C>> {
    const sinceMs = this.access.now()
    for (let lost = 0; lost < mostLost; ) {
      if (this.isClosed) throw closed('the login')
      context.signal.throwIfAborted()
      const standing = await this.#read()
      if (standing === undefined) {
        const lent = await this.#run(context, new Login(this, this.held?.generation ?? 0, true))
        if (lent !== undefined) return lent
        lost += 1
        continue
      }
      const asker = await this.#asker(context, { had, sinceMs }, standing)
      const decision = decide(standing.record, asker)
      if (decision.do === 'adopt') return this.#adopt(decision.credential, context)
      if (decision.do === 'log in') {
        const lent = await this.#logIn(context, standing)
        if (lent !== undefined) return lent
        lost += 1
      } else await this.#follow(decision, context, asker)
    }
    throw refusesWrites(mostLost)
  }

  /** What is stored; undefined if the store is away and this process is to go on alone. */
  async #read(): Promise<Standing<CredentialRecord> | undefined> {
    try {
      return await this.records.read()
    } catch (error) {
      if (isAway(error) && this.settings.whenAway === 'alone') return undefined
      throw error
    }
  }

  async #asker(
    context: X,
    { had, sinceMs }: Pick<Asker, 'had' | 'sinceMs'>,
    { record, nowMs }: Standing<CredentialRecord>,
  ): Promise<Asker> {
    const { credential } = record
    const isRefused = credential !== undefined && this.wasRefused(credential.id)
    const company = isRefused ? await this.presence.ask() : this.presence.count
    return {
      holder: this.holder,
      reason: context.reason ?? (had === undefined ? 'first' : 'scheduled'),
      nowMs,
      sinceMs,
      had,
      wasRefused: (id) => this.wasRefused(id),
      hasCompany: company > 1,
      clockIsOff: Math.abs(this.#clockDifferenceMs(context)) > this.settings.clockToleranceMs,
      answerMs: this.settings.answerMs,
    }
  }

  /** Carries out what is neither adopting nor logging in. */
  async #follow(decision: Decision, context: X, { nowMs, clockIsOff: isOff }: Asker): Promise<void> {
    if (decision.do === 'wait') return this.#wait(decision.lease.untilMs - nowMs, context)
    if (decision.do === 'ask others') return this.#wait(decision.untilMs - nowMs, context)
    if (decision.do === 'doubt') {
      await this.vote(decision.credential.id, 'refusedBy', isOff)
      return
    }
    if (decision.do !== 'stand back') return
    if (decision.because === 'login failed') throw loginFailed(decision.reason, decision.retryAtMs - nowMs)
    throw decision.because === 'clock is off' ? clockIsOff(this.#clockDifferenceMs(context)) : refusedHere()
  }

  async #wait(waitMs: number, context: X): Promise<void> {
    this.isWaiting = true
    await this.changes.next(waitMs, context.signal)
  }

  /** How far the session's time is ahead of the store's. */
  #clockDifferenceMs(context: X): number {
    return context.now() - this.access.now()
  }

  vote(id: string, kind: 'refusedBy' | 'goodFor', isOff = false): Promise<boolean> {
    const clockIsOff = isOff || undefined
    return this.records.update((record, nowMs) =>
      record.credential?.id === id
        ? withVote(record, id, { holder: this.holder, atMs: nowMs, clockIsOff }, kind)
        : undefined,
    )
  }

  async #adopt(stored: StoredCredential, context: X): Promise<LentCredential<C>> {
    const { decode } = this.settings
    let credential: C
    try {
      credential = await decode(stored.data, context)
    } catch (error) {
      throw badCredential('decode', 'make a credential of what encode made', error)
    }
    if (!isCredential(credential)) throw badCredential('decode', 'give { authorize, expiresAtMs }')
    this.isUnpublished = false
    return this.lend(credential, stored, context, true)
  }

  /** Takes the lease and logs in; undefined if another process came before, or took over. */
  async #logIn(context: X, standing: Standing<CredentialRecord>): Promise<LentCredential<C> | undefined> {
    const lease = withLease(standing.record, this.holder, spanOf(standing.nowMs, this.settings.leaseMs))
    if (!(await this.records.write(standing, lease))) return undefined
    const known = Math.max(standing.record.credential?.generation ?? 0, this.held?.generation ?? 0)
    return this.#run(context, new Login(this, known, false))
  }

  async #run(context: X, login: Login<C, X>): Promise<LentCredential<C> | undefined> {
    this.isLoggingIn = true
    try {
      return await login.run(context)
    } finally {
      this.isLoggingIn = false
    }
  }

  /** Gives a session a credential, and remembers which it is. */
  lend(credential: C, stored: StoredCredential, context: X, adopted: boolean): LentCredential<C> {
    const lent = lend(credential, stored, adopted, {
      now: () => context.now(),
      remainingMs: () => stored.expiresAtMs - this.access.now(),
      logout: () => this.#isToLogOut(),
      close: () => this.#gate.retire(stored),
      opened: () => this.#gate.opened(stored),
    })
    this.#lent.set(lent, stored)
    this.held = stored
    void this.presence.ask()
    return lent
  }

  /** A deploy goes on with the login; only the last one out may end it, if it is told to. */
  async #isToLogOut(): Promise<boolean> {
    if (this.settings.logout === 'never') return false
    return (await this.presence.close()) === 0
  }

  /** Whether a login is later than the one that was lent last, which it has replaced even if its own time is over. */
  isBetter(stored: StoredCredential | undefined): boolean {
    if (stored === undefined || this.held === undefined) return false
    return isNewer(stored, this.held) && !this.wasRefused(stored.id)
  }

  #hadBy({ replaces }: X): StoredCredential | undefined {
    const known = typeof replaces === 'object' && replaces !== null ? this.#lent.get(replaces) : undefined
    return known ?? this.held
  }

  #noteRefusal(id: string): void {
    if (this.#refused.includes(id)) return
    this.#refused.push(id)
    if (this.#refused.length > rememberedRefusals) this.#refused.shift()
  }
}
