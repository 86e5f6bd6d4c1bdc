import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import { type QuerySigning, querySignings } from '../base-string/query-signing.ts'
import type { Signer, Verifier } from '../methods/signer.ts'
import type { Claims } from './claims.ts'
import type { NonceStore } from './nonce-store.ts'
import type { LengthLimits } from './received-request.ts'
import { type Refusal, serverFault } from './refusal.ts'

/** The server's record of a key. */
export interface KeyRecord {
  /**
   * The key with its signature method. For symmetric methods a signer, whose signature is made again and
   * compared in constant time; for RSA a verifier. A server that recognises base strings of its own gives, for the one
   * request that it is asked about, a verifier that tries them where the text it is handed does not fit.
   */
  readonly key: Signer | Verifier
  /** Stands before the signature base string of this request; never shown. IBKR: live_session_token only. */
  readonly prefix?: SecretTextLike | undefined
}

/** Choices and stores of a server. */
export interface VerifyOptions<Found extends KeyRecord = KeyRecord> {
  /** Finds the key for a consumer and token; `undefined` or `null` if there is none. What it throws is passed on. */
  readonly findKey: (claims: Claims) => Found | undefined | null | Promise<Found | undefined | null>
  /** Remembers nonces. What it throws is passed on. */
  readonly nonceStore: NonceStore
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** How far a timestamp may be off, in seconds, either way. Default 300. */
  readonly clockToleranceSeconds?: number | undefined
  /** Ways of signing the query that are accepted, tried in this order. Default `["rfc5849"]`. */
  readonly querySigning?: readonly QuerySigning[] | undefined
  /** Takes `realm=name` without quotes. Default false. */
  readonly allowUnquotedRealm?: boolean | undefined
  /** Longest `Authorization` header that is read, in characters. Default 8,192. */
  readonly maximumHeaderLength?: number | undefined
  /** Longest URL that is read, in characters. Default 8,192. */
  readonly maximumUrlLength?: number | undefined
  /** Longest form that is read, in characters (bytes of a byte body). Other bodies are not read. Default 262,144. */
  readonly maximumFormLength?: number | undefined
  /** Most parameters in query and form together. Default 1,000. */
  readonly maximumParameters?: number | undefined
}

/** The same, complete and checked. */
export interface VerifySettings<Found extends KeyRecord> {
  readonly findKey: VerifyOptions<Found>['findKey']
  /** The store's own step, read once. */
  readonly record: NonceStore['record']
  readonly nowMs: number
  readonly toleranceSeconds: number
  readonly querySigning: readonly QuerySigning[]
  readonly allowUnquotedRealm: boolean
  readonly limits: LengthLimits
  readonly maximumParameters: number
}

/**
 * Wrong options are refused with each request, by name, rather than thrown: the client gets a 500, and nobody in. What
 * the clock throws is passed on.
 */
export function readOptions<Found extends KeyRecord>(
  options: VerifyOptions<Found>,
): VerifySettings<Found> | Refusal {
  const checked = checkOptions(options)
  if ('ok' in checked) return checked
  const nowMs = checked.now()
  return Number.isFinite(nowMs)
    ? { ...checked, nowMs }
    : serverFault('now must return milliseconds since 1970')
}

type CheckedOptions<Found extends KeyRecord> = Omit<VerifySettings<Found>, 'nowMs'> & {
  readonly now: () => number
}

function checkOptions<Found extends KeyRecord>(
  options: VerifyOptions<Found>,
): CheckedOptions<Found> | Refusal {
  try {
    if (typeof options !== 'object' || options === null) return serverFault('options must be an object')
    const { findKey, nonceStore, now = Date.now, querySigning } = options
    if (typeof findKey !== 'function') return serverFault('findKey must be a function')
    const record = nonceStore?.record
    if (typeof record !== 'function') return serverFault('nonceStore must have a function record')
    if (typeof now !== 'function') return serverFault('now must be a function')
    const ways = readWays(querySigning)
    if (ways === undefined) return serverFault(`querySigning must list some of ${querySignings.join(', ')}`)
    const numbers = readNumbers(options)
    if ('ok' in numbers) return numbers
    const allowUnquotedRealm = options.allowUnquotedRealm === true
    const recorder = record.bind(nonceStore)
    return { findKey, record: recorder, now, querySigning: ways, allowUnquotedRealm, ...numbers }
  } catch {
    return serverFault('options cannot be read')
  }
}

const standardWay: readonly QuerySigning[] = ['rfc5849']

function readWays(ways: readonly QuerySigning[] | undefined): readonly QuerySigning[] | undefined {
  if (ways === undefined) return standardWay
  if (!Array.isArray(ways)) return undefined
  // A copy has no holes, which `every` would pass over, and changes no more.
  const read: readonly QuerySigning[] = [...ways]
  if (!read.every((way) => querySignings.includes(way))) return undefined
  return read.length === 0 ? standardWay : read
}

const defaults = {
  clockToleranceSeconds: 300,
  maximumHeaderLength: 8192,
  maximumUrlLength: 8192,
  maximumFormLength: 262_144,
  maximumParameters: 1000,
} as const

type Numbers = Pick<VerifySettings<KeyRecord>, 'toleranceSeconds' | 'limits' | 'maximumParameters'>

function readNumbers(options: Partial<Record<keyof typeof defaults, number | undefined>>): Numbers | Refusal {
  const numbers: Record<keyof typeof defaults, number> = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    const number = numberFrom(options[name] ?? defaults[name])
    if (number === undefined) return serverFault(`${name} must be a finite number that is not negative`)
    numbers[name] = number
  }
  const { clockToleranceSeconds: toleranceSeconds, maximumParameters } = numbers
  const { maximumHeaderLength: header, maximumUrlLength: url, maximumFormLength: body } = numbers
  return { toleranceSeconds, limits: { header, url, body }, maximumParameters }
}

/** Environment variables have numbers as texts; added to another number, such a text would be one of more digits. */
function numberFrom(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number < Number.POSITIVE_INFINITY ? number : undefined
}
