import type { Clock } from './clock.ts'
import { TransportError } from './errors.ts'

/** Beyond this a timer of Node's fires at once. */
const longestDelayMs = 2 ** 31 - 1

/** Something that a caller gave and cannot have meant; the message names the field, and never quotes a secret. */
export function invalidInput(message: string, cause?: unknown): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', message, { cause })
}

/** Makes sure that an option is a number from 0 up. */
export function checkNumber(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw invalidInput(`${name} must be a number from 0 up`)
}

/** Makes sure that an option counts something: a whole number. */
export function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw invalidInput(`${name} must be a whole number of at least ${least}`)
}

/** Makes sure that an option is a duration that can be waited for, in milliseconds. */
export function checkDuration(name: string, value: number, mostMs: number = longestDelayMs): number {
  if (typeof value === 'number' && value >= 0 && value <= mostMs) return value
  throw invalidInput(`${name} must be a number of milliseconds from 0 to ${mostMs}`)
}

/** Makes sure that an option is a duration that passes at all. */
export function checkLasting(name: string, value: number, mostMs: number = longestDelayMs): number {
  if (checkDuration(name, value, mostMs) > 0) return value
  throw invalidInput(`${name} must be a number of milliseconds above 0`)
}

/** Makes sure that an option is a function, if it is there. */
export function checkFunction<Given>(name: string, value: Given): Given {
  if (value === undefined || typeof value === 'function') return value
  throw invalidInput(`${name} must be a function`)
}

/** Makes sure that an option is true or false, if it is there: `'false'` would count as true. */
export function checkFlag<Given>(name: string, value: Given): Given {
  if (value === undefined || typeof value === 'boolean') return value
  throw invalidInput(`${name} must be true or false`)
}

/** Makes sure that an option is text that says something, if it is there: an empty one comes from a variable that is not set. */
export function checkText<Given>(name: string, value: Given): Given {
  if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value
  throw invalidInput(`${name} must be a string that is not empty`)
}

/** Makes sure that a group of options, if it is there, has its members by name: those of a list, a Map or Headers would be overlooked. */
export function checkGroup<Given>(name: string, value: Given): Given {
  if (value === undefined) return value
  if (typeof value === 'object' && value !== null && !(Symbol.iterator in value)) return value
  throw invalidInput(
    `${name} must be an object with its members by name; of a list of pairs, Object.fromEntries() makes one`,
  )
}

/** Makes sure that an option is a list of something, if it is there. */
export function checkList<Given>(
  name: string,
  value: Given,
  of: string,
  fits: (one: unknown) => boolean,
): Given {
  if (value === undefined || (Array.isArray(value) && value.every(fits))) return value
  throw invalidInput(`${name} must be a list of ${of}`)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Makes sure that a clock, if it is there, can be read and waited by. */
export function checkClock(clock: Partial<Clock> | undefined): void {
  checkGroup('clock', clock)
  if (clock === undefined) return
  const missing = (['now', 'setTimeout', 'clearTimeout'] as const).find(
    (name) => typeof clock[name] !== 'function',
  )
  if (missing !== undefined) throw invalidInput(`clock must have a function ${missing}`)
  checkFunction('clock.monotonicNow', clock.monotonicNow)
}
