import { invalidInput } from './error.ts'
import { randomBytes } from './host.ts'

/** Checks an argument that is an object. */
export function checkObject<T extends object>(value: T, name: string): T {
  if (typeof value === 'object' && value !== null) return value
  throw invalidInput(`${name} must be an object`)
}

/** Checks a text that goes into a token: an id, a user name. */
export function checkText(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 1024 && !/\p{Cc}/u.test(value))
    return value
  throw invalidInput(`${field} must be a text of 1 to 1024 characters without control characters`)
}

const maximumSeconds = 2_147_483_647

/** Checks a number of seconds. */
export function checkSeconds(value: unknown, field: string, minimum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximumSeconds)
    return value
  throw invalidInput(`${field} must be a whole number of seconds, ${minimum} to ${maximumSeconds}`)
}

/** Checks a number of things. */
export function checkCount(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidInput(`${field} must be a whole number, at least 1`)
}

/** What IBKR gives out for a registered public key. */
export interface ClientIdentity {
  /** `clientId`: the `iss` of every token, and the `sub` of assertions. */
  readonly clientId: string
  /** `clientKeyId`: the `kid` header of every token. */
  readonly clientKeyId: string
}

/** The two ids, checked. */
export function checkClient(client: ClientIdentity): ClientIdentity {
  const { clientId, clientKeyId } = checkObject(client, 'client, with clientId and clientKeyId,')
  return { clientId: checkText(clientId, 'clientId'), clientKeyId: checkText(clientKeyId, 'clientKeyId') }
}

/** The clock, for tests and for callers who correct it by a server's `Date` header. */
export interface ClockOptions {
  /** Current time in ms since 1970. @defaultValue `Date.now` */
  readonly now?: () => number
}

/** Milliseconds since 1970. */
export function nowMs(options: ClockOptions): number {
  const value = (options.now ?? Date.now)()
  if (Number.isFinite(value) && value >= 0) return value
  throw invalidInput('now must return milliseconds since 1970')
}

/** Whole seconds since 1970, as NumericDate claims have them (RFC 7519 2). */
export function nowSeconds(options: ClockOptions): number {
  return Math.floor(nowMs(options) / 1000)
}

/** The source of randomness, for tests. */
export interface RandomOptions {
  /** Random bytes, as many as asked for. @defaultValue the runtime's cryptographic generator */
  readonly randomBytes?: (length: number) => Uint8Array
}

/** 128 random bits, in hex. */
export function randomId(options: RandomOptions): string {
  const bytes = (options.randomBytes ?? randomBytes)(16)
  if (!(bytes instanceof Uint8Array) || bytes.length !== 16)
    throw invalidInput('randomBytes must return as many bytes as asked for')
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
