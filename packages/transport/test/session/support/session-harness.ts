import { createSession } from '../../../src/session/create-session.ts'
import type { EstablishContext, SessionCredential } from '../../../src/session/credential.ts'
import type { SessionEvent } from '../../../src/session/events.ts'
import type { SessionOptions } from '../../../src/session/options.ts'
import type { Session } from '../../../src/session/session.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { ModelServer } from './model-server.ts'

export interface SessionHarness {
  readonly clock: VirtualClock
  readonly server: ModelServer
  readonly session: Session
  readonly events: SessionEvent[]
  /** Calls of `establish()` so far, and the most that ran at once. */
  readonly establishing: { calls: number; running: number; most: number }
  /** Tokens that the session has released, and when. */
  readonly released: Map<string, number>
}

/** A Wednesday at 14:00 in New York, far from every window of the calendar. */
export const quietTimeMs: number = Date.UTC(2026, 0, 7, 19)

/** A session in virtual time against the model, with jitter in the middle unless told otherwise. */
export function createSessionHarness(
  options: Partial<SessionOptions> = {},
  clock: VirtualClock = new VirtualClock(quietTimeMs),
): SessionHarness {
  const server = new ModelServer(clock)
  const establishing = { calls: 0, running: 0, most: 0 }
  const released = new Map<string, number>()
  const events: SessionEvent[] = []
  const session = createSession({
    baseUrl: 'https://api.ibkr.com/v1/api',
    dispatcher: server.dispatcher,
    clock,
    random: () => 0.5,
    username: 'model',
    establish: async (context) => {
      establishing.calls += 1
      establishing.running += 1
      establishing.most = Math.max(establishing.most, establishing.running)
      try {
        return await exchange(context, released, clock)
      } finally {
        establishing.running -= 1
      }
    },
    ...options,
  })
  session.subscribe((event) => events.push(event))
  return { clock, server, session, events, establishing, released }
}

/** The model's exchange: one request without a credential, whose reply names token and expiry. */
export async function exchange(
  { transport }: EstablishContext,
  released: Map<string, number>,
  clock: VirtualClock,
): Promise<SessionCredential & { readonly token: string }> {
  const reply = await transport.request({ method: 'POST', url: '/oauth/live_session_token' })
  const { token, expiresAtMs } = reply.json<{ token: string; expiresAtMs: number }>()
  return {
    token,
    expiresAtMs,
    authorize: () => {
      if (released.has(token)) throw new Error(`${token} was asked to sign after it was released`)
      return { authorization: `Token ${token}` }
    },
    close: () => {
      released.set(token, clock.now())
    },
  }
}

/** The moves of one of the two tables, as `from > to`. */
export function moves(events: readonly SessionEvent[], type: 'state' | 'brokerage'): string[] {
  return events.flatMap((event) => (event.type === type ? [`${event.from} > ${event.to}`] : []))
}
