import { onTransportEvent } from '@ibkr-auth/transport'
import { onSessionEvent } from '@ibkr-auth/transport/session'
import type { Logger } from 'pino'

/** Headers that a program may log beside ours, for `pino({ redact })`. Ours are never told, and secrets print as `[masked]` by themselves. */
export const redact = ['headers', '*.headers'].flatMap((headers) =>
  ['.authorization', '.cookie', '["set-cookie"]'].map((name) => headers + name),
)

/** Writes what requests and sessions of the process tell; the result ends that. */
export function logEvents(logger: Logger): () => void {
  const stops = [
    onTransportEvent('ibkr-auth:transport:call-end', (event) => logger.info(event, 'call')),
    onTransportEvent('ibkr-auth:transport:retry', (event) => logger.warn(event, 'retry')),
    onSessionEvent('ibkr-auth:session:login-end', (event) => logger.info(event, 'login')),
    onSessionEvent('ibkr-auth:session:brokerage', (event) => logger.info(event, 'brokerage session')),
    onSessionEvent('ibkr-auth:session:error', (event) => logger.error(event, 'session error')),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
