import { type Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Sent, TransportErrorCode } from './errors.ts'

/** What every event says of the request it belongs to. */
export interface RequestEvent {
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

/** Something waits before it sends. */
export interface WaitEvent extends RequestEvent {
  readonly delayMs: number
  /** Why: `retry` for the wait before a repeat. */
  readonly reason: string
}

/** Code that a caller gave threw where nobody could be told: a listener, for instance. The rest went on without it. */
export interface ListenerErrorEvent {
  /** What it was given to: `pacing.subscribe`, `random`. */
  readonly listener: string
  readonly error: unknown
}

/** The channels of `node:diagnostics_channel`, and what is published on each. */
export interface TransportEvents {
  /** A call begins, in the asynchronous context of whoever makes it. */
  readonly 'ibkr-auth:transport:call-start': RequestEvent
  readonly 'ibkr-auth:transport:call-end': CallEndEvent
  /** An attempt begins: authorisation comes next. */
  readonly 'ibkr-auth:transport:attempt-start': RequestEvent
  readonly 'ibkr-auth:transport:attempt-end': AttemptEndEvent
  readonly 'ibkr-auth:transport:wait': WaitEvent
  readonly 'ibkr-auth:transport:retry': RetryEvent
  readonly 'ibkr-auth:transport:listener-error': ListenerErrorEvent
}

/**
 * Calls `listener` with each event of a channel, from every transport of the process.
 *
 * @returns Ends the subscription.
 */
export function onTransportEvent<Name extends keyof TransportEvents>(
  name: Name,
  listener: (event: TransportEvents[Name]) => void,
): () => void {
  const onMessage = (message: unknown): void => listener(message as TransportEvents[Name])
  subscribe(name, onMessage)
  return () => {
    unsubscribe(name, onMessage)
  }
}

export const callStart: Channel<unknown, unknown> = channel('ibkr-auth:transport:call-start')
export const callEnd: Channel<unknown, unknown> = channel('ibkr-auth:transport:call-end')
export const attemptStart: Channel<unknown, unknown> = channel('ibkr-auth:transport:attempt-start')
export const attemptEnd: Channel<unknown, unknown> = channel('ibkr-auth:transport:attempt-end')
export const waitBegins: Channel<unknown, unknown> = channel('ibkr-auth:transport:wait')
export const retryBegins: Channel<unknown, unknown> = channel('ibkr-auth:transport:retry')
const listenerErrors: Channel<unknown, unknown> = channel('ibkr-auth:transport:listener-error')

/** Reports that code of a caller's threw, where something stands in for it. */
export function reportListenerError(listener: string, error: unknown): void {
  listenerErrors.publish({ listener, error })
}

/** Tells listeners of something; one that throws is reported, and keeps nothing from the others. */
export function tellListeners<Event>(
  listener: string,
  listeners: Iterable<(event: Event) => void>,
  event: Event,
): void {
  for (const tell of [...listeners]) {
    try {
      tell(event)
    } catch (error) {
      reportListenerError(listener, error)
    }
  }
}
