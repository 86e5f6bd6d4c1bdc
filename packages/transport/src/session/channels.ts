import {
  type EventChannel,
  eventChannel,
  hearChannel,
  type ListenerErrors,
  subscriptionFault,
} from '@ibkr-auth/internal/channel'
import type { PacingEvents } from '@ibkr-auth/internal/pacing-channels'
import { invalidInput } from '../checks.ts'
import type {
  BrokerageStateEvent,
  ClocksPartedEvent,
  KeepAliveEvent,
  LoginEndEvent,
  LoginStartEvent,
  SessionErrorEvent,
  SessionEstablishedEvent,
  SessionEvent,
  SessionStateEvent,
} from './events.ts'
import type { StatusError } from './status.ts'

/** Whose event it is. */
export interface SessionIdentity {
  /** Number of the session within this process: `status().id`. */
  readonly session: number
  readonly username: string | undefined
}

/** An event of type `error` as a channel tells it: of an error that is not this project's only the code or name, since its message may hold anything. */
export interface ToldSessionError extends Omit<SessionErrorEvent, 'error'> {
  readonly error: StatusError
}

/** What each session of the process tells its listeners, by the channel of the same name; and what pacings tell. */
export interface SessionEvents extends ListenerErrors, PacingEvents {
  readonly 'ibkr-auth:session:state': SessionStateEvent & SessionIdentity
  readonly 'ibkr-auth:session:brokerage': BrokerageStateEvent & SessionIdentity
  readonly 'ibkr-auth:session:login-start': LoginStartEvent & SessionIdentity
  readonly 'ibkr-auth:session:login-end': LoginEndEvent & SessionIdentity
  readonly 'ibkr-auth:session:established': SessionEstablishedEvent & SessionIdentity
  readonly 'ibkr-auth:session:keep-alive': KeepAliveEvent & SessionIdentity
  readonly 'ibkr-auth:session:error': ToldSessionError & SessionIdentity
  readonly 'ibkr-auth:session:clocks-parted': ClocksPartedEvent & SessionIdentity
}

const subscribable: Readonly<Record<keyof SessionEvents, true>> = {
  'ibkr-auth:session:state': true,
  'ibkr-auth:session:brokerage': true,
  'ibkr-auth:session:login-start': true,
  'ibkr-auth:session:login-end': true,
  'ibkr-auth:session:established': true,
  'ibkr-auth:session:keep-alive': true,
  'ibkr-auth:session:error': true,
  'ibkr-auth:session:clocks-parted': true,
  'ibkr-auth:pacing:wait': true,
  'ibkr-auth:pacing:penalty': true,
  'ibkr-auth:pacing:pardon': true,
  'ibkr-auth:listener-error': true,
}

/**
 * Calls `listener` with each event of a channel, from every session and pacing of the process. What it throws is told on
 * `ibkr-auth:listener-error`.
 *
 * @returns Ends the subscription.
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for a name or listener that is none.
 */
export function onSessionEvent<Name extends keyof SessionEvents>(
  name: Name,
  listener: (event: SessionEvents[Name]) => void,
): () => void {
  const fault = subscriptionFault(name, listener, subscribable)
  if (fault !== undefined) throw invalidInput(fault)
  return hearChannel(name, listener)
}

type Channel = keyof SessionEvents & `ibkr-auth:session:${SessionEvent['type']}`
type Published = Channel extends `ibkr-auth:session:${infer Type}` ? Type : never

const published: readonly Published[] = [
  'state',
  'brokerage',
  'login-start',
  'login-end',
  'established',
  'keep-alive',
  'error',
  'clocks-parted',
]

const channels: ReadonlyMap<string, EventChannel<object>> = new Map(
  published.map((type) => [type, eventChannel(`ibkr-auth:session:${type}`)]),
)

/** Publishes what a session tells its listeners. What it heard of its pacing that one has published itself. */
export function publishSessionEvent(
  event: SessionEvent,
  who: () => SessionIdentity,
  shown: (error: unknown, atMs: number) => StatusError,
): void {
  const channel = channels.get(event.type)
  if (!channel?.hasSubscribers) return
  const told = event.type === 'error' ? { ...event, error: shown(event.error, event.atMs) } : event
  channel.publish({ ...told, ...who() })
}
