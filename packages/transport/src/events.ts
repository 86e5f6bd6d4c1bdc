import {
  containRejection,
  type EventChannel,
  eventChannel,
  hearChannel,
  type ListenerErrors,
  reportListenerError,
  subscriptionFault,
} from '@ibkr-auth/internal/channel'
import { codeOrNameOf } from '@ibkr-auth/internal/thrown'
import { type Sent, TransportError, type TransportErrorCode } from './errors.ts'

export { type ListenerErrorEvent, reportListenerError } from '@ibkr-auth/internal/channel'

/**
 * What a session sends of itself: `establish`, the exchange of a login; `brokerage`, to open and keep the brokerage session; `question`,
 * whether a credential still counts; `logout`.
 */
export type RequestPurpose = 'establish' | 'brokerage' | 'question' | 'logout'

/** Whose request it is. */
export interface RequestOrigin {
  /** Number of the session: its `status().id`; undefined for a transport that is none's. */
  readonly session?: number | undefined
  /** What a session sends it for; undefined if it is a caller's. */
  readonly purpose?: RequestPurpose | undefined
}

/** What every event says of the request it belongs to. */
export interface RequestEvent extends RequestOrigin {
  /** Number of the call within this process: what attempts, waits and repeats of one request share. */
  readonly call: number
  readonly method: string
  readonly origin: string
  /** Path and query, secrets masked. */
  readonly path: string
  /** 1 for the first attempt; 0 before it. */
  readonly attempt: number
}

/** A call has its result: the head of a reply, or an error. Between its attempts lie waits and logins. */
export interface CallEndEvent extends RequestEvent {
  /** Status of the reply; undefined if none came. */
  readonly status: number | undefined
  /** Code of the error that the caller got, or its name if it has none; undefined if there was a reply instead. */
  readonly code: string | undefined
  /** From the call to its result, in milliseconds. */
  readonly elapsedMs: number
}

/** An attempt ended, with a reply or without one. */
export interface AttemptEndEvent extends RequestEvent {
  /** Status of the reply; undefined if none came. */
  readonly status: number | undefined
  /** Code of the failure; undefined if a reply came, whatever its status. */
  readonly code: TransportErrorCode | undefined
  readonly sent: Sent
  /** From the attempt's authorisation to its end, in milliseconds. */
  readonly elapsedMs: number
}

/** A request is about to be repeated, after a wait. */
export interface RetryEvent extends RequestEvent {
  readonly delayMs: number
  /** Status or code of what failed. */
  readonly reason: string
}

/**
 * What a request waits for before it is sent: `pacing`, a place within IBKR's limits; `retry`, the pause before a repeat; `login`, a
 * credential; `brokerage`, an open brokerage session; `question`, whether a credential that was refused still counts.
 */
export type WaitReason = 'pacing' | 'retry' | 'login' | 'brokerage' | 'question'

/** A request begins to wait. */
export interface WaitEvent extends RequestEvent {
  readonly reason: WaitReason
}

/** A request waits no longer. */
export interface WaitEndEvent extends WaitEvent {
  /** How long it has waited, in milliseconds. */
  readonly elapsedMs: number
  /** Code or name of the error that ended the wait; undefined if the request goes on. */
  readonly code: string | undefined
}

/** The channels of requests, by name, and what is published on each. */
export interface TransportEvents extends ListenerErrors {
  /** A call begins. This and all that follows of it is told in the asynchronous context of whoever makes it. */
  readonly 'ibkr-auth:transport:call-start': RequestEvent
  readonly 'ibkr-auth:transport:call-end': CallEndEvent
  /** An attempt begins: authorisation comes next. */
  readonly 'ibkr-auth:transport:attempt-start': RequestEvent
  readonly 'ibkr-auth:transport:attempt-end': AttemptEndEvent
  readonly 'ibkr-auth:transport:wait-start': WaitEvent
  readonly 'ibkr-auth:transport:wait-end': WaitEndEvent
  readonly 'ibkr-auth:transport:retry': RetryEvent
}

const subscribable: Readonly<Record<keyof TransportEvents, true>> = {
  'ibkr-auth:transport:call-start': true,
  'ibkr-auth:transport:call-end': true,
  'ibkr-auth:transport:attempt-start': true,
  'ibkr-auth:transport:attempt-end': true,
  'ibkr-auth:transport:wait-start': true,
  'ibkr-auth:transport:wait-end': true,
  'ibkr-auth:transport:retry': true,
  'ibkr-auth:listener-error': true,
}

/**
 * Calls `listener` with each event of a channel, from every transport of the process. What it throws is told on
 * `ibkr-auth:listener-error`.
 *
 * @returns Ends the subscription.
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for a name or listener that is none.
 */
export function onTransportEvent<Name extends keyof TransportEvents>(
  name: Name,
  listener: (event: TransportEvents[Name]) => void,
): () => void {
  const fault = subscriptionFault(name, listener, subscribable)
  if (fault !== undefined) throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', fault)
  return hearChannel(name, listener)
}

function channelOf<Name extends string>(
  name: Name,
): EventChannel<TransportEvents[`ibkr-auth:transport:${Name}` & keyof TransportEvents]> {
  return eventChannel(`ibkr-auth:transport:${name}`)
}

export const callStart: EventChannel<RequestEvent> = channelOf('call-start')
export const callEnd: EventChannel<CallEndEvent> = channelOf('call-end')
export const attemptStart: EventChannel<RequestEvent> = channelOf('attempt-start')
export const attemptEnd: EventChannel<AttemptEndEvent> = channelOf('attempt-end')
export const waitStart: EventChannel<WaitEvent> = channelOf('wait-start')
export const waitEnd: EventChannel<WaitEndEvent> = channelOf('wait-end')
export const retryBegins: EventChannel<RetryEvent> = channelOf('retry')

/** What an event says of an error: its code, or else its name. */
export function codeOf(error: unknown): string | undefined {
  return error === undefined ? undefined : codeOrNameOf(error)
}

/** Tells listeners of something; one that throws, or whose promise rejects, is reported, and keeps nothing from the others. */
export function tellListeners<Event>(
  listener: string,
  listeners: Iterable<(event: Event) => unknown>,
  event: Event,
): void {
  const contained = (error: unknown): void => reportListenerError(listener, error)
  for (const tell of [...listeners]) {
    try {
      containRejection(tell(event), contained)
    } catch (error) {
      contained(error)
    }
  }
}
