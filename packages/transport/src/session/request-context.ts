import { TransportError } from '../errors.ts'
import { ranks } from '../pacing/lane.ts'
import type { Priority } from '../pacing/permit.ts'
import type { RequestContext } from '../request/types.ts'

/** The part of a request's context that its session reads; see {@link SessionRequestContext}. */
export interface ReadContext {
  readonly priority?: Priority | undefined
  readonly caller?: string | undefined
  readonly maxWaitMs?: number | undefined
}

/** Takes from a context what pacing goes by; what is not of the right type cannot be meant. */
export function readRequestContext({ priority, caller, maxWaitMs }: RequestContext): ReadContext {
  if (priority !== undefined && !isPriority(priority)) throw invalid('priority', "'high', 'normal' or 'low'")
  if (caller !== undefined && typeof caller !== 'string') throw invalid('caller', 'a string')
  if (maxWaitMs !== undefined && !isDuration(maxWaitMs))
    throw invalid('maxWaitMs', 'a number of milliseconds from 0 up')
  return { priority, caller, maxWaitMs }
}

function isPriority(value: unknown): value is Priority {
  return typeof value === 'string' && Object.hasOwn(ranks, value)
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function invalid(name: string, expected: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', `context.${name} must be ${expected}`)
}
