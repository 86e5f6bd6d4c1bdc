import { hasBrokerage, mergeBrokerage, readSystem } from './greeting.ts'
import { barring, fail, type Live, pause, type StepContext } from './leaving.ts'
import type { ConnectionRules } from './rules.ts'
import type {
  ConnectionEffect,
  ConnectionEvent,
  ConnectionState,
  Counts,
  Frame,
  Step,
  StreamBrokerage,
} from './state.ts'

type Greeting = Extract<ConnectionState, { name: 'greeting' }>
type Open = Extract<ConnectionState, { name: 'open' }>

const noCounts: Counts = { failures: 0, brief: 0, pauses: 0 }

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
      return pause(state, 'connect-failed', event.error, context, { leastMs: event.retryAfterMs })
    case 'connected':
      if (state.name !== 'connecting') return stay(state)
      return {
        state: { ...state, name: 'opening', sinceMs: context.nowMs },
        effects: [{ do: 'open', attempt: state.attempt }],
      }
    case 'socket-open':
      if (state.name !== 'opening') return stay(state)
      return {
        state: { ...state, name: 'greeting', sinceMs: context.nowMs, sessionSent: false, brokerage: {} },
        effects: [],
      }
    case 'socket-refused':
      if (!hasSocket(state)) return stay(state)
      return event.status === undefined
        ? fail(state, 'unreachable', event.error, context)
        : pause(state, 'refused', event.error, context, barring(event.status, context))
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
  if (state.name === 'paused' && state.barred) return stay(state)
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

function onGreetingFrame(state: Greeting, frame: Frame, context: StepContext): Step {
  if (frame.topic === 'sts') return onEarlyStatus(state, frame, context)
  const system = readSystem(frame)
  if (system === 'waiting-for-session' && !state.sessionSent) {
    return { state: { ...state, sessionSent: true }, effects: [{ do: 'send-session' }] }
  }
  return system === 'success' ? greeted(state, context) : stay(state)
}

/** What is told before the greeting counts as well: it may never be told again. */
function onEarlyStatus(state: Greeting, frame: Frame, context: StepContext): Step {
  const brokerage = mergeBrokerage(state.brokerage, frame)
  if (brokerage.competing === true) return competing(state, brokerage, undefined, context)
  return stay({ ...state, brokerage })
}

function greeted({ attempt, counts, brokerage }: Greeting, { nowMs }: StepContext): Step {
  const told: readonly ConnectionEffect[] =
    Object.keys(brokerage).length === 0 ? [] : [{ do: 'brokerage', brokerage, change: undefined }]
  return {
    state: {
      name: 'open',
      attempt,
      counts: { ...counts, failures: 0 },
      sinceMs: nowMs,
      heartbeatAtMs: nowMs,
      ticAtMs: nowMs,
      brokerage,
      brokerageLostAtMs: hasBrokerage(brokerage) ? undefined : nowMs,
    },
    effects: [{ do: 'send', text: 'tic' }, ...told, { do: 'ready' }],
  }
}

function onStatus(state: Open, frame: Frame, context: StepContext): Step {
  const brokerage = mergeBrokerage(state.brokerage, frame)
  const change = brokerageChange(state.brokerage, brokerage)
  if (brokerage.competing === true) return competing(state, brokerage, change, context)
  const lostAtMs = { lost: context.nowMs, back: undefined, none: state.brokerageLostAtMs }[change ?? 'none']
  return {
    state: { ...state, brokerage, brokerageLostAtMs: lostAtMs },
    effects: [{ do: 'brokerage', brokerage, change }],
  }
}

function competing(
  state: Live,
  brokerage: StreamBrokerage,
  change: 'lost' | 'back' | undefined,
  context: StepContext,
): Step {
  const { state: paused, effects } = pause(state, 'competing', undefined, context)
  return { state: paused, effects: [{ do: 'brokerage', brokerage, change }, ...effects] }
}

function brokerageChange(before: StreamBrokerage, after: StreamBrokerage): 'lost' | 'back' | undefined {
  const [was, is] = [hasBrokerage(before), hasBrokerage(after)]
  if (was === is) return undefined
  return is ? 'back' : 'lost'
}
