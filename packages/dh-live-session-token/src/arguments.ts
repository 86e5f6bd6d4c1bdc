import { invalidInput } from './errors.ts'

/** Only that there is one: the documents disagree on its length and alphabet. */
export function requireConsumerKey(consumerKey: unknown): void {
  if (typeof consumerKey !== 'string' || consumerKey === '')
    throw invalidInput('consumerKey must be a non-empty string.')
}

/** Members of an argument that is a bag of them, each read once: an accessor may throw, or answer otherwise next time. */
export function membersOf<Bag extends object, Name extends keyof Bag>(
  bag: Bag,
  name: string,
  ...members: readonly Name[]
): Pick<Bag, Name> {
  if (typeof bag !== 'object' || bag === null) throw invalidInput(`${name} must be an object.`)
  try {
    return Object.fromEntries(members.map((member) => [member, bag[member]])) as Pick<Bag, Name>
  } catch (cause) {
    throw invalidInput(`${name} cannot be read.`, cause)
  }
}

/** A copy of a list of texts; absent is empty. */
export function textsIn(list: readonly string[] | undefined, name: string): readonly string[] {
  if (list === undefined) return []
  try {
    const copy: unknown[] = Array.isArray(list) ? [...list] : [undefined]
    if (copy.every((text) => typeof text === 'string')) return copy
  } catch (cause) {
    throw invalidInput(`${name} cannot be read.`, cause)
  }
  throw invalidInput(`${name} must be a list of texts.`)
}

/** An option that is a function or absent. */
export function optionalFunction<Kind>(value: Kind | undefined, name: string): Kind | undefined {
  if (value !== undefined && typeof value !== 'function') throw invalidInput(`${name} must be a function.`)
  return value
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
