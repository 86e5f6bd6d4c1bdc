import { mergeBrokerage, readSystem } from './greeting.ts'
import { backoffMs, type ConnectionRules } from './rules.ts'
import type { ConnectionEvent, ConnectionState, Counts, Frame, LostReason, Step } from './state.ts'

/** What a step may look at besides state and event. */
export interface StepContext {
  /** Monotonic ms. */
  readonly nowMs: number
  /** 0 to 1; asked only where a wait is spread. */
  readonly random: () => number
  readonly rules: ConnectionRules
}

type Live = Extract<ConnectionState, { counts: Counts }>
type Open = Extract<ConnectionState, { name: 'open' }>

const noCounts: Counts = { failures: 0, pauses: 0 }

/** How long a connection must last for what made it pause to be forgotten. */
const calmMs = 600_000

/**
 * The life of a connection, pure: the whole of when to connect, what may be sent, when it counts as dead, and how long
 * to wait. Nothing is sent before `system` success, since IBKR drops that without a word.
 */
export function next(state: ConnectionState, event: ConnectionEvent, context: StepContext): Step {
  if (state.name === 'closed') return stay(state)
  if (event.type === 'close') return { state: { name: 'closed' }, effects: [{ do: 'drop' }] }
  if (state.name === 'idle') return event.type === 'start' ? connect(noCounts, 1, context) : stay(state)
  if ('attempt' in event && event.attempt !== state.attempt) return stay(state)
  switch (event.type) {
    case 'credential':
      return replaced(state, context)
    case 'time':
      return onTime(state, context)
    case 'connect-failed':
      return state.name === 'connecting' ? pause(state, 'connect-failed', event.error, context) : stay(state)
    case 'connected':
      if (state.name !== 'connecting') return stay(state)
      return {
        state: { ...state, name: 'opening', sinceMs: context.nowMs },
        effects: [{ do: 'open', attempt: state.attempt }],
      }
    case 'socket-open':
      if (state.name !== 'opening') return stay(state)
      return {
        state: { ...state, name: 'greeting', sinceMs: context.nowMs, sessionSent: false },
        effects: [],
      }
    case 'socket-refused':
      return hasSocket(state) ? pause(state, 'refused', event.error, context) : stay(state)
    case 'socket-closed':
      return hasSocket(state) ? fail(state, 'closed', event.code, context) : stay(state)
    case 'frame':
      return onFrame(state, event.frame, context)
    default:
      return stay(state)
  }
}

/** When the state wants to be looked at again, monotonic ms; `undefined` if time alone changes nothing. */
export function dueAtMs(state: ConnectionState, rules: ConnectionRules): number | undefined {
  switch (state.name) {
    case 'connecting':
      return state.sinceMs + rules.connectTimeoutMs
    case 'opening':
      return state.sinceMs + rules.openTimeoutMs
    case 'greeting':
      return state.sinceMs + rules.greetingTimeoutMs
    case 'open':
      return Math.min(state.heartbeatAtMs + rules.heartbeatTimeoutMs, state.ticAtMs + rules.ticIntervalMs)
    case 'waiting':
    case 'paused':
      return state.untilMs
    default:
      return undefined
  }
}

function stay(state: ConnectionState): Step {
  return { state, effects: [] }
}

function hasSocket(state: Live): boolean {
  return state.name === 'opening' || state.name === 'greeting' || state.name === 'open'
}

function connect(counts: Counts, attempt: number, { nowMs }: StepContext): Step {
  return {
    state: { name: 'connecting', counts, attempt, sinceMs: nowMs },
    effects: [{ do: 'connect', attempt }],
  }
}

/** A new credential ends the socket of the old one; one that is being asked for anyway is asked for anew. */
function replaced(state: Live, context: StepContext): Step {
  const { state: connecting, effects } = connect(state.counts, state.attempt + 1, context)
  if (!hasSocket(state)) return { state: connecting, effects }
  return {
    state: connecting,
    effects: [{ do: 'drop' }, { do: 'lost', reason: 'new-credential', error: undefined }, ...effects],
  }
}

