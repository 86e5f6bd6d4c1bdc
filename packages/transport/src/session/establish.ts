import { TransportError } from '../errors.ts'
import type { Timers } from '../timer-heap.ts'
import { type TakenCredential, takeCredential } from './credential.ts'

/** One call of `establish()` that is under way. */
export interface EstablishFlight {
  readonly outcome: Promise<TakenCredential>
  /** Gives up: `outcome` rejects, and a credential that still arrives is handed to `discard`. */
  cancel(reason: Error): void
}

/** What a flight needs. */
export interface FlightInput {
  readonly establish: (signal: AbortSignal) => Promise<unknown>
  readonly timers: Timers
  readonly timeoutMs: number
  readonly discard: (credential: TakenCredential) => void
}

/** Starts a call of `establish()`; it ends by itself after `timeoutMs`, whether that function listens or not. */
export function startEstablishing({ establish, timers, timeoutMs, discard }: FlightInput): EstablishFlight {
  const controller = new AbortController()
  const { signal } = controller
  const timer = timers.after(timeoutMs, () => controller.abort(tookTooLong(timeoutMs)))
  const outcome = new Promise<TakenCredential>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    call(establish, signal).then((credential) => {
      if (signal.aborted) discard(credential)
      else resolve(credential)
    }, reject)
  })
  return {
    outcome: outcome.finally(() => timers.cancel(timer)),
    cancel: (reason) => controller.abort(reason),
  }
}

/** Turns what a caller's function throws at once into a rejection, and checks what it hands over. */
async function call(
  establish: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<TakenCredential> {
  return takeCredential(await establish(signal))
}

function tookTooLong(timeoutMs: number): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_TIMEOUT',
    `establish() took longer than ${timeoutMs} ms; pass its signal to every request, or raise renewal.timeoutMs`,
    { retryable: true },
  )
}
