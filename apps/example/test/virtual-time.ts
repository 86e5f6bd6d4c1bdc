import type { Sandbox } from '@ibkr-auth/sandbox'
import type { Clock, DispatchController, DispatchHandler, HttpDispatcher } from '@ibkr-auth/transport'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/** Turns of the event loop in which nothing happens before time goes on: what a reply sets off has run by then. */
const quietTurns = 25

/** A day in seconds: time stands still while a sandbox answers or code runs, and then goes on to the next timer. */
export class VirtualTime implements Clock {
  readonly #startMs: number
  readonly #timers = new Set<Timer>()
  #elapsedMs = 0
  #underWay = 0

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  readonly now = (): number => this.#startMs + this.#elapsedMs

  readonly monotonicNow = (): number => this.#elapsedMs

  readonly setTimeout = (callback: () => void, delayMs: number): unknown => {
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return timer
  }

  readonly clearTimeout = (handle: unknown): void => {
    this.#timers.delete(handle as Timer)
  }

  /** Carries requests to a sandbox without a socket; a reply takes 20 ms. */
  dispatcherTo(sandbox: Sandbox): HttpDispatcher {
    return {
      dispatch: (request, handler) => {
        const pairs = request.headers.flatMap((name, at): [string, string][] =>
          at % 2 === 0 ? [[name, request.headers[at + 1] ?? '']] : [],
        )
        const body = request.body === null ? null : new Uint8Array(Buffer.from(request.body))
        const sent = new Request(request.origin + request.path, {
          method: request.method,
          headers: pairs.filter(([name]) => name !== 'content-length'),
          body,
        })
        void this.#carry(() => sandbox.handle(sent), handler)
        return true
      },
    }
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms
    for (;;) {
      await this.#quiet()
      const next = [...this.#timers].reduce<Timer | undefined>(
        (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
        undefined,
      )
      if (next === undefined || next.atMs > untilMs) break
      this.#timers.delete(next)
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs)
      next.callback()
    }
    this.#elapsedMs = untilMs
  }

  async #quiet(): Promise<void> {
    for (let turns = 0; turns < quietTurns; turns += 1) {
      await new Promise(setImmediate)
      if (this.#underWay > 0) turns = 0
    }
  }

  async #carry(answer: () => Promise<Response>, handler: DispatchHandler): Promise<void> {
    const controller: DispatchController = { abort: ignore, pause: ignore, resume: ignore }
    this.#underWay += 1
    handler.onRequestStart(controller, {})
    const response = await answer()
    const bytes = new Uint8Array(await response.arrayBuffer())
    this.#underWay -= 1
    this.setTimeout(() => {
      handler.onResponseStart(controller, response.status, Object.fromEntries(response.headers))
      handler.onResponseData(controller, bytes)
      handler.onResponseEnd(controller, {})
    }, 20)
  }
}

function ignore(): void {
  // A day without requests that are given up.
}