function onTime(state: Live, context: StepContext): Step {
  const { nowMs, rules } = context
  if (nowMs < (dueAtMs(state, rules) ?? Number.POSITIVE_INFINITY)) return stay(state)
  if (state.name === 'waiting' || state.name === 'paused')
    return connect(state.counts, state.attempt + 1, context)
  if (state.name === 'connecting') return pause(state, 'connect-failed', undefined, context)
  if (state.name === 'opening') return fail(state, 'timeout', undefined, context)
  if (state.name === 'greeting') return fail(state, 'no-greeting', undefined, context)
  if (state.name !== 'open') return stay(state)
  if (nowMs >= state.heartbeatAtMs + rules.heartbeatTimeoutMs)
    return fail(state, 'no-heartbeat', undefined, context)
  return { state: { ...state, ticAtMs: nowMs }, effects: [{ do: 'send', text: 'tic' }] }
}

function fail(state: Live, reason: LostReason, error: unknown, context: StepContext): Step {
  const { nowMs, random, rules } = context
  const counts = { ...calmed(state, nowMs), failures: state.counts.failures + 1 }
  const untilMs = nowMs + backoffMs(rules.backoffBaseMs, rules.backoffMaxMs, counts.failures, random())
  return {
    state: { name: 'waiting', counts, attempt: state.attempt, untilMs, reason },
    effects: [{ do: 'drop' }, { do: 'lost', reason, error }],
  }
}

/** Another login competes, or the sign-in is refused: `connect()` is asked from time to time, and decides. */
function pause(state: Live, reason: LostReason, error: unknown, context: StepContext): Step {
  const { nowMs, random, rules } = context
  const counts = { ...state.counts, pauses: calmed(state, nowMs).pauses + 1 }
  const untilMs = nowMs + backoffMs(rules.pauseBaseMs, rules.backoffMaxMs, counts.pauses, random())
  return {
    state: { name: 'paused', counts, attempt: state.attempt, untilMs, reason },
    effects: [{ do: 'drop' }, { do: 'lost', reason, error }],
  }
}

function calmed(state: Live, nowMs: number): Counts {
  return state.name === 'open' && nowMs - state.sinceMs >= calmMs
    ? { ...state.counts, pauses: 0 }
    : state.counts
}

function onFrame(state: Live, frame: Frame, context: StepContext): Step {
  if (state.name === 'greeting') return onGreetingFrame(state, frame, context)
  if (state.name !== 'open') return stay(state)
  const system = readSystem(frame)
  if (system === 'heartbeat') return stay({ ...state, heartbeatAtMs: context.nowMs })
  if (frame.topic === 'sts') return onStatus(state, frame, context)
  return { state, effects: [{ do: 'deliver', frame }] }
}

function onGreetingFrame(
  state: Extract<ConnectionState, { name: 'greeting' }>,
  frame: Frame,
  { nowMs }: StepContext,
): Step {
  const system = readSystem(frame)
  if (system === 'waiting-for-session' && !state.sessionSent) {
    return { state: { ...state, sessionSent: true }, effects: [{ do: 'send-session' }] }
  }
  if (system !== 'success') return stay(state)
  const { attempt, counts } = state
  return {
    state: {
      name: 'open',
      attempt,
      counts: { ...counts, failures: 0 },
      sinceMs: nowMs,
      heartbeatAtMs: nowMs,
      ticAtMs: nowMs,
      brokerage: {},
    },
    effects: [{ do: 'send', text: 'tic' }, { do: 'ready' }],
  }
}

function onStatus(state: Open, frame: Frame, context: StepContext): Step {
  const brokerage = mergeBrokerage(state.brokerage, frame)
  if (brokerage.competing !== true) {
    return { state: { ...state, brokerage }, effects: [{ do: 'brokerage', brokerage }] }
  }
  const { state: paused, effects } = pause(state, 'competing', undefined, context)
  return { state: paused, effects: [{ do: 'brokerage', brokerage }, ...effects] }
}
