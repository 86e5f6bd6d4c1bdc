import type { CredentialsInput } from './credentials/input.ts'
import { invalidInput } from './errors.ts'
import type { StrictForm } from './explain/types.ts'
import type { PacingOptions } from './state/pacing.ts'
import { type StreamOptions, type StreamSettings, streamSettings } from './ws/stream-options.ts'

/** Which treatment of query parameters counts as right. */
export type QuerySigningOption = StrictForm | 'both'

/** How a sandbox behaves; all of it optional. */
export interface SandboxOptions {
  /**
   * Credentials to take; what is left out is made anew. Several registrations, each a consumer and an OAuth 2.0 client
   * of its own, are given as a list.
   */
  readonly credentials?: CredentialsInput | readonly CredentialsInput[] | undefined
  /**
   * `rfc5849`: query and form fields are signed ("OAuth at Interactive Brokers" 6.1). `omit`: they are not (IBKR Web
   * API documentation). Default `both`.
   */
  readonly querySigning?: QuerySigningOption | undefined
  /** Takes the base strings that clients in the field are known to send, and names each. Default false. */
  readonly lenient?: boolean | undefined
  /**
   * Makes the consumer a first-party one, for which request_token, authorize and access_token answer with an error.
   * Default false.
   */
  readonly firstParty?: boolean | undefined
  /** How far `oauth_timestamp` may be from the clock, in seconds. Default 300. */
  readonly clockToleranceSeconds?: number | undefined
  /** Lifetime of a live session token, in milliseconds. Default 24 h. */
  readonly liveSessionTokenLifetimeMs?: number | undefined
  /**
   * How many live session tokens of an access token are good at once; one more pushes the oldest out, which is told as
   * `lst-replaced`. IBKR publishes no number. Default 8.
   */
  readonly liveSessionTokensPerAccessToken?: number | undefined
  /**
   * Whether a live session token or SSO bearer that ends, by time or by fault, ends the brokerage session that was
   * opened with it. IBKR publishes nothing of it. Default true.
   */
  readonly tokenEndEndsBrokerageSession?: boolean | undefined
  /** Lifetime of an OAuth 2.0 access token, in seconds. Default 86399. */
  readonly accessTokenLifetimeSeconds?: number | undefined
  /**
   * Paces as IBKR does: its limits per endpoint and username, 429, and a penalty box that each further request
   * prolongs. Default false: nobody is paced, unless a fault says so.
   */
  readonly pacing?: boolean | PacingOptions | undefined
  /** Silence after which a brokerage session ends, in milliseconds. Default 5 min. */
  readonly idleTimeoutMs?: number | undefined
  /** Lifetime of a request token, in milliseconds. Default 15 min. */
  readonly requestTokenLifetimeMs?: number | undefined
  /**
   * The address that callers are taken to have: SSO sessions asked for another one are refused. Default: addresses are
   * not compared, since every caller comes from loopback.
   */
  readonly publicAddress?: string | undefined
  /** Most nonces to remember; beyond it requests are answered with 503. Default 1,000,000. */
  readonly nonceCapacity?: number | undefined
  /** Most requests to keep in the log. Default 1,000. */
  readonly logCapacity?: number | undefined
  /** Longest body taken, in bytes. Default 1 MiB. */
  readonly maximumBodyBytes?: number | undefined
  /** Further host names to take in the Host header, such as a container's. */
  readonly allowedHosts?: readonly string[] | undefined
  /** How the WebSocket at `/v1/api/ws` behaves. */
  readonly stream?: StreamOptions | undefined
  /** Seed of the randomness in faults, so that a failure replays. Default 1. */
  readonly seed?: number | undefined
  /** Clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Waits for a delay fault, in milliseconds, until `signal` aborts at the latest. Default: a timer. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
}

/** Options of a sandbox without a socket. */
export interface CreateSandboxOptions extends SandboxOptions {
  /** Where clients believe to be calling: scheme, host and port. Default `https://api.ibkr.com`. */
  readonly origin?: string | undefined
}

/** Options of a sandbox that listens. */
export interface StartSandboxOptions extends SandboxOptions {
  /** Default 0: a free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
  /**
   * Listens with TLS: a certificate for localhost, 127.0.0.1 and ::1 is made at the start, signed by an authority whose
   * certificate is `credentials.certificateAuthority`. Default false.
   */
  readonly tls?: boolean | undefined
  /** Needed for a host that is not loopback: the sandbox is for tests and gives its log to anybody. */
  readonly allowNonLoopback?: boolean | undefined
}

/** Options with nothing left open. */
export interface Settings {
  readonly strictForms: readonly StrictForm[]
  readonly lenient: boolean
  readonly firstParty: boolean
  readonly clockToleranceSeconds: number
  readonly liveSessionTokenLifetimeMs: number
  readonly liveSessionTokensPerAccessToken: number
  readonly tokenEndEndsBrokerageSession: boolean
  readonly accessTokenLifetimeSeconds: number
  /** Undefined where nobody is paced. */
  readonly pacing: PacingOptions | undefined
  readonly idleTimeoutMs: number
  readonly requestTokenLifetimeMs: number
  readonly publicAddress: string | undefined
  readonly nonceCapacity: number
  readonly logCapacity: number
  readonly maximumBodyBytes: number
  readonly allowedHosts: readonly string[]
  readonly stream: StreamSettings
  readonly seed: number
  readonly now: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

const dayMs = 86_400_000

/** Checks options and fills in defaults. */
export function settingsFrom(options: SandboxOptions): Settings {
  if (typeof options !== 'object' || options === null) throw invalidInput('options must be an object')
  return {
    strictForms: strictForms(options.querySigning ?? 'both'),
    lenient: options.lenient ?? false,
    firstParty: options.firstParty ?? false,
    clockToleranceSeconds: positive('clockToleranceSeconds', options.clockToleranceSeconds ?? 300),
    liveSessionTokenLifetimeMs: positive(
      'liveSessionTokenLifetimeMs',
      options.liveSessionTokenLifetimeMs ?? dayMs,
    ),
    liveSessionTokensPerAccessToken: positive(
      'liveSessionTokensPerAccessToken',
      options.liveSessionTokensPerAccessToken ?? 8,
    ),
    tokenEndEndsBrokerageSession: options.tokenEndEndsBrokerageSession ?? true,
    accessTokenLifetimeSeconds: positive(
      'accessTokenLifetimeSeconds',
      options.accessTokenLifetimeSeconds ?? 86_399,
    ),
    pacing: pacing(options.pacing ?? false),
    idleTimeoutMs: positive('idleTimeoutMs', options.idleTimeoutMs ?? 300_000),
    requestTokenLifetimeMs: positive('requestTokenLifetimeMs', options.requestTokenLifetimeMs ?? 900_000),
    publicAddress: options.publicAddress,
    nonceCapacity: positive('nonceCapacity', options.nonceCapacity ?? 1_000_000),
    logCapacity: positive('logCapacity', options.logCapacity ?? 1_000),
    maximumBodyBytes: positive('maximumBodyBytes', options.maximumBodyBytes ?? 1_048_576),
    allowedHosts: options.allowedHosts ?? [],
    stream: streamSettings(options.stream ?? {}),
    seed: integer('seed', options.seed ?? 1),
    now: options.now ?? Date.now,
    wait: options.wait ?? wait,
  }
}

function strictForms(option: QuerySigningOption): readonly StrictForm[] {
  if (option === 'both') return ['rfc5849', 'omit']
  if (option === 'rfc5849' || option === 'omit') return [option]
  throw invalidInput('querySigning must be "rfc5849", "omit" or "both"')
}

function pacing(option: boolean | PacingOptions): PacingOptions | undefined {
  if (typeof option === 'boolean') return option ? {} : undefined
  if (option.penaltyMs !== undefined) positive('pacing.penaltyMs', option.penaltyMs)
  return option
}

function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw invalidInput(`${name} must be a positive integer`)
  return value
}

function integer(name: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw invalidInput(`${name} must be an integer`)
  return value
}

/** Over at once where the sandbox is closed: nothing then waits for the answer. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
