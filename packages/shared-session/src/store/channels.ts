import {
  type EventChannel,
  eventChannel,
  hearChannel,
  type ListenerErrors,
  subscriptionFault,
} from '@ibkr-auth/internal/channel'
import { type Clock, monotonic } from '../clock.ts'
import { invalidInput, nameOf } from '../errors.ts'

/** A store was asked for something, and has answered or not. */
export interface StoreOperationEvent {
  readonly operation: 'read' | 'compareAndSet' | 'take' | 'watch'
  /** The key below the prefix of the store: what you named it, and what it is for. */
  readonly key: string
  /** `conflict`: somebody else had written meanwhile. */
  readonly outcome: 'done' | 'conflict' | 'failed'
  /** Code or name of the error that it failed with. */
  readonly code: string | undefined
  /** In milliseconds. */
  readonly elapsedMs: number
}

/** What all shares of the process tell of their stores. */
export interface StoreEvents extends ListenerErrors {
  readonly 'ibkr-auth:store:operation': StoreOperationEvent
}

const subscribable: Readonly<Record<keyof StoreEvents, true>> = {
  'ibkr-auth:store:operation': true,
  'ibkr-auth:listener-error': true,
}

/**
 * Calls `listener` with each operation of each store in the process. What it throws is told on `ibkr-auth:listener-error`.
 *
 * @returns Ends the subscription.
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT` for a name or listener that is none.
 */
export function onStoreEvent<Name extends keyof StoreEvents>(
  name: Name,
  listener: (event: StoreEvents[Name]) => void,
): () => void {
  const fault = subscriptionFault(name, listener, subscribable)
  if (fault !== undefined) throw invalidInput(fault)
  return hearChannel(name, listener)
}

const operations: EventChannel<StoreOperationEvent> = eventChannel('ibkr-auth:store:operation')

/** Carries out an operation of a store, and tells of it if anybody listens. */
export function tellOperation<Answer>(
  operation: StoreOperationEvent['operation'],
  key: string,
  clock: Clock,
  run: () => Promise<Answer>,
): Promise<Answer> {
  return operations.hasSubscribers ? told(operation, key, clock, run) : run()
}

async function told<Answer>(
  operation: StoreOperationEvent['operation'],
  key: string,
  clock: Clock,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const startedAtMs = monotonic(clock)
  const tell = (outcome: StoreOperationEvent['outcome'], code?: string): void => {
    const elapsedMs = Math.round(monotonic(clock) - startedAtMs)
    operations.publish({ operation, key, outcome, code, elapsedMs })
  }
  try {
    const answer = await run()
    tell(isConflict(answer) ? 'conflict' : 'done')
    return answer
  } catch (error) {
    tell('failed', nameOf(error))
    throw error
  }
}

function isConflict(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'written' in answer && answer.written === false
}
