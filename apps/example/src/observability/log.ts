import { onTransportEvent } from '@ibkr-auth/transport'
import type { Session } from '@ibkr-auth/transport/session'
import type { Logger } from 'pino'

/** Headers that a program may log beside ours. Ours are never told, and secrets print as `[masked]` by themselves. */
export const redact = ['authorization', 'cookie', '["set-cookie"]'].flatMap((name) => {
  const path = name.startsWith('[') ? name : `.${name}`
  return [`headers${path}`, `*.headers${path}`, name]
})

/** Writes what requests and a session tell. Errors go by their message and code, for pino would print all of their members. */
export function logSession(logger: Logger, session: Session): () => void {
  const stops = [
    onTransportEvent('ibkr-auth:transport:call-end', (event) => logger.info(event, 'call')),
    onTransportEvent('ibkr-auth:transport:retry', (event) => logger.warn(event, 'retry')),
    session.subscribe((event) => {
      if (event.type === 'error') logger.error({ ...event, error: String(event.error) }, 'session error')
      else logger.info(event, `session ${event.type}`)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
