import * as primitives from '#primitives'
import { invalidInput } from './errors.ts'

/** Gives this many random bytes from a CSPRNG. */
export type RandomBytes = (length: number) => Uint8Array

/** Only that there is one: the documents disagree on its length and alphabet. */
export function requireConsumerKey(consumerKey: unknown): void {
  if (typeof consumerKey !== 'string' || consumerKey === '')
    throw invalidInput('consumerKey must be a non-empty string.')
}

/** The members of an argument that is a bag of them. */
export function membersOf<Bag extends object>(bag: Bag, name: string): Bag {
  if (typeof bag !== 'object' || bag === null) throw invalidInput(`${name} must be an object.`)
  return bag
}

/** An option that is a function or absent. */
export function optionalFunction<Kind>(value: Kind | undefined, name: string): Kind | undefined {
  if (value !== undefined && typeof value !== 'function') throw invalidInput(`${name} must be a function.`)
  return value
}

/** Bytes of the caller's own source of randomness, which stay as they are, or of the runtime's. */
export function drawBytes(randomBytes: RandomBytes | undefined, length: number): Uint8Array {
  if (optionalFunction(randomBytes, 'randomBytes') === undefined) return primitives.randomBytes(length)
  const drawn = callRandomBytes(randomBytes as RandomBytes, length)
  if (!(drawn instanceof Uint8Array) || drawn.length !== length) {
    throw invalidInput(`randomBytes must return a Uint8Array of as many bytes as asked for, ${length} here.`)
  }
  return Uint8Array.from(drawn)
}

function callRandomBytes(randomBytes: RandomBytes, length: number): unknown {
  try {
    return randomBytes(length)
  } catch (cause) {
    throw invalidInput('randomBytes threw; it must return random bytes.', cause)
  }
}

/**
 * The time by the caller's clock in whole milliseconds. An exchange that IBKR has answered is not lost to a clock:
 * where it throws or gives no time, the runtime's own is read.
 */
export function readClock(now: (() => number) | undefined): number {
  const milliseconds = now === undefined ? Date.now() : callClock(now)
  return isTime(milliseconds) ? Math.floor(milliseconds) : Date.now()
}

function callClock(now: () => number): unknown {
  try {
    return now()
  } catch {
    return undefined
  }
}

/** A time that a `Date` can hold. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}
