import { defaultClockSkewLimitMs } from '../call/settings.ts'
import {
  checkClock,
  checkCount,
  checkDuration,
  checkFlag,
  checkFunction,
  checkGroup,
  checkLasting,
  checkText,
  invalidInput,
} from '../checks.ts'
import { systemClock } from '../clock.ts'
import { type Pacing, sharedPacing } from '../pacing/pacing.ts'
import { systemRandom } from '../random.ts'
import { type Timers, timersOf } from '../timer-heap.ts'
import type { Backoff } from './backoff.ts'
import type { BrokerageRules } from './brokerage-state.ts'
import type { CredentialRules } from './credential-state.ts'
import type { BrokerageLeadership } from './leadership.ts'
import { checkMaintenance, ibkrMaintenanceWindows, type MaintenanceWindow } from './maintenance.ts'
import type { BackoffOptions, BrokerageOptions, RenewalOptions, SessionOptions } from './options.ts'

/** A session's options, checked and complete. */
export interface SessionSettings {
  readonly timers: Timers
  /** As it was given: foreign code. */
  readonly random: () => number
  readonly renewal: { readonly aheadMs: number; readonly timeoutMs: number }
  readonly credential: CredentialRules
  /** Paths that are asked whether the credential is good. */
  readonly probe: readonly string[]
  /** Undefined if the caller looks after it. */
  readonly brokerage: BrokerageRules | undefined
  readonly leadership: BrokerageLeadership | undefined
  /** Undefined if nothing is paced. */
  readonly pacing: Pacing | undefined
  readonly maintenance: readonly MaintenanceWindow[]
  /** The caller's own, which counts always. */
  readonly isPermanent: ((error: unknown) => boolean) | undefined
  readonly logout: boolean
  readonly clockSkewLimitMs: number
  readonly closeTimeoutMs: number
}

const hourMs = 3_600_000
/** IBKR ends a brokerage session after more than five minutes of silence. */
const longestSilenceMs = 300_000

/** Checks options and fills in the defaults. */
export function resolveSessionSettings(options: SessionOptions): SessionSettings {
  checkGroup('options', options ?? null)
  if (typeof options.establish !== 'function')
    throw invalidInput('establish must be a function that obtains a credential')
  if ('authorize' in options)
    throw invalidInput('authorize is no option of a session: the credential that establish obtains has it')
  checkText('username', options.username)
  checkText('egress', options.egress)
  checkGroup('renewal', options.renewal)
  checkGroup('logins', options.logins)
  checkClock(options.clock)
  if (options.brokerage !== false) checkGroup('brokerage', options.brokerage)
  const clock = options.clock ?? systemClock
  const pacing = options.pacing ?? sharedPacing(clock)
  const brokerage = options.brokerage === false ? undefined : (options.brokerage ?? {})
  const probe = checkProbe(options.probe ?? defaultProbe(brokerage !== undefined))
  return {
    timers: timersOf(clock),
    random: checkFunction('random', options.random) ?? systemRandom,
    renewal: {
      aheadMs: checkDuration('renewal.aheadMs', options.renewal?.aheadMs ?? 600_000),
      timeoutMs: checkLasting('renewal.timeoutMs', options.renewal?.timeoutMs ?? 30_000, hourMs),
    },
    credential: { ...resolveRenewal(options), probes: probe.length },
    probe,
    brokerage: brokerage && resolveBrokerage(brokerage),
    leadership: checkFunctions('brokerage.leadership', brokerage?.leadership, ['publish', 'subscribe']),
    pacing: pacing === false ? undefined : checkFunctions('pacing', pacing, ofPacing),
    maintenance: checkMaintenance(options.maintenance ?? ibkrMaintenanceWindows),
    isPermanent: checkFunction('isPermanent', options.isPermanent),
    logout: checkFlag('logout', options.logout) ?? true,
    clockSkewLimitMs: checkDuration('clockSkewLimitMs', options.clockSkewLimitMs ?? defaultClockSkewLimitMs),
    closeTimeoutMs: checkDuration('closeTimeoutMs', options.closeTimeoutMs ?? 5_000),
  }
}

