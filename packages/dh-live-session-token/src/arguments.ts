import { isBytes } from '@ibkr-auth/internal/bytes'
import { revealed } from '@ibkr-auth/internal/secret'
import { isLiveSessionTokenError, LiveSessionTokenError } from './errors.ts'

// What callers hand in: all of it is foreign code until it has been read.

/** @param message - Names the argument and what it must be. */
export function invalidInput(message: string, cause?: unknown): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_INPUT', message, { cause })
}

/** Makes the error for an argument. */
type Invalid = (message: string, cause?: unknown) => LiveSessionTokenError

/** What comes of asking an argument; whatever it throws is told by its name. */
export function ask<Answer>(name: string, question: () => Answer, invalid: Invalid = invalidInput): Answer {
  try {
    return question()
  } catch (cause) {
    throw isLiveSessionTokenError(cause) ? cause : invalid(`${name} cannot be read.`, cause)
  }
}

/** Members of an argument that is a bag of them, each read once: an accessor may throw, or answer otherwise next time. */
export function membersOf<Bag extends object, Name extends keyof Bag>(
  bag: Bag,
  name: string,
  members: readonly Name[],
  invalid: Invalid = invalidInput,
): Pick<Bag, Name> {
  if (typeof bag !== 'object' || bag === null) throw invalid(`${name} must be an object.`)
  const read = (): object => Object.fromEntries(members.map((member) => [member, bag[member]]))
  return ask(name, read, invalid) as Pick<Bag, Name>
}

/**
 * The bytes of a secret, bare or handed out by `reveal()`; not a copy.
 *
 * @throws Whatever a foreign `reveal()` throws.
 */
export function bytesOf(secret: unknown, field: string): Uint8Array {
  const bytes = revealed(secret)
  if (isBytes(bytes) && bytes.length > 0) return bytes
  throw invalidInput(`${field} must be a non-empty Uint8Array or { reveal() } of one.`)
}

/** A copy of a list of texts; absent is empty. */
export function textsIn(list: readonly string[] | undefined, name: string): readonly string[] {
  if (list === undefined) return []
  const copy = ask<readonly unknown[]>(name, () => (Array.isArray(list) ? [...list] : [undefined]))
  if (copy.every((text) => typeof text === 'string')) return copy
  throw invalidInput(`${name} must be a list of texts.`)
}

/** An option that is a function or absent. */
export function requireFunction(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'function') throw invalidInput(`${name} must be a function.`)
}

/** Only that there is one: the documents disagree on its length and alphabet. */
export function requireConsumerKey(consumerKey: unknown): void {
  if (typeof consumerKey !== 'string' || consumerKey === '')
    throw invalidInput('consumerKey must be a non-empty string.')
}

/**
 * The time by the caller's clock in whole milliseconds. An exchange that IBKR has answered is not lost to a clock:
 * where it throws or gives no time, the runtime's own is read.
 */
export function readClock(now: () => number = Date.now): number {
  let milliseconds: unknown
  try {
    milliseconds = now()
  } catch {
    // As if it had given no time.
  }
  return isTime(milliseconds) ? Math.floor(milliseconds) : Date.now()
}

/** A time that a `Date` can hold. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}
