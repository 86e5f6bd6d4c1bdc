import { randomUUID } from 'node:crypto'
import { closed, nameOf } from '../errors.ts'
import { Changes } from '../record/changes.ts'
import { SealedRecord, type Standing } from '../record/sealed-record.ts'
import { StoreAccess } from '../store/store-access.ts'
import {
  type ContextLike,
  type CredentialLike,
  type LentCredential,
  lend,
  type SessionLike,
} from './credential.ts'
import { type Asker, type Decision, decide } from './decide.ts'
import { decoded } from './decoded.ts'
import { clockIsOff, loginFailed, mayGoOnAlone, refusedHere, refusesWrites } from './errors.ts'
import { Gate } from './gate.ts'
import { Lendings } from './lendings.ts'
import { Login, takeLease } from './login.ts'
import type { CredentialSettings } from './options.ts'
import { ProcessCount } from './process-count.ts'
import { type CredentialRecord, credentialRecord, type StoredCredential, withVote } from './record.ts'
import { untilAborted } from './until-aborted.ts'

/** Whoever loses the lease finds who has it; so often in a row, only a store that takes no write would have it lost. */
const mostLost = 50

/** One process's share of a login. */
export class Sharer<C extends CredentialLike, X extends ContextLike> {
  readonly holder: string = randomUUID()
  readonly settings: CredentialSettings<C, X>
  readonly access: StoreAccess
  readonly records: SealedRecord<CredentialRecord>
  readonly changes: Changes
  readonly processes: ProcessCount
  readonly #gate: Gate
  readonly #lendings = new Lendings<C>()
  /** Whether the held credential is not in the store, which was away. */
  isUnpublished = false
  /** The login that goes on here: one at a time, whichever sessions ask. */
  #login: Promise<unknown> | undefined
  #asking = 0
  #waits = 0
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
    this.processes = new ProcessCount(this.access, key, this.holder, clock)
  }

  /** The credential that was lent last. */
  get held(): StoredCredential | undefined {
    return this.#lendings.newest?.stored
  }

  get isLoggingIn(): boolean {
    return this.#login !== undefined
  }

  get isWaiting(): boolean {
    return this.#waits > 0
  }

  get isAsked(): boolean {
    return this.#asking > 0
  }

  /** Whether requests wait, since nobody knows whether the credential in use was replaced. */
  get isHeldBack(): boolean {
    return this.held !== undefined && this.#gate.isShut(this.held)
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** A credential: the stored one if it will do, else a new one, else whatever another process gets meanwhile. */
  async establish(context: X): Promise<LentCredential<C>> {
    const had = this.#lendings.find(context.replaces)
    if (context.reason === 'refused' && had !== undefined) this.#lendings.refuse(had.id)
    this.#asking += 1
    try {
      const lent = await this.#negotiate(context, had)
      this.lastError = undefined
      return lent
    } catch (error) {
      this.lastError = nameOf(error)
      throw error
    } finally {
      this.#asking -= 1
    }
  }

  wasRefused(id: string): boolean {
    return this.#lendings.wasRefused(id)
  }

  async close(): Promise<void> {
    this.#closing ??= this.processes.close()
    this.changes.close()
    await this.#closing
  }

  async #negotiate(context: X, had: StoredCredential | undefined): Promise<LentCredential<C>> {
    const sinceMs = this.access.now()
    for (let lost = 0; lost < mostLost; ) {
      if (this.isClosed) throw closed('the login')
      context.signal.throwIfAborted()
      const standing = await this.#read()
      const known = standing ?? { record: this.#lendings.record, nowMs: this.access.now() }
      const asker = await this.#asker(context, { had, sinceMs }, known)
      const decision = decide(known.record, asker)
      if (standing !== undefined && decision.do === 'adopt') this.isUnpublished = false
      if (decision.do === 'adopt') return this.#adopt(decision.credential, context)
      if (standing !== undefined && decision.do !== 'log in') await this.#follow(decision, context, asker)
      else if (this.#login !== undefined) await this.#untilLoggedIn(context.signal)
      else {
        const lent = await this.#logInOnce(context, standing)
        if (lent !== undefined) return lent
        lost += 1
      }
    }
    throw refusesWrites(mostLost)
  }

  /** What is stored; undefined if the store is away and this process is to go on alone. */
  async #read(): Promise<Standing<CredentialRecord> | undefined> {
    try {
      return await this.records.read()
    } catch (error) {
      if (mayGoOnAlone(error, this.settings.whenAway)) return undefined
      throw error
    }
  }

  async #asker(
    context: X,
    { had, sinceMs }: Pick<Asker, 'had' | 'sinceMs'>,
    { record, nowMs }: Pick<Standing<CredentialRecord>, 'record' | 'nowMs'>,
  ): Promise<Asker> {
    const { credential } = record
    const isRefused = credential !== undefined && this.wasRefused(credential.id)
    const processes = isRefused ? await this.processes.ask() : this.processes.last
    return {
      holder: this.holder,
      reason: context.reason ?? (had === undefined ? 'first' : 'scheduled'),
      nowMs,
      sinceMs,
      had,
      wasRefused: (id) => this.wasRefused(id),
      hasOthers: processes > 1,
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
    this.#waits += 1
    try {
      await this.changes.next(waitMs, context.signal)
    } finally {
      this.#waits -= 1
    }
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
    const { newest } = this.#lendings
    const own = newest?.stored.id === stored.id ? newest.credential : undefined
    const credential = own ?? (await decoded(this.settings.decode, stored, context))
    return this.lend(credential, stored, context, true)
  }

  /** Logs in under the lease, or alone where that is allowed; undefined if another process came before, or took over. */
  async #logIn(
    context: X,
    standing: Standing<CredentialRecord> | undefined,
  ): Promise<LentCredential<C> | undefined> {
    const lease = standing === undefined ? 'none' : await takeLease(this, standing)
    if (lease === 'lost') return undefined
    const known = Math.max(standing?.record.credential?.generation ?? 0, this.held?.generation ?? 0)
    return new Login(this, known, lease === 'none').run(context)
  }

  #logInOnce(
    context: X,
    standing: Standing<CredentialRecord> | undefined,
  ): Promise<LentCredential<C> | undefined> {
    const login = this.#logIn(context, standing).finally(() => {
      this.#login = undefined
    })
    this.#login = login
    return login
  }

  /** For whoever waits for the login of another session: what came of it is seen afterwards. */
  #untilLoggedIn(signal: AbortSignal): Promise<unknown> {
    return untilAborted(signal, async () => this.#login?.catch(() => undefined))
  }

  /** Gives a session a credential, and remembers which it is. */
  lend(credential: C, stored: StoredCredential, context: X, adopted: boolean): LentCredential<C> {
    const lent = lend(credential, stored, adopted, {
      now: () => context.now(),
      remainingMs: () => stored.expiresAtMs - this.access.now(),
      // A deploy goes on with the login; only the last one out may end it, if it is told to.
      logout: async () => this.settings.logout === 'last' && (await this.processes.close()) === 0,
      close: () => this.#gate.retire(stored),
      opened: () => this.#gate.opened(stored),
    })
    this.#lendings.add(lent, credential, stored)
    void this.processes.ask()
    return lent
  }
}
