import type { Frame } from '../connection/state.ts'
import { invalidInput } from '../errors.ts'

/** A subscription as a value: what is said on the wire, and how its frames are read. Holds no state of a stream. */
export interface Topic<Value> {
  /** The text that subscribes, and the identity of the subscription: the same text twice is one on the wire. */
  readonly subscribe: string
  /**
   * What stands behind {@link Topic.frameTopic} in that text, where IBKR keeps one subscription for each topic: then
   * several are asked for as one that wants what all of them want. `undefined` where each stands for itself.
   */
  readonly parameters: Parameters | undefined
  /** The text that ends it; `serverId` is what its frames said last, for topics that need it. */
  readonly unsubscribe: (serverId: string | undefined) => string | undefined
  /** `topic` of its frames, up to an exchange behind `@`. */
  readonly frameTopic: string
  /** False for frames that IBKR sends without being asked. */
  readonly asked: boolean
  /** False for the topics that IBKR serves without a brokerage session. */
  readonly needsBrokerage: boolean
  /** `newest`: what a reader has not taken is merged into the newest; `every`: nothing is left out. */
  readonly delivery: 'newest' | 'every'
  /** How a reader who comes later gets what was there before: the last value, or by asking IBKR again. */
  readonly replays: 'value' | 'asking' | 'nothing'
  /** IBKR ends it after fifteen minutes; it is asked for again after this many ms. */
  readonly renewAfterMs: number | undefined
  /** Whether the first frame confirms it; otherwise having asked is all there is. */
  readonly confirmed: 'by-frame' | 'by-asking'
  /** What it takes of what IBKR limits. */
  readonly takes: 'market-data-line' | 'history-request' | undefined
  /** Makes what reads the frames of one subscription. */
  readonly open: () => FrameReader<Value>
  /** Makes what leaves out, for one reader, what that reader has had; `undefined` of it is nothing new. */
  readonly filter: (() => ItemFilter<Value>) | undefined
}

/**
 * What is new in a value for one reader; `undefined` for nothing. Written as a method's type, so that topics of several
 * kinds fit into one list of `Topic<unknown>`: a filter is only ever given values of its own topic.
 */
export type ItemFilter<Value> = { pass(value: Value): Value | undefined }['pass']

/** Reads the frames of one subscription, and remembers what it needs of them. */
export interface FrameReader<Value> {
  /** The value that a frame makes; `undefined` for a frame that makes none. */
  read(frame: Frame, receivedAtMs: number): Value | undefined
  /** The value that stands, where the topic has one: for who comes later, and for telling that it is stale. */
  newest(): Value | undefined
}

/** Reads a frame; `previous` is what came before, for topics that come as changes. */
type ReadFrame<Value> = (frame: Frame, previous: Value | undefined, receivedAtMs: number) => Value | undefined

/** For topics whose frames each stand for themselves. */
export function each<Value>(read: (frame: Frame) => Value | undefined): () => FrameReader<Value> {
  return () => ({ read, newest: () => undefined })
}

/** For topics with a value that stands, and comes whole or as changes. */
export function standing<Value>(read: ReadFrame<Value>): () => FrameReader<Value> {
  return () => {
    let newest: Value | undefined
    return {
      read(frame, receivedAtMs) {
        const value = read(frame, newest, receivedAtMs)
        newest = value ?? newest
        return value
      },
      newest: () => newest,
    }
  }
}

/** Parameters of a subscription: lists, numbers and flags. */
export type Parameters = Readonly<Record<string, readonly string[] | number | boolean | undefined>>

/** What most topics share. */
export function plainTopic<Value>(
  subscribe: string,
  options: Partial<Topic<Value>> & Pick<Topic<Value>, 'frameTopic' | 'open'>,
): Topic<Value> {
  const { delivery = 'every' } = options
  return {
    subscribe,
    parameters: undefined,
    unsubscribe: () => `u${subscribe.slice(1)}`,
    asked: true,
    needsBrokerage: true,
    delivery,
    replays: delivery === 'newest' ? 'value' : 'nothing',
    renewAfterMs: undefined,
    confirmed: 'by-frame',
    takes: undefined,
    filter: undefined,
    ...options,
  }
}

/** A topic of which IBKR keeps one: its text is topic and parameters. */
export function joinableTopic<Value>(
  frameTopic: string,
  parameters: Parameters,
  options: Partial<Topic<Value>> & Pick<Topic<Value>, 'open'>,
): Topic<Value> {
  return plainTopic<Value>(message(frameTopic, parameters), { ...options, frameTopic, parameters })
}

/** `TOPIC+{json}` or `TOPIC+TARGET+{json}`. */
export function message(topic: string, parameters: object): string {
  return `${topic}+${JSON.stringify(parameters)}`
}

export function contractId(conid: number): number {
  if (Number.isSafeInteger(conid) && conid > 0) return conid
  throw invalidInput("conid must be a positive whole number, IBKR's contract id.")
}

/** Accounts and exchanges stand between the `+` of a message: nothing that could end one may be in them. */
export function word(value: string, name: string): string {
  if (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) return value
  throw invalidInput(`${name} must be letters, digits, ".", "_" and "-".`)
}
