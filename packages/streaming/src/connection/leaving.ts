import { backoffMs, type ConnectionRules } from './rules.ts'
import type { ConnectionState, Counts, LostReason, Step } from './state.ts'

/** What a step may look at besides state and event. */
export interface StepContext {
  /** Monotonic ms. */
  readonly nowMs: number
  /** 0 to 1; asked only where a wait is spread. */
  readonly random: () => number
  readonly rules: ConnectionRules
}

/** States that have a connection, or are on the way to one. */
export type Live = Extract<ConnectionState, { counts: Counts }>

/** How long a connection must last for what made it pause to be forgotten. */
const calmMs = 600_000
/** A greeted connection that lasts less than IBKR's first heartbeat takes: one after the other is no better than none. */
const briefMs = 10_000

/** The connection is lost, or was none: the next one after a while, longer each time. */
export function fail(state: Live, reason: LostReason, error: unknown, context: StepContext): Step {
  const { nowMs, random, rules } = context
  const counts = failed(state, nowMs)
  const untilMs = nowMs + backoffMs(rules.backoffBaseMs, rules.backoffMaxMs, counts.failures, random())
  return {
    state: { name: 'waiting', counts, attempt: state.attempt, untilMs, reason },
    effects: [{ do: 'drop' }, { do: 'lost', reason, error }],
  }
}

/** How a pause differs from others. */
export interface PauseOptions {
  readonly leastMs?: number | undefined
  readonly barred?: boolean | undefined
}

/** Another login competes, or the sign-in is refused: `connect()` is asked from time to time, and decides. */
export function pause(
  state: Live,
  reason: LostReason,
  error: unknown,
  context: StepContext,
  { leastMs = 0, barred = false }: PauseOptions = {},
): Step {
  const { nowMs, random, rules } = context
  const counts = { ...state.counts, pauses: calmed(state, nowMs).pauses + 1 }
  const waitMs = backoffMs(rules.pauseBaseMs, rules.backoffMaxMs, counts.pauses, random())
  const untilMs = nowMs + Math.max(leastMs, waitMs)
  return {
    state: { name: 'paused', counts, attempt: state.attempt, untilMs, reason, barred },
    effects: [{ do: 'drop' }, { do: 'lost', reason, error }],
  }
}

function failed(state: Live, nowMs: number): Counts {
  const counts = calmed(state, nowMs)
  if (state.name !== 'open') return { ...counts, failures: counts.failures + 1 }
  const brief = nowMs - state.sinceMs < briefMs ? counts.brief + 1 : 0
  return { ...counts, brief, failures: Math.max(1, brief) }
}

function calmed(state: Live, nowMs: number): Counts {
  return state.name === 'open' && nowMs - state.sinceMs >= calmMs
    ? { ...state.counts, pauses: 0 }
    : state.counts
}

/** IBKR bars an address that is answered with 429. */
export function barring(status: number, { rules }: StepContext): PauseOptions {
  return status === 429 ? { leastMs: rules.penaltyMs, barred: true } : {}
}
