import type { Lane } from './limits.ts'
import type { PacingPermit, PacingRequest } from './request.ts'

/** A request that waits. */
export class Waiting {
  readonly request: PacingRequest
  readonly lane: Lane
  /** In monotonic time. */
  readonly sinceMs: number
  readonly #resolve: (permit: PacingPermit) => void
  readonly #reject: (error: unknown) => void
  #signal: AbortSignal | undefined
  #onAbort: (() => void) | undefined

  constructor(
    request: PacingRequest,
    lane: Lane,
    sinceMs: number,
    resolve: (permit: PacingPermit) => void,
    reject: (error: unknown) => void,
  ) {
    this.request = request
    this.lane = lane
    this.sinceMs = sinceMs
    this.#resolve = resolve
    this.#reject = reject
  }

  /**
   * From now on its signal ends the wait. A session makes the signal for whoever asks for it, which costs more than the whole way to
   * the store: so only those are asked that wait for longer than that.
   *
   * @param leave - Takes it out of the queue; false if it does not wait any more.
   */
  heedSignal(leave: (waiting: Waiting) => boolean): void {
    if (this.#onAbort !== undefined) return
    const onAbort = (): void => {
      if (leave(this)) this.refuse(signal?.reason)
    }
    const { signal } = this.request
    this.#onAbort = onAbort
    this.#signal = signal
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  }

  grant(permit: PacingPermit): void {
    this.#ignoreSignal()
    this.#resolve(permit)
  }

  refuse(error: unknown): void {
    this.#ignoreSignal()
    this.#reject(error)
  }

  #ignoreSignal(): void {
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
