import { type EventChannel, eventChannel } from './channel.ts'
import type { PacingEvent } from './pacing-events.ts'

/** A 429 has put an address into the penalty box. */
export interface PenaltyMessage {
  readonly type: 'penalty'
  /** Its name; undefined where addresses go by their dispatchers. */
  readonly egress?: string | undefined
  /** In milliseconds since 1970. */
  readonly untilMs: number
}

/** A penalty was ended before its time. */
export interface PardonMessage {
  readonly type: 'pardon'
  readonly egress?: string | undefined
}

/** A request begins to wait for a place. */
export interface PacingWaitMessage {
  readonly type: 'wait'
  readonly username?: string | undefined
  readonly method: string
  /** Below the API base, without query. */
  readonly path: string
  /** Name of the limit; undefined if it is the username's limit over all endpoints, or a conversation. */
  readonly limit: string | undefined
  /** How long it is going to take as things stand, in milliseconds. */
  readonly expectedMs: number
}

/** What every pacing of the process tells, whether it is shared between processes or not. */
export interface PacingEvents {
  readonly 'ibkr-auth:pacing:wait': PacingWaitMessage
  readonly 'ibkr-auth:pacing:penalty': PenaltyMessage
  readonly 'ibkr-auth:pacing:pardon': PardonMessage
}

const channels: Readonly<Record<PacingEvent['type'], EventChannel<object>>> = {
  wait: eventChannel('ibkr-auth:pacing:wait'),
  penalty: eventChannel('ibkr-auth:pacing:penalty'),
  pardon: eventChannel('ibkr-auth:pacing:pardon'),
}

/** Publishes what listeners of a pacing are told. */
export function publishPacingEvent(event: PacingEvent): void {
  const channel = channels[event.type]
  if (channel.hasSubscribers) channel.publish(Object.fromEntries(Object.entries(event).filter(isPlain)))
}

/** Usernames, owners and addresses that are objects stay here: they may be anything. */
function isPlain([, value]: [string, unknown]): boolean {
  return typeof value !== 'object' && typeof value !== 'function'
}
