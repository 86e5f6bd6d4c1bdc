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

/** Makes sure that an option is a function, if it is there. */
export function checkFunction<Given>(name: string, value: Given): Given {
  if (value === undefined || typeof value === 'function') return value
  throw invalidInput(`${name} must be a function`)
}
