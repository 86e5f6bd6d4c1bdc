import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { generateRsaKey } from './keys.ts'

/**
 * A key that is made in the background, or when it is first asked for: most sandboxes are ready long before it, and
 * many never need it. Whoever cannot wait for it has it made on the spot.
 */
export class DeferredKey {
  readonly #modulusLength: number
  #settled: Promise<void> | undefined
  #key: KeyObject | undefined

  constructor(modulusLength: number, isMadeNow: boolean) {
    this.#modulusLength = modulusLength
    if (isMadeNow) this.#settled = this.#made()
  }

  /** The key, at once; blocks while it is made if it is not there yet. */
  now(): KeyObject {
    this.#key ??= generateKeyPairSync('rsa', { modulusLength: this.#modulusLength }).privateKey
    return this.#key
  }

  /** The key, once it is there. */
  async later(): Promise<KeyObject> {
    if (this.#key === undefined) {
      this.#settled ??= this.#made()
      await this.#settled
    }
    return this.now()
  }

  #made(): Promise<void> {
    return generateRsaKey(this.#modulusLength).then(
      (made) => {
        this.#key ??= made
      },
      // Nobody may be waiting. Whoever asks for the key has it made again, and hears what is wrong.
      () => undefined,
    )
  }
}

/** A key that was given, in the shape of one that is made later. */
export class GivenKey {
  readonly #key: KeyObject

  constructor(key: KeyObject) {
    this.#key = key
  }

  now(): KeyObject {
    return this.#key
  }

  async later(): Promise<KeyObject> {
    return this.#key
  }
}
