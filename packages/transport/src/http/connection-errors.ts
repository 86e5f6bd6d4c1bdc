import { isTransportError } from '../errors.ts'
import { ExchangeFailure } from './failure.ts'

const certificateProblem = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)|_(CERT|CRL)(_|$)/

const explanations: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ECONNRESET_NOT_CLOSED: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name was not found',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CLOSED: 'the dispatcher is closed',
  UND_ERR_DESTROYED: 'the dispatcher is closed',
  UND_ERR_ABORTED: 'the connection could not be made',
}

/**
 * Reads what undici, TLS or the socket said.
 *
 * @param inBody - Whether the head of a reply had come: undici gives one code to a body that is cut and to two lengths
 * in a head.
 */
export function explainError(error: Error, inBody: boolean = false): ExchangeFailure {
  if (error instanceof ExchangeFailure) return error
  if (isTransportError(error)) return new ExchangeFailure('refused', error.message, error)
  const code = codeOf(error)
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return new ExchangeFailure('timeout', 'no connection in time', error)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new ExchangeFailure('timeout', 'the reply did not come in time', error)
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ExchangeFailure(
      'too-large',
      'the head of the reply is longer than connection.maxHeaderBytes',
      error,
    )
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && !inBody) {
    return new ExchangeFailure('bad-response', 'the reply is not HTTP: its length is unclear', error)
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || isCutShort(error)) {
    return new ExchangeFailure('unreachable', 'the connection ended before the reply did', error)
  }
  if (error.name === 'HTTPParserError' || code.startsWith('HPE_')) {
    // The error itself is not passed on: it quotes the reply, which may hold a token.
    return new ExchangeFailure('bad-response', `the reply is not HTTP: ${error.message}`)
  }
  if (certificateProblem.test(code)) {
    return new ExchangeFailure(
      'untrusted',
      `the server's certificate was not accepted (${code}); name its authority in connection.tls.ca`,
      error,
    )
  }
  const told = explanations[code] ?? 'the connection failed'
  const shown = code.replace(/_NOT_CLOSED$/, '')
  return new ExchangeFailure('unreachable', code === '' ? told : `${told} (${shown})`, error)
}

/** What the parser says of chunks that end before the last one; it gives no code. */
function isCutShort(error: Error): boolean {
  return error.name === 'HTTPParserError' && error.message.includes('Invalid EOF state')
}

/** The code of an error; of an AggregateError (several addresses tried) that of the last. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error.cause
  return last instanceof Error ? codeOf(last) : ''
}
