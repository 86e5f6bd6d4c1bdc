import { nameOf } from '../errors.ts'
import type { Standing } from '../record/sealed-record.ts'
import type { ContextLike, CredentialLike, SessionLike } from './credential.ts'
import { isNewer } from './decide.ts'
import { isAway } from './errors.ts'
import {
  activeLease,
  type CredentialRecord,
  isInDoubt,
  type StoredCredential,
  withCredential,
} from './record.ts'
import type { Sharer } from './sharer.ts'

type Task = 'renewal' | 'publication' | 'answer'

/** Keeps a session with the login that is stored: tells it of a later one, and answers for it when others doubt. */
export class Follower<C extends CredentialLike, X extends ContextLike> {
  readonly #sharer: Sharer<C, X>
  readonly #session: SessionLike
  readonly #stop: () => void
  #isLooking = false
  #isToLookAgain = false
  readonly #underWay = new Set<Task>()
  /** Something came up that is under way. */
  #isToLookAfter = false
  #told: string | undefined
  #answered: string | undefined

  constructor(sharer: Sharer<C, X>, session: SessionLike) {
    this.#sharer = sharer
    this.#session = session
    this.#stop = sharer.changes.listen(() => this.#look())
    this.#look()
  }

  stop(): void {
    this.#stop()
  }

  /** Reads what is stored, so that it is known here, whatever is being done about what was read before. */
  #look(): void {
    this.#isToLookAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    this.#lookAround()
      .catch((error: unknown) => this.#note(error))
      .finally(() => {
        this.#isLooking = false
      })
  }

  async #lookAround(): Promise<void> {
    while (this.#isToLookAgain && !this.#sharer.isClosed) {
      this.#isToLookAgain = false
      // Whoever has no credential will ask for one.
      if (this.#sharer.held === undefined || this.#sharer.isLoggingIn) return
      this.#attend(await this.#sharer.records.read())
    }
  }

  #note(error: unknown): void {
    this.#sharer.lastError = nameOf(error)
  }

  #attend(standing: Standing<CredentialRecord>): void {
    const { credential } = standing.record
    if (this.#isLater(credential)) this.#begin('renewal', () => this.#takeOver(credential?.id))
    else if (this.#hasLater(standing)) this.#begin('publication', () => this.#publish())
    else if (isAbandoned(standing)) this.#begin('renewal', () => this.#session.renew())
    else this.#attendQuestion(standing.record)
  }

  /** One of a kind at a time, whatever hangs of another; what comes up meanwhile is looked at again after it. */
  #begin(task: Task, carryOut: () => Promise<unknown>): void {
    if (this.#underWay.has(task)) {
      this.#isToLookAfter = true
      return
    }
    this.#underWay.add(task)
    const run = async (): Promise<unknown> => carryOut() // foreign code may throw at once
    run()
      .catch((error: unknown) => this.#note(error))
      .finally(() => {
        this.#underWay.delete(task)
        if (!this.#isToLookAfter) return
        this.#isToLookAfter = false
        this.#look()
      })
  }

  /** There is a later login: the session asks for it, and gets it from the store. */
  async #takeOver(id: string | undefined): Promise<void> {
    if (id === this.#told) return
    this.#told = id
    try {
      await this.#session.renew()
    } catch (error) {
      this.#told = undefined
      throw error
    }
  }

  /** Later than what was lent last, which it has replaced even if its own time is over. */
  #isLater(stored: StoredCredential | undefined): boolean {
    const { held } = this.#sharer
    if (stored === undefined || held === undefined) return false
    return isNewer(stored, held) && !this.#sharer.wasRefused(stored.id)
  }

  /** A store that was away, or lost what it had: the later login is the one in hand, unless another process has sent one since. */
  #hasLater({ record, nowMs }: Standing<CredentialRecord>): boolean {
    const { held, wasRefused } = this.#seen()
    if (held === undefined || wasRefused || held.expiresAtMs <= nowMs) return false
    const isLeased = activeLease(record, nowMs) !== undefined
    const isLast = record.sent === undefined || record.sent.holder === this.#sharer.holder
    return !isLeased && isLast && (record.credential?.generation ?? 0) < held.generation
  }

  #seen(): { held: Sharer<C, X>['held']; wasRefused: boolean } {
    const { held } = this.#sharer
    return { held, wasRefused: held !== undefined && this.#sharer.wasRefused(held.id) }
  }

  async #publish(): Promise<void> {
    const { held, records } = this.#sharer
    if (held === undefined) return
    await records.update((record, nowMs) =>
      this.#hasLater({ record, nowMs, revision: 0 }) ? withCredential(held) : undefined,
    )
    this.#sharer.isUnpublished = false
  }

  /** Another process was refused with what is held here, and asks. */
  #attendQuestion({ credential, doubt }: CredentialRecord): void {
    const { held, holder } = this.#sharer
    if (held === undefined || credential?.id !== held.id || doubt?.credentialId !== held.id) return
    const asked = doubt.refusedBy.map((vote) => `${vote.holder} ${vote.atMs}`).join()
    if (doubt.refusedBy.some((vote) => vote.holder === holder) || asked === '' || asked === this.#answered)
      return
    this.#begin('answer', () => {
      this.#answered = asked
      return this.#answer(held.id)
    })
  }

  /** Tries the credential itself; a refusal says enough by itself, since the session then asks for another one. */
  async #answer(id: string): Promise<void> {
    try {
      await this.#sharer.settings.probe(this.#session)
    } catch (error) {
      if (!isAway(error)) this.#note(error)
      return
    }
    const isStillHeld = this.#sharer.held?.id === id && !this.#sharer.wasRefused(id)
    if (isStillHeld) await this.#sharer.vote(id, 'goodFor')
  }
}

/** Who sent a login has died over it, as far as anybody can tell: the next one is due at once. */
function isAbandoned({ record, nowMs }: Standing<CredentialRecord>): boolean {
  return isInDoubt(record, nowMs) && activeLease(record, nowMs) === undefined
}
