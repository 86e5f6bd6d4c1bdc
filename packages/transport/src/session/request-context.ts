import { TransportError } from '../errors.ts'
import { ranks } from '../pacing/lane.ts'
import type { Priority } from '../pacing/permit.ts'
import type { RequestContext } from '../request/types.ts'

/** The part of a request's context that its session reads; see {@link SessionRequestContext}. */
export interface ReadContext {
  readonly priority?: Priority
  readonly caller?: string
  readonly maxWaitMs?: number
}

/** Takes from a context what pacing goes by; what is not of the right type cannot be meant. */
export function readRequestContext({ priority, caller, maxWaitMs }: RequestContext): ReadContext {
  if (priority === undefined && caller === undefined && maxWaitMs === undefined) return {}
  if (priority !== undefined && !isPriority(priority)) throw invalid('priority', "'high', 'normal' or 'low'")
  if (caller !== undefined && typeof caller !== 'string') throw invalid('caller', 'a string')
  if (maxWaitMs !== undefined && typeof maxWaitMs !== 'number')
    throw invalid('maxWaitMs', 'a number of milliseconds')
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(caller === undefined ? {} : { caller }),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  }
}

function isPriority(value: unknown): value is Priority {
  return typeof value === 'string' && Object.hasOwn(ranks, value)
}

function invalid(name: string, expected: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', `context.${name} must be ${expected}`)
}
