import { hasBrokerage, mergeBrokerage, readSystem } from './greeting.ts'
import { backoffMs, type ConnectionRules } from './rules.ts'
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionState,
  Counts,
  Frame,
  LostReason,
  Step,
  StreamBrokerage,
} from './state.ts'

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
      if (state.name !== 'connecting') return stay(state)
      return pause(state, 'connect-failed', event.error, context, event.retryAfterMs)
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
      if (!hasSocket(state)) return stay(state)
      return event.status === undefined
        ? fail(state, 'unreachable', event.error, context)
        : pause(state, 'refused', event.error, context, event.status === 429 ? context.rules.penaltyMs : 0)
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
      return Math.min(
        state.heartbeatAtMs + rules.heartbeatTimeoutMs,
        state.ticAtMs + rules.ticIntervalMs,
        brokerageDueAtMs(state, rules),
      )
    case 'waiting':
    case 'paused':
      return state.untilMs
    default:
      return undefined
  }
}

function brokerageDueAtMs({ brokerageLostAtMs }: Open, rules: ConnectionRules): number {
  return (brokerageLostAtMs ?? Number.POSITIVE_INFINITY) + rules.brokerageTimeoutMs
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
  if (nowMs >= brokerageDueAtMs(state, rules)) return fail(state, 'no-brokerage-session', undefined, context)
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
function pause(state: Live, reason: LostReason, error: unknown, context: StepContext, leastMs = 0): Step {
  const { nowMs, random, rules } = context
  const counts = { ...state.counts, pauses: calmed(state, nowMs).pauses + 1 }
  const waitMs = backoffMs(rules.pauseBaseMs, rules.backoffMaxMs, counts.pauses, random())
  const untilMs = nowMs + Math.max(leastMs, waitMs)
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

/** Data changes nothing of a connection: it may be handed on without a step, as {@link next} would. */
export function isData(state: ConnectionState, attempt: number, frame: Frame): boolean {
  return (
    state.name === 'open' && state.attempt === attempt && frame.topic !== 'system' && frame.topic !== 'sts'
  )
}

function onFrame(state: Live, frame: Frame, context: StepContext): Step {
  if (state.name === 'greeting') return onGreetingFrame(state, frame, context)
  if (state.name !== 'open') return stay(state)
  if (isData(state, state.attempt, frame)) return { state, effects: [{ do: 'deliver', frame }] }
  if (frame.topic === 'sts') return onStatus(state, frame, context)
  return readSystem(frame) === 'heartbeat' ? stay({ ...state, heartbeatAtMs: context.nowMs }) : stay(state)
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
      brokerageLostAtMs: undefined,
    },
    effects: [{ do: 'send', text: 'tic' }, { do: 'ready' }],
  }
}

function onStatus(state: Open, frame: Frame, context: StepContext): Step {
  const brokerage = mergeBrokerage(state.brokerage, frame)
  const change = brokerageChange(state.brokerage, brokerage)
  const told: ConnectionEffect = { do: 'brokerage', brokerage, change }
  if (brokerage.competing === true) {
    const { state: paused, effects } = pause(state, 'competing', undefined, context)
    return { state: paused, effects: [told, ...effects] }
  }
  const lostAtMs = { lost: context.nowMs, back: undefined, none: state.brokerageLostAtMs }[change ?? 'none']
  return { state: { ...state, brokerage, brokerageLostAtMs: lostAtMs }, effects: [told] }
}

function brokerageChange(before: StreamBrokerage, after: StreamBrokerage): 'lost' | 'back' | undefined {
  const [was, is] = [hasBrokerage(before), hasBrokerage(after)]
  if (was === is) return undefined
  return is ? 'back' : 'lost'
}
