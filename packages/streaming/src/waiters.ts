/** Those who wait for the next moment, each until then or until its signal. */
export class Waiters {
  readonly #waiting = new Set<() => void>()

  /** Resolves with the next {@link Waiters.wake}; rejects with the signal's reason. */
  moment(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#waiting.delete(done)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const done = () => end(resolve)
      const abort = () => end(() => reject(signal?.reason))
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.add(done)
      if (signal?.aborted) abort()
    })
  }

  wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}
