/** Codes of this project's own errors: their messages name the remedy and hold no secret. */
const ownCode = /^ERR_(?:TRANSPORT|LST|OAUTH1|SSO_JWT|SHARED_SESSION|STREAM|CLI)_/

/** No message of ours is longer. */
const longestReason = 1_000

/**
 * What was thrown, in words for a message: of this project's errors, also another copy's, the code and what to do; of anybody else's,
 * whose message may hold a secret, the code or the name.
 */
export function reasonOf(thrown: unknown): string {
  const code = readMember(thrown, 'code')
  if (typeof code === 'string') return ownCode.test(code) ? withMessage(code, thrown) : code
  const name = isError(thrown) ? readMember(thrown, 'name') : undefined
  return typeof name === 'string' ? name : 'no reason given'
}

function withMessage(code: string, thrown: unknown): string {
  const message = readMember(thrown, 'message')
  if (typeof message !== 'string') return code
  const line = message.slice(0, longestReason).replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line === '' ? code : `${code}: ${line}`
}

/** A member of what somebody else has thrown: its getter may throw, too. */
export function readMember(thrown: unknown, name: string): unknown {
  try {
    return typeof thrown === 'object' && thrown !== null
      ? (thrown as Record<string, unknown>)[name]
      : undefined
  } catch {
    return undefined
  }
}

/** The HTTP status that an error carries, if it does. */
export function statusOf(thrown: unknown): number | undefined {
  const status = readMember(thrown, 'status')
  return typeof status === 'number' ? status : undefined
}

/** A server's wish is believed up to here, in milliseconds: IBKR's own penalties are no longer. */
const longestWishMs = 900_000

/** The server's own wish, if an error carries one that can be meant, in milliseconds. */
export function retryAfterMsOf(thrown: unknown): number {
  const wish = readMember(thrown, 'retryAfterMs')
  return typeof wish === 'number' && wish > 0 ? Math.min(wish, longestWishMs) : 0
}

/** What was thrown may be anything: even to ask a proxy what it is may throw. */
function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error
  } catch {
    return false
  }
}
