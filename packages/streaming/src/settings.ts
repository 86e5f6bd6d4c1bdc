import { type Clock, systemClock } from '@ibkr-auth/internal/clock'
import { randomBytes } from '@ibkr-auth/internal/globals'
import { isLoopback } from '@ibkr-auth/internal/loopback'
import { type ConnectionRules, defaultRules } from './connection/rules.ts'
import { type OpenSocket, type StreamDispatcher, undiciSockets } from './connection/socket.ts'
import { checkGroup, invalidInput } from './errors.ts'
import type { SomeOf, StreamOptions } from './options.ts'
import type { Limits } from './subscriptions/limits.ts'

/** Options, checked and complete. */
export interface StreamSettings {
  readonly url: string
  readonly connect: StreamOptions['connect']
  readonly onCredential: StreamOptions['onCredential']
  readonly openSocket: OpenSocket
  readonly userAgent: string
  readonly rules: ConnectionRules
  readonly limits: Limits
  readonly clock: Clock
  readonly random: () => number
}

/** @throws {StreamError} `ERR_STREAM_INVALID_INPUT`, naming the option. */
export function checkOptions(options: StreamOptions): StreamSettings {
  if (typeof options !== 'object' || options === null) throw invalidInput('options must be { url, connect }.')
  if (typeof options.connect !== 'function')
    throw invalidInput('connect must be a function that answers a ticket.')
  const { onCredential, userAgent = 'ibkr-auth', clock = systemClock, random = cryptographicRandom } = options
  if (onCredential !== undefined && typeof onCredential !== 'function')
    throw invalidInput('onCredential must be a function.')
  if (typeof userAgent !== 'string' || !/^[\x20-\x7e]{1,256}$/.test(userAgent))
    throw invalidInput('userAgent must be printable ASCII, not empty.')
  const maximumFrameBytes = wholeNumber('maximumFrameBytes', options.maximumFrameBytes ?? 4_194_304, 1024)
  return {
    url: checkUrl(options.url),
    connect: options.connect,
    onCredential,
    openSocket: checkOpenSocket(options) ?? undiciSockets(checkDispatcher(options), maximumFrameBytes),
    userAgent,
    rules: checkRules(checkGroup(options.rules ?? {}, 'rules')),
    limits: checkLimits(checkGroup(options.limits ?? {}, 'limits')),
    clock: checkClock(clock),
    random: contained(checkFunction(random, 'random')),
  }
}

function checkFunction<Given>(given: Given, name: string): Given {
  if (typeof given === 'function') return given
  throw invalidInput(`${name} must be a function.`)
}

function checkOpenSocket({ openSocket }: StreamOptions): OpenSocket | undefined {
  return openSocket === undefined ? undefined : checkFunction(openSocket, 'openSocket')
}

function checkDispatcher({ dispatcher }: StreamOptions): StreamDispatcher | undefined {
  if (dispatcher === undefined || typeof dispatcher?.dispatch === 'function') return dispatcher
  throw invalidInput("dispatcher must be one of undici's, or a transport's.")
}

function checkClock(clock: Clock): Clock {
  const parts = ['now', 'monotonicNow', 'setTimeout', 'clearTimeout'] as const
  if (parts.every((part) => typeof clock?.[part] === 'function')) return clock
  throw invalidInput(`clock must have ${parts.join(', ')}.`)
}

function checkLimits(limits: SomeOf<Limits>): Limits {
  const defaults: Limits = { marketDataLines: 100, historyRequests: 5 }
  const unknown = Object.keys(limits).find((name) => !Object.hasOwn(defaults, name))
  if (unknown !== undefined)
    throw invalidInput(`limits.${unknown} is no limit: there are ${Object.keys(defaults).join(', ')}.`)
  const { marketDataLines = 100, historyRequests = 5 } = limits
  return {
    marketDataLines: wholeNumber('limits.marketDataLines', marketDataLines, 1),
    historyRequests: wholeNumber('limits.historyRequests', historyRequests, 1),
  }
}

/** @throws {StreamError} `ERR_STREAM_INVALID_INPUT` */
export function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return signal
  throw invalidInput('signal must be an AbortSignal.')
}

/** What waits are spread by is not worth a stream. */
function contained(random: () => number): () => number {
  return () => {
    try {
      return random()
    } catch {
      return 0.5
    }
  }
}

function checkUrl(url: unknown): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  const secure = parsed?.protocol === 'wss:' || (parsed?.protocol === 'ws:' && isLoopback(parsed.hostname))
  if (parsed === undefined || !secure || /[?#]/.test(parsed.href) || parsed.username || parsed.password) {
    throw invalidInput(
      'url must be a wss URL without a query, such as wss://api.ibkr.com/v1/api/ws (ws is for loopback addresses).',
    )
  }
  return parsed.href
}

function checkRules(rules: SomeOf<ConnectionRules>): ConnectionRules {
  const given = Object.entries(rules).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!Object.hasOwn(defaultRules, name))
      throw invalidInput(`rules.${name} is no rule: there are ${Object.keys(defaultRules).join(', ')}.`)
    if (typeof value !== 'number' || !(value >= 1 && value <= 86_400_000))
      throw invalidInput(`rules.${name} must be milliseconds, 1 to 86,400,000.`)
  }
  return { ...defaultRules, ...Object.fromEntries(given) }
}

function wholeNumber(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  throw invalidInput(`${name} must be a whole number of at least ${least}.`)
}

function cryptographicRandom(): number {
  const [high = 0, low = 0] = randomBytes(2)
  return (high * 256 + low) / 65_536
}
