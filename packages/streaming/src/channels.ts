import {
  type EventChannel,
  eventChannel,
  hearChannel,
  type ListenerErrors,
  subscriptionFault,
} from '@ibkr-auth/internal/channel'
import { type ToldError, toldError } from '@ibkr-auth/internal/thrown'
import { invalidInput } from './errors.ts'
import type { StreamEvent } from './events.ts'

type Told<Type extends StreamEvent['type']> = Extract<StreamEvent, { readonly type: Type }> & StreamIdentity

/** Whose event it is. */
export interface StreamIdentity {
  /** Number of the stream within this process: `status().id`. */
  readonly stream: number
}

/** An event of type `error` as a channel tells it: of an error that is not this project's only the code or name, since its message may hold anything. */
export interface ToldStreamError extends StreamIdentity {
  readonly type: 'error'
  readonly atMs: number
  readonly error: ToldError
}

/** What each stream of the process tells its listeners, by the channel of the same name. */
export interface StreamEvents extends ListenerErrors {
  readonly 'ibkr-auth:stream:state': Told<'state'>
  readonly 'ibkr-auth:stream:gap': Told<'gap'>
  readonly 'ibkr-auth:stream:brokerage': Told<'brokerage'>
  readonly 'ibkr-auth:stream:error': ToldStreamError
}

const subscribable: Readonly<Record<keyof StreamEvents, true>> = {
  'ibkr-auth:stream:state': true,
  'ibkr-auth:stream:gap': true,
  'ibkr-auth:stream:brokerage': true,
  'ibkr-auth:stream:error': true,
  'ibkr-auth:listener-error': true,
}

/**
 * Calls `listener` with each event of a channel, from every stream of the process. What it throws is told on
 * `ibkr-auth:listener-error`.
 *
 * @returns Ends the subscription.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT` for a name or listener that is none.
 */
export function onStreamEvent<Name extends keyof StreamEvents>(
  name: Name,
  listener: (event: StreamEvents[Name]) => void,
): () => void {
  const fault = subscriptionFault(name, listener, subscribable)
  if (fault !== undefined) throw invalidInput(fault)
  return hearChannel(name, listener)
}

const channels: Readonly<Record<StreamEvent['type'], EventChannel<object>>> = {
  state: eventChannel('ibkr-auth:stream:state'),
  gap: eventChannel('ibkr-auth:stream:gap'),
  brokerage: eventChannel('ibkr-auth:stream:brokerage'),
  error: eventChannel('ibkr-auth:stream:error'),
}

/** Publishes what a stream tells its listeners. */
export function publishStreamEvent(event: StreamEvent, stream: number): void {
  const channel = channels[event.type]
  if (!channel.hasSubscribers) return
  const told = event.type === 'error' ? { ...event, error: toldError(event.error) } : event
  channel.publish({ ...told, stream })
}
