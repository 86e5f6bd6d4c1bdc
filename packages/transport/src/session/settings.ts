import { webcrypto } from 'node:crypto'
import { checkNumber, defaultClockSkewLimitMs } from '../call/settings.ts'
import { systemClock } from '../clock.ts'
import { TransportError } from '../errors.ts'
import { type Pacing, sharedPacing } from '../pacing/pacing.ts'
import { type Timers, timersOf } from '../timer-heap.ts'
import type { Backoff } from './backoff.ts'
import type { BrokerageSettings } from './brokerage.ts'
import type { KeeperSettings } from './credential-keeper.ts'
import { ibkrMaintenanceWindows, type MaintenanceWindow } from './maintenance.ts'
import type { BackoffOptions, BrokerageOptions, RenewalOptions, SessionOptions } from './options.ts'
import { isPermanentByDefault } from './permanent.ts'

/** A session's options, checked and complete. */
export interface SessionSettings {
  readonly timers: Timers
  readonly random: () => number
  readonly renewal: KeeperSettings
  /** Undefined if the caller looks after it. */
  readonly brokerage: BrokerageSettings | undefined
  /** Undefined if nothing is paced. */
  readonly pacing: Pacing | undefined
  readonly maintenance: readonly MaintenanceWindow[]
  readonly isPermanent: (error: unknown) => boolean
  readonly logout: boolean
  readonly clockSkewLimitMs: number
  readonly closeTimeoutMs: number
}

/** Checks options and fills in the defaults. */
export function resolveSessionSettings(options: SessionOptions): SessionSettings {
  if (typeof options.establish !== 'function') {
    throw new TransportError(
      'ERR_TRANSPORT_INVALID_INPUT',
      'establish must be a function that obtains a credential',
    )
  }
  const clock = options.clock ?? systemClock
  const pacing = options.pacing ?? sharedPacing(clock)
  return {
    timers: timersOf(clock),
    random: options.random ?? systemRandom,
    renewal: resolveRenewal(options.renewal),
    brokerage: options.brokerage === false ? undefined : resolveBrokerage(options.brokerage),
    pacing: pacing === false ? undefined : pacing,
    maintenance: options.maintenance ?? ibkrMaintenanceWindows,
    isPermanent: options.isPermanent ?? isPermanentByDefault,
    logout: options.logout ?? true,
    clockSkewLimitMs: checkNumber('clockSkewLimitMs', options.clockSkewLimitMs ?? defaultClockSkewLimitMs),
    closeTimeoutMs: checkNumber('closeTimeoutMs', options.closeTimeoutMs ?? 5_000),
  }
}

function resolveRenewal(own: RenewalOptions = {}): KeeperSettings {
  return {
    aheadMs: checkNumber('renewal.aheadMs', own.aheadMs ?? 600_000),
    timeoutMs: checkNumber('renewal.timeoutMs', own.timeoutMs ?? 30_000),
    backoff: resolveBackoff('renewal', own.backoff),
    patience: checkNumber('renewal.patience', own.patience ?? 3),
  }
}

function resolveBrokerage(own: BrokerageOptions = {}): BrokerageSettings {
  return {
    compete: own.compete ?? false,
    settleMs: checkNumber('brokerage.settleMs', own.settleMs ?? 2_000),
    accountsPauseMs: checkNumber('brokerage.accountsPauseMs', own.accountsPauseMs ?? 1_000),
    accountsAttempts: checkNumber('brokerage.accountsAttempts', own.accountsAttempts ?? 5),
    keepAliveMs: checkNumber('brokerage.keepAliveMs', own.keepAliveMs ?? 60_000),
    backoff: resolveBackoff('brokerage', own.backoff),
    patience: checkNumber('brokerage.patience', own.patience ?? 3),
  }
}

function resolveBackoff(of: string, own: BackoffOptions = {}): Backoff {
  return {
    baseMs: checkNumber(`${of}.backoff.baseMs`, own.baseMs ?? 1_000),
    maxMs: checkNumber(`${of}.backoff.maxMs`, own.maxMs ?? 300_000),
  }
}

function systemRandom(): number {
  const [value = 0] = webcrypto.getRandomValues(new Uint32Array(1))
  return value / 2 ** 32
}
