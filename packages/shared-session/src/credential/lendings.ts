import { type CredentialRecord, emptyRecord, type StoredCredential } from './record.ts'

const rememberedRefusals = 16

/** What a process remembers of credentials: which it lent to whom, the newest, and those that were refused here. */
export class Lendings<C> {
  readonly #lent = new WeakMap<object, StoredCredential>()
  readonly #refused: string[] = []
  /** The credential that was lent last. */
  newest: { readonly credential: C; readonly stored: StoredCredential } | undefined

  /** What is known without the store: the login that another session of this process has just made, say. */
  get record(): CredentialRecord {
    const stored = this.newest?.stored
    return { ...emptyRecord, credential: stored && this.wasRefused(stored.id) ? undefined : stored }
  }

  add(lent: object, credential: C, stored: StoredCredential): void {
    this.#lent.set(lent, stored)
    this.newest = { credential, stored }
  }

  /** Which one a session gives back; the newest if it gives none. */
  find(replaces: unknown): StoredCredential | undefined {
    const known = typeof replaces === 'object' && replaces !== null ? this.#lent.get(replaces) : undefined
    return known ?? this.newest?.stored
  }

  refuse(id: string): void {
    if (this.#refused.includes(id)) return
    this.#refused.push(id)
    if (this.#refused.length > rememberedRefusals) this.#refused.shift()
  }

  wasRefused(id: string): boolean {
    return this.#refused.includes(id)
  }
}
