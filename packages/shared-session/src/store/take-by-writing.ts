import { SharedSessionError } from '../errors.ts'
import { type CounterState, isCounterState, memoryMs, noCounters, takePlaces } from './counters.ts'
import type { Store } from './store.ts'
import type { TakeAnswer, TakeRequest } from './take.ts'

const attempts = 200

/** {@link Store.take} for a store that has none: read, compute, compare and set, until nobody came between. */
export async function takeByWriting(store: Store, key: string, request: TakeRequest): Promise<TakeAnswer> {
  const counterKey = `${key} counters`
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { value, revision, nowMs } = await store.read(counterKey)
    const { state, answer } = takePlaces(readState(value), request, nowMs)
    const text = JSON.stringify(state)
    const outcome = await store.compareAndSet(counterKey, revision, text, memoryMs(state, nowMs))
    if (outcome.written) return answer
  }
  throw new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    `The counters under "${key}" changed ${attempts} times while they were written; fewer processes on one store, or a store with take(), would help`,
  )
}

/** Counters are no secret and nobody's proof: what cannot be read counts as nothing taken. */
function readState(value: string | undefined): CounterState {
  if (value === undefined) return noCounters
  try {
    const state: unknown = JSON.parse(value)
    return isCounterState(state) ? state : noCounters
  } catch {
    return noCounters
  }
}
