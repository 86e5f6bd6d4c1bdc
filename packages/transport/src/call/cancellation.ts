import type { TransportError } from '../errors.ts'

/** One reason, once, to give up on a call; a good deal cheaper than an AbortController, which it becomes on demand. */
export class Cancellation {
  #reason: TransportError | undefined
  #listeners: ((reason: TransportError) => void)[] = []
  #controller: AbortController | undefined

  get reason(): TransportError | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  cancel(reason: TransportError): void {
    if (this.#reason) return
    this.#reason = reason
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener(reason)
    this.#controller?.abort(reason)
  }

  onCancel(listener: (reason: TransportError) => void): void {
    if (this.#reason) listener(this.#reason)
    else this.#listeners.push(listener)
  }

  removeListener(listener: (reason: TransportError) => void): void {
    const at = this.#listeners.lastIndexOf(listener)
    if (at >= 0) this.#listeners.splice(at, 1)
  }

  throwIfCancelled(): void {
    if (this.#reason) throw this.#reason
  }
}
