import type { DispatchHeaders } from './dispatcher.ts'

/** Headers of a reply. Names are compared without regard to case. */
export class ResponseHeaders {
  readonly #values: DispatchHeaders

  constructor(values: DispatchHeaders) {
    this.#values = values
  }

  /** The value, several joined by `, `; null if the header is absent. */
  get(name: string): string | null {
    const value = this.#value(name)
    if (value === undefined) return null
    return typeof value === 'string' ? value : value.join(', ')
  }

  /** Each value by itself: for `Set-Cookie`, whose values cannot be joined. */
  getAll(name: string): readonly string[] {
    const value = this.#value(name)
    if (value === undefined) return []
    return typeof value === 'string' ? [value] : value
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  /** Pairs of lower-case name and value, a pair for each value. */
  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (const name of Object.keys(this.#values)) {
      for (const value of this.getAll(name)) yield [name, value]
    }
  }

  #value(name: string): string | string[] | undefined {
    const key = name.toLowerCase()
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined
  }
}
