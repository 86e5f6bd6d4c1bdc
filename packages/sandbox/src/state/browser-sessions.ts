import { hexText } from '../credentials/random-text.ts'
import { ExpiringMap } from './expiring-map.ts'

/** The session behind a browser URL: good once, for 60 s. */
export interface BrowserSession {
  readonly username: string
  readonly expiresAtMs: number
  used: boolean
}

/** How long the URL of a browser session opens, in milliseconds. */
export const browserSessionLifetimeMs = 60_000

/** Browser sessions by the id in their URL. */
export class BrowserSessions {
  readonly #sessions = new ExpiringMap<BrowserSession>(10_000)

  /** The id for the URL; undefined if there is no room for another one. */
  open(username: string, nowMs: number): string | undefined {
    const id = hexText(16)
    const session = { username, expiresAtMs: nowMs + browserSessionLifetimeMs, used: false }
    return this.#sessions.set(id, session, nowMs) ? id : undefined
  }

  /** Uses the URL up; undefined if it was used before or is too old. */
  use(id: string, nowMs: number): BrowserSession | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined || session.used || session.expiresAtMs <= nowMs) return undefined
    session.used = true
    return session
  }
}
