/** IBKR's market data lapses so long after it was asked for, without a word. */
const lifetimeMs = 900_000

/** Market data lines of a session. */
const mostLines = 100

/**
 * Which contracts a session has asked market data of. The first request of one only starts its stream: the fields come
 * from the second on (the "pre-flight" of IBKR's documentation).
 */
export class Subscriptions {
  readonly #lines = new WeakMap<object, Map<number, number>>()

  /** True if the stream of a contract runs; if not it is started, where a line is free. */
  request(session: object, conid: number, nowMs: number): boolean {
    const isRunning = this.isRunning(session, conid, nowMs)
    if (!isRunning) this.renew(session, conid, nowMs)
    return isRunning
  }

  /** Starts the stream of a contract anew, for another fifteen minutes; false if no line is free. */
  renew(session: object, conid: number, nowMs: number): boolean {
    const lines = this.#linesOf(session)
    for (const [other, since] of lines) {
      if (nowMs - since >= lifetimeMs) lines.delete(other)
    }
    if (!lines.has(conid) && lines.size >= mostLines) return false
    lines.set(conid, nowMs)
    return true
  }

  /** True if the stream of a contract runs, without starting it. */
  isRunning(session: object, conid: number, nowMs: number): boolean {
    const since = this.#linesOf(session).get(conid)
    return since !== undefined && nowMs - since < lifetimeMs
  }

  /** Ends the stream of a contract; false if there was none. */
  end(session: object, conid: number): boolean {
    return this.#linesOf(session).delete(conid)
  }

  endAll(session: object): void {
    this.#linesOf(session).clear()
  }

  #linesOf(session: object): Map<number, number> {
    const known = this.#lines.get(session)
    if (known !== undefined) return known
    const lines = new Map<number, number>()
    this.#lines.set(session, lines)
    return lines
  }
}
