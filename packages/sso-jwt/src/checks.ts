import { hexFromBytes, isBytes } from '@ibkr-auth/internal/bytes'
import { randomBytes } from '@ibkr-auth/internal/globals'
import { invalidInput } from './errors.ts'

/**
 * Reads the named members of an argument, each once: whatever a foreign object does later changes nothing, and whatever
 * it throws now is the argument's fault.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 */
export function readMembers<T extends object, Name extends keyof T>(
  value: T,
  argument: string,
  names: readonly Name[],
): Pick<T, Name> {
  if (typeof value !== 'object' || value === null) throw invalidInput(`${argument} must be an object`)
  const members: Partial<Pick<T, Name>> = {}
  try {
    for (const name of names) members[name] = value[name]
  } catch (cause) {
    throw invalidInput(`${argument} cannot be read`, cause)
  }
  return members as Pick<T, Name>
}

/** Elements of an argument that is a list, each read once. */
export function readList(value: unknown, argument: string): readonly unknown[] {
  try {
    if (Array.isArray(value)) return [...(value as readonly unknown[])]
  } catch (cause) {
    throw invalidInput(`${argument} cannot be read`, cause)
  }
  throw invalidInput(`${argument} must be an array`)
}

/** Calls a function of the caller's; what it throws is told under the name of the argument. */
export function callForeign<T>(argument: string, call: () => T): T {
  try {
    return call()
  } catch (cause) {
    throw invalidInput(`${argument} threw; see cause`, cause)
  }
}

/** An optional function of the caller's. */
export function checkFunction<T>(value: T, argument: string): T {
  if (value === undefined || typeof value === 'function') return value
  throw invalidInput(`${argument} must be a function`)
}

const longestText = 1024

/** True for a text that may stand in a token: an id, a user name. */
export function isText(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length > 0 && value.length <= longestText && !/\p{Cc}/u.test(value)
  )
}

/** Checks such a text. */
export function checkText(value: unknown, argument: string): string {
  if (isText(value)) return value
  throw invalidInput(
    `${argument} must be a text of 1 to ${longestText} characters without control characters`,
  )
}

const mostSeconds = 2_147_483_647

/** Checks a number of seconds. */
export function checkSeconds(
  value: unknown,
  argument: string,
  least: number,
  most: number = mostSeconds,
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalidInput(`${argument} must be a whole number of seconds, ${least} to ${most}`)
}

/** Checks a number of things. */
export function checkCount(value: unknown, argument: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidInput(`${argument} must be a whole number, at least 1`)
}

/** An optional switch, off unless it is set. */
export function checkSwitch(value: unknown, argument: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw invalidInput(`${argument} must be true or false`)
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
  const { clientId, clientKeyId } = readMembers(client, 'client, with clientId and clientKeyId,', [
    'clientId',
    'clientKeyId',
  ])
  return { clientId: checkText(clientId, 'clientId'), clientKeyId: checkText(clientKeyId, 'clientKeyId') }
}

/** The clock, for tests and for callers who correct it by a server's `Date` header. */
export interface ClockOptions {
  /** Current time in ms since 1970; fractions are dropped. @defaultValue `Date.now` */
  readonly now?: (() => number) | undefined
}

const latestTimeMs = 8.64e15 // of a JavaScript Date

/** True for a time that a clock may tell: ms since 1970. */
export function isTimeMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= latestTimeMs
}

/** Whole milliseconds since 1970. */
export function nowMs({ now }: ClockOptions): number {
  const value = callForeign('now', checkFunction(now, 'now') ?? Date.now)
  if (isTimeMs(value)) return Math.floor(value)
  throw invalidInput('now must return milliseconds since 1970')
}

/** {@link nowMs} for a reply: what the server gave is not lost to a clock, so the runtime's is read where this one is no use. */
export function replyMs(options: ClockOptions): number {
  checkFunction(options.now, 'now')
  try {
    return nowMs(options)
  } catch {
    return Date.now()
  }
}

/** Whole seconds since 1970, as NumericDate claims have them (RFC 7519 2). */
export function nowSeconds(options: ClockOptions): number {
  return Math.floor(nowMs(options) / 1000)
}

/** The source of randomness, for tests. */
export interface RandomOptions {
  /** Random bytes, as many as asked for. @defaultValue the runtime's cryptographic generator */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
}

/** 128 random bits, in hex. */
export function randomId(options: RandomOptions): string {
  const generate = checkFunction(options.randomBytes, 'randomBytes') ?? randomBytes
  const bytes: unknown = callForeign('randomBytes', () => generate(16))
  if (!isBytes(bytes) || bytes.length !== 16)
    throw invalidInput('randomBytes must return as many bytes as asked for')
  return hexFromBytes(bytes)
}

/** `jti`: a text of the caller's, or `true` for 128 random bits; nothing if none is asked for. */
export function jtiClaim(options: RandomOptions & { readonly jti?: unknown }): {
  readonly jti?: string | undefined
} {
  if (options.jti === undefined) return {}
  return { jti: options.jti === true ? randomId(options) : checkText(options.jti, 'jti') }
}

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/
export const longestBearer = 16_384

/** True for what may stand after `Bearer ` (RFC 6750 2.1). */
export function isBearerToken(text: unknown): text is string {
  return typeof text === 'string' && text.length <= longestBearer && b64token.test(text)
}
