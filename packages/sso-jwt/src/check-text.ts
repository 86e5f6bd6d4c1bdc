import { invalidInput } from './error.ts'

/** Checks a text that goes into a token: an id, a user name. */
export function checkText(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 1024 && !/\p{Cc}/u.test(value))
    return value
  throw invalidInput(`${field} must be a text of 1 to 1024 characters without control characters`)
}

/** Checks a number of seconds. */
export function checkSeconds(value: unknown, field: string, minimum: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum) return value
  throw invalidInput(`${field} must be a whole number of seconds, at least ${minimum}`)
}

/** Checks a number of things. */
export function checkCount(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidInput(`${field} must be a whole number, at least 1`)
}
