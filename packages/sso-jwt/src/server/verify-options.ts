import {
  type ClockOptions,
  callForeign,
  checkFunction,
  checkSeconds,
  checkSwitch,
  isTimeMs,
  readMembers,
} from '../checks.ts'
import { invalidInput } from '../errors.ts'
import type { FindKey } from './key-record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { JtiUse, ReplayStore } from './replay-store.ts'

/** What both verifiers take. */
export interface VerifyOptions extends ClockOptions {
  readonly findKey: FindKey
  /** Tolerated difference of clocks, in seconds, at most 600. @defaultValue 5 */
  readonly clockToleranceSeconds?: number | undefined
  /** Seconds that `exp` may lie ahead, at most a week (604800). @defaultValue 300 for assertions, 86400 for signed bodies */
  readonly maximumLifetimeSeconds?: number | undefined
  /**
   * Refuses a `jti` that the client used before, in a token of any kind: give all verifiers the same store. Tokens
   * without `jti` pass unless `requireJti` is set.
   * @defaultValue none
   */
  readonly replayStore?: ReplayStore | undefined
  /** Refuses tokens without `jti`. @defaultValue false */
  readonly requireJti?: boolean | undefined
}

/** The choices of a verifier, checked before it looks at a token. */
export interface CheckedVerifyOptions {
  readonly findKey: FindKey
  readonly clockToleranceSeconds: number
  readonly maximumLifetimeSeconds: number
  /** The store's own step, read once. */
  readonly record: ((use: JtiUse, nowMs: number) => unknown) | undefined
  readonly requireJti: boolean
  readonly now: () => number
}

/** No verifier tolerates more, so a `jti` that is remembered for so long past `exp` is remembered for all of them. */
export const mostToleranceSeconds = 600

/** No signer of this package gives a token a longer life, and a `jti` is remembered for all of it. */
const mostLifetimeSeconds = 604_800

/** @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT` */
export function checkVerifyOptions(
  options: VerifyOptions,
  defaultLifetimeSeconds: number,
): CheckedVerifyOptions {
  const chosen = readMembers(options, 'options', [
    'findKey',
    'clockToleranceSeconds',
    'maximumLifetimeSeconds',
    'replayStore',
    'requireJti',
    'now',
  ])
  const { findKey, replayStore } = chosen
  if (typeof findKey !== 'function') throw invalidInput('findKey must be a function')
  const { clockToleranceSeconds = 5, maximumLifetimeSeconds = defaultLifetimeSeconds } = chosen
  return {
    findKey,
    clockToleranceSeconds: checkSeconds(
      clockToleranceSeconds,
      'clockToleranceSeconds',
      0,
      mostToleranceSeconds,
    ),
    maximumLifetimeSeconds: checkSeconds(
      maximumLifetimeSeconds,
      'maximumLifetimeSeconds',
      1,
      mostLifetimeSeconds,
    ),
    record: replayStore === undefined ? undefined : recorderOf(replayStore),
    requireJti: checkSwitch(chosen.requireJti, 'requireJti'),
    now: checkFunction(chosen.now, 'now') ?? Date.now,
  }
}

function recorderOf(store: ReplayStore): CheckedVerifyOptions['record'] {
  const { record } = readMembers(store, 'replayStore', ['record'])
  if (typeof record !== 'function') throw invalidInput('replayStore must have a method record')
  return (use, nowMs) => record.call(store, use, nowMs)
}

/** What the server's clock says, or the server's own fault if that is no time. */
export function readClock(now: () => number): { readonly ok: true; readonly nowMs: number } | Refusal {
  const nowMs: unknown = callForeign('now', now)
  if (isTimeMs(nowMs)) return { ok: true, nowMs }
  return refuse('clock_invalid', "the server's now does not return milliseconds since 1970")
}
