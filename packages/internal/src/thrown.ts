/** An error as strangers may see it: its own members, as an HTTP client's configuration, may hold what was sent. */
export interface ToldError {
  /** Its `code`, if it has one. */
  readonly code: string | undefined
  readonly message: string
}

/** Codes of this project's errors: their messages name the remedy and hold no secret. */
const ownCode = /^ERR_(?:TRANSPORT|LST|OAUTH1|SSO_JWT|SHARED_SESSION|STREAM|CLI)_/

/** No message of ours is longer. */
const longestMessage = 1_000

/**
 * What may be told of a thing that was thrown: of this project's errors, also another copy's, the message; of anybody else's, whose
 * message may hold a secret, the code or the name.
 */
export function toldError(thrown: unknown): ToldError {
  const code = textOf(thrown, 'code')
  const own = code !== undefined && ownCode.test(code) ? oneLineOf(textOf(thrown, 'message')) : undefined
  return { code, message: own ?? codeOrNameOf(thrown) }
}

/** The same within a sentence: the code, and what to do where that is known. */
export function reasonOf(thrown: unknown): string {
  const { code, message } = toldError(thrown)
  return code === undefined || code === message ? message : `${code}: ${message.replace(/\.$/, '')}`
}

/** The code of a thing that was thrown, or else its name. */
export function codeOrNameOf(thrown: unknown): string {
  return textOf(thrown, 'code') ?? textOf(thrown, 'name') ?? 'no reason given'
}

/** A member of a thing that was thrown: it may be anything, and a getter of somebody else's may throw, too. */
export function memberOf(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  } catch {
    return undefined
  }
}

function textOf(thrown: unknown, name: string): string | undefined {
  const value = memberOf(thrown, name)
  return typeof value === 'string' ? value : undefined
}

function oneLineOf(message: string | undefined): string | undefined {
  return message?.slice(0, longestMessage).replace(/\s+/g, ' ').trim() || undefined
}
