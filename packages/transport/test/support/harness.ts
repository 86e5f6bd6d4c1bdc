import type { TransportOptions } from '../../src/call/options.ts'
import type { Transport } from '../../src/call/transport.ts'
import { createTransport } from '../../src/call/transport.ts'
import { isTransportError, type TransportError } from '../../src/errors.ts'
import { MemoryDispatcher, type MemoryExchange } from './memory-dispatcher.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface Harness {
  readonly transport: Transport
  readonly dispatcher: MemoryDispatcher
  readonly clock: VirtualClock
}

/** A transport over memory and virtual time. Jitter is taken at its upper bound, so that waits are known. */
export function createHarness(
  script?: (exchange: MemoryExchange, number: number) => void,
  options: Partial<TransportOptions> = {},
): Harness {
  const dispatcher = new MemoryDispatcher(script)
  const clock = new VirtualClock()
  const transport = createTransport({
    baseUrl: 'https://api.ibkr.com/v1/api',
    dispatcher,
    clock,
    random: () => 0.999_999,
    ...options,
  })
  return { transport, dispatcher, clock }
}

/** The error that a call fails with; anything else that happens fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<TransportError> {
  const outcome = await call.then(
    () => new Error('the call did not fail'),
    (error: unknown) => error,
  )
  if (!isTransportError(outcome)) throw outcome
  return outcome
}
