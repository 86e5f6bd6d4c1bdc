/** A channel of `node:diagnostics_channel`, by what is published on it. */
export interface EventChannel<Message> {
  /** False while nobody listens: then nothing need be put together. */
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

/** Code that a caller gave threw where nobody could be told: a listener, for instance. The rest went on without it. */
export interface ListenerErrorEvent {
  /** What it was given to: the name of a channel, `pacing.subscribe`, `random`. */
  readonly listener: string
  /** What was thrown, as it is. */
  readonly error: unknown
}

/** The channel that all packages share. */
export interface ListenerErrors {
  readonly 'ibkr-auth:listener-error': ListenerErrorEvent
}

type Hear = (message: unknown) => void

interface DiagnosticsChannels {
  channel(name: string): EventChannel<unknown>
  subscribe(name: string, hear: Hear): void
  unsubscribe(name: string, hear: Hear): void
}

interface Runtime {
  readonly process?: { readonly getBuiltinModule?: ((name: string) => unknown) | undefined } | undefined
}

/** Asked for at run time, since browsers and workers have no such module and an import would fail there. */
const diagnostics = (globalThis as unknown as Runtime).process?.getBuiltinModule?.(
  'node:diagnostics_channel',
) as DiagnosticsChannels | undefined

const silent: EventChannel<unknown> = { hasSubscribers: false, publish: () => undefined }

/** The channel of that name; one that nobody hears where the runtime has none. */
export function eventChannel<Message>(name: string): EventChannel<Message> {
  return diagnostics?.channel(name) ?? silent
}

const listenerErrors: EventChannel<ListenerErrorEvent> = eventChannel('ibkr-auth:listener-error')

/** Reports that code of a caller's threw, where something stands in for it. */
export function reportListenerError(listener: string, error: unknown): void {
  listenerErrors.publish({ listener, error })
}

/**
 * Keeps an answer that nobody waits for from ending the process: an `async` listener's promise that rejects goes to `onError`. Told by its
 * `then`, since a promise of another realm is no `Promise` here.
 */
export function containRejection(answer: unknown, onError: (error: unknown) => void): void {
  if (typeof answer === 'object' && answer !== null) Promise.resolve(answer).catch(onError)
}

/** What is wrong with a subscription, if anything: on a channel that is misspelt nothing is ever told. */
export function subscriptionFault(
  name: unknown,
  listener: unknown,
  channels: Readonly<Record<string, true>>,
): string | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(channels, name))
    return `name must be one of ${Object.keys(channels).join(', ')}`
  return typeof listener === 'function' ? undefined : 'listener must be a function'
}

/**
 * Calls `listener` with each message of a channel. What it throws, or rejects with, is reported and harms nothing: the runtime itself
 * would end the process for it.
 *
 * @returns Ends that.
 */
export function hearChannel<Message>(name: string, listener: (message: Message) => unknown): () => void {
  const contained = (error: unknown): void => {
    // Whoever hears of faults and fails is not told of itself.
    if (name !== 'ibkr-auth:listener-error') reportListenerError(name, error)
  }
  const hear: Hear = (message) => {
    try {
      containRejection(listener(message as Message), contained)
    } catch (error) {
      contained(error)
    }
  }
  diagnostics?.subscribe(name, hear)
  return () => diagnostics?.unsubscribe(name, hear)
}
