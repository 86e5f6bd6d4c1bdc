import { isOAuth1Error, OAuth1Error } from './errors.ts'

export function invalidInput(message: string, cause?: unknown): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', message, { cause })
}

export function invalidKey(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_KEY', message)
}

/** Reads a caller's object: what a getter or a proxy throws meanwhile is told under the argument's name. */
export function reading<Result>(argument: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    throw isOAuth1Error(cause) ? cause : invalidInput(`${argument} cannot be read`, cause)
  }
}

/** Calls a function of the caller's, which has nothing to throw. */
export function callForeign<Arguments extends readonly unknown[]>(
  argument: string,
  call: (...args: Arguments) => unknown,
  ...args: Arguments
): unknown {
  if (typeof call !== 'function') throw invalidInput(`${argument} must be a function`)
  try {
    return call(...args)
  } catch (cause) {
    throw invalidInput(`${argument} threw; see cause`, cause)
  }
}

// Guards for what callers without a type checker hand in; each names the argument.

export function requireObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidInput(`${name} must be an object`)
}

export function requireText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalidInput(`${name} must be a non-empty string`)
}

/** Members of a plain record; a `Map` or list has none, and would be lost without a word. */
export function entriesOf(name: string, record: Readonly<Record<string, string>>): [string, string][] {
  requireObject(name, record)
  return reading(name, () => {
    if (Symbol.iterator in record) throw invalidInput(`${name} must be a plain record, not a list or Map`)
    return Object.entries(record)
  })
}
