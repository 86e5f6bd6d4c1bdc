/** A bounded map whose entries expire. When it is full of live entries it takes no more, rather than forget one. */
export class ExpiringMap<Value extends { readonly expiresAtMs: number }> {
  readonly #entries = new Map<string, Value>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  /** The entry, expired or not: that something has expired is worth telling. */
  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  /** False if the map is full. */
  set(key: string, value: Value, nowMs: number): boolean {
    if (this.#entries.size >= this.#capacity) this.#dropExpired(nowMs)
    if (this.#entries.size >= this.#capacity) return false
    this.#entries.set(key, value)
    return true
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  values(): IterableIterator<Value> {
    return this.#entries.values()
  }

  #dropExpired(nowMs: number): void {
    for (const [key, value] of this.#entries) if (value.expiresAtMs <= nowMs) this.#entries.delete(key)
  }
}
