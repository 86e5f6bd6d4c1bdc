import { type Clock, systemClock } from './clock.ts'
import { invalidInput } from './errors.ts'
import type { Store } from './store/store.ts'

/** Options with nothing left open. */
export type Settled<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

/** What all that processes share has: where, under which name, and by which clock. */
interface SharedOptions {
  readonly store: Store
  readonly key: string
  readonly pollMs?: number | undefined
  readonly storeTimeoutMs?: number | undefined
  readonly clock?: Clock | undefined
}

/** Options are an object, whatever is in it. */
export function checkOptions(options: object): void {
  if (typeof options !== 'object' || options === null) throw invalidInput('options must be an object')
}

/** The options that all have. */
export function sharedSettings(options: SharedOptions): Settled<SharedOptions> {
  checkOptions(options)
  return {
    store: usableStore(options.store),
    key: storeKey('key', options.key),
    pollMs: duration('pollMs', options.pollMs, 1_000, 10),
    storeTimeoutMs: duration('storeTimeoutMs', options.storeTimeoutMs, 2_000, 10),
    clock: usableClock(options.clock),
  }
}

function usableStore(store: Store): Store {
  callable('store.read', store?.read)
  callable('store.compareAndSet', store.compareAndSet)
  callable('store.watch', store.watch)
  return store
}

/** A clock of the caller's, or the machine's. */
function usableClock(clock: Clock | undefined): Clock {
  if (clock === undefined) return systemClock
  for (const name of ['now', 'setTimeout', 'clearTimeout'] as const) callable(`clock.${name}`, clock?.[name])
  return clock
}

/** Milliseconds within bounds. */
export function duration(name: string, value: number | undefined, standard: number, least = 1): number {
  const ms = value ?? standard
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= least && ms <= 2_147_483_647) return ms
  throw invalidInput(`${name} must be a number of milliseconds of at least ${least}`)
}

export function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw invalidInput(`${name} must be a whole number of at least ${least}`)
}

/** A key in a store: any text that is not empty, at most 512 characters; half a character has no UTF-8 and so no key. */
export function storeKey(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 512 && !/\p{Cs}/u.test(value)) return value
  throw invalidInput(`${name} must be a text of 1 to 512 characters, all of them whole`)
}

export function callable<F>(name: string, value: F): F {
  if (typeof value === 'function') return value
  throw invalidInput(`${name} must be a function`)
}

export function oneOf<T extends string>(name: string, value: T, words: readonly T[]): T {
  if (words.includes(value)) return value
  throw invalidInput(`${name} must be one of ${words.map((word) => `'${word}'`).join(', ')}`)
}