const ofPacing = [
  'acquire',
  'penalize',
  'pardon',
  'penaltyUntilMs',
  'queued',
  'waits',
  'drop',
  'hold',
  'subscribe',
] as const

/** Makes sure that a part of the caller's own, if it is given, has the functions that it is called with. */
function checkFunctions<Part extends object | undefined>(
  field: string,
  part: Part,
  names: readonly (string & keyof NonNullable<Part>)[],
): Part {
  if (part === undefined) return part
  const missing =
    typeof part === 'object' && part !== null
      ? names.find((name) => typeof (part as NonNullable<Part>)[name] !== 'function')
      : names[0]
  if (missing !== undefined) throw invalidInput(`${field} must have a function ${missing}`)
  return part
}

function defaultProbe(hasBrokerage: boolean): readonly string[] {
  return hasBrokerage ? ['/iserver/auth/status', '/tickle'] : ['/tickle', '/tickle']
}

function checkProbe(paths: readonly string[]): readonly string[] {
  if (
    !Array.isArray(paths) ||
    paths.some((path: unknown) => typeof path !== 'string' || !/^\/[^\s?#]*$/.test(path))
  ) {
    throw invalidInput('probe must be a list of paths that begin with a slash and have no query')
  }
  return paths
}

function resolveRenewal({ renewal = {}, logins = {} }: SessionOptions): Omit<CredentialRules, 'probes'> {
  const own: RenewalOptions = renewal
  return {
    backoff: resolveBackoff('renewal', own.backoff),
    patience: checkCount('renewal.patience', own.patience ?? 3, 1),
    logins: {
      size: checkCount('logins.size', logins.size ?? 5, 1),
      refillMs: checkLasting('logins.refillMs', logins.refillMs ?? 180_000, hourMs),
    },
  }
}

function resolveBrokerage(own: BrokerageOptions): BrokerageRules {
  const takeOver = own.takeOver ?? 'own'
  if (!['own', 'never', 'always'].includes(takeOver)) {
    throw invalidInput("brokerage.takeOver must be 'own', 'never' or 'always'")
  }
  if ('compete' in own)
    throw invalidInput(
      "brokerage.compete is no option: say takeOver: 'always', or openBrokerage({ takeOver: true })",
    )
  return {
    takeOver,
    settleMs: checkDuration('brokerage.settleMs', own.settleMs ?? 3_000, hourMs),
    accountsPauseMs: checkDuration('brokerage.accountsPauseMs', own.accountsPauseMs ?? 1_000, hourMs),
    accountsAttempts: checkCount('brokerage.accountsAttempts', own.accountsAttempts ?? 5, 1),
    keepAliveMs: checkKeepAlive(own.keepAliveMs ?? 60_000),
    backoff: resolveBackoff('brokerage', own.backoff),
    patience: checkCount('brokerage.patience', own.patience ?? 3, 1),
  }
}

function checkKeepAlive(keepAliveMs: number): number {
  if (typeof keepAliveMs === 'number' && keepAliveMs > 0 && keepAliveMs <= longestSilenceMs)
    return keepAliveMs
  throw invalidInput(
    `brokerage.keepAliveMs must be a number of milliseconds above 0, and at most ${longestSilenceMs}: IBKR ends a brokerage session after five minutes of silence`,
  )
}

function resolveBackoff(of: string, own: BackoffOptions = {}): Backoff {
  checkGroup(`${of}.backoff`, own)
  const baseMs = checkLasting(`${of}.backoff.baseMs`, own.baseMs ?? 1_000, hourMs)
  const maxMs = checkLasting(`${of}.backoff.maxMs`, own.maxMs ?? Math.max(baseMs, 300_000), hourMs)
  if (maxMs < baseMs) throw invalidInput(`${of}.backoff.maxMs must not be below its baseMs`)
  return { baseMs, maxMs }
}
