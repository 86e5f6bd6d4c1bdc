import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { generateRsaKey } from './keys.ts'

/**
 * A key that is made in the background: most sandboxes are ready long before it, and many never need it. Whoever
 * cannot wait for it has it made on the spot.
 */
export class DeferredKey {
  readonly #modulusLength: number
  readonly #settled: Promise<void>
  #key: KeyObject | undefined

  constructor(modulusLength: number) {
    this.#modulusLength = modulusLength
    this.#settled = generateRsaKey(modulusLength).then(
      (made) => {
        this.#key ??= made
      },
      // Nobody may be waiting. Whoever asks for the key has it made again, and hears what is wrong.
      () => undefined,
    )
  }

  /** The key, at once; blocks while it is made if it is not there yet. */
  now(): KeyObject {
    this.#key ??= generateKeyPairSync('rsa', { modulusLength: this.#modulusLength }).privateKey
    return this.#key
  }

  /** The key, once it is there. */
  async later(): Promise<KeyObject> {
    if (this.#key === undefined) await this.#settled
    return this.now()
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
