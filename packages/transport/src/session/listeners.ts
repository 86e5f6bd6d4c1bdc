import type { SessionEvent, SessionListener } from './events.ts'

/** Those who hear a session's events. A listener that throws disturbs neither the session nor the others. */
export class Listeners {
  #listeners: Set<SessionListener> | undefined

  add(listener: SessionListener): () => void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => {
      this.#listeners?.delete(listener)
    }
  }

  tell(event: SessionEvent): void {
    if (this.#listeners === undefined) return
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
