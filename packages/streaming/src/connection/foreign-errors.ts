import { isStreamError, StreamError } from '../errors.ts'
import { toldText } from '../told-text.ts'
import type { SocketAddress } from './socket.ts'

/** Longest wait that an error is believed, ms. */
const longestWaitMs = 900_000

/** HTTP status of a refused upgrade, by whatever opened the socket. */
export function readStatus(error: unknown): number | undefined {
  const status = memberOf(error, 'status')
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
    ? status
    : undefined
}

/** What an error of `connect()` asks to wait, ms: errors of `transport` say it as `retryAfterMs`. 0 if nothing. */
export function readRetryAfterMs(error: unknown): number {
  const waitMs = memberOf(error, 'retryAfterMs')
  return typeof waitMs === 'number' && waitMs > 0 ? Math.min(waitMs, longestWaitMs) : 0
}

/**
 * What a socket failed with, to be told: one that is not ours may hold the URL in its message, its stack or its members,
 * and with it the token.
 */
export function socketError(error: unknown, address: SocketAddress | undefined): StreamError {
  if (isStreamError(error)) return error
  const message = memberOf(error, 'message')
  const why = typeof message === 'string' ? toldText(withoutSecrets(message, address)) : ''
  return new StreamError(
    'ERR_STREAM_REFUSED',
    `The socket could not be opened: ${why || 'no reason given'}`,
    {
      status: readStatus(error),
    },
  )
}

/** Token and session are also hidden where they are too short to look like one. */
function withoutSecrets(message: string, address: SocketAddress | undefined): string {
  const token = address?.url.slice(address.url.indexOf('=') + 1) ?? ''
  const session = address?.headers.cookie?.slice('api='.length) ?? ''
  const secrets = [token, decodeURIComponent(token), session].filter((secret) => secret !== '')
  return secrets.reduce((text, secret) => text.replaceAll(secret, '[masked]'), message)
}

function memberOf(error: unknown, name: 'status' | 'retryAfterMs' | 'message'): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    return (error as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined // an error whose member throws says nothing
  }
}
