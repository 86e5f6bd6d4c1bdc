import { TransportError } from '../errors.ts'
import type { Timers } from '../timer-heap.ts'
import type { SessionCredential } from './credential.ts'

/** One call of `establish()` that is under way. */
export interface EstablishFlight {
  readonly outcome: Promise<SessionCredential>
  /** Gives up: `outcome` rejects, and a credential that still arrives is handed to `discard`. */
  cancel(reason: Error): void
}

/** What a flight needs. */
export interface FlightInput {
  readonly establish: (signal: AbortSignal) => Promise<SessionCredential>
  readonly timers: Timers
  readonly timeoutMs: number
  readonly discard: (credential: SessionCredential) => void
}

/** Starts a call of `establish()`; it ends by itself after `timeoutMs`. */
export function startEstablishing({ establish, timers, timeoutMs, discard }: FlightInput): EstablishFlight {
  const controller = new AbortController()
  const { signal } = controller
  const timer = timers.after(timeoutMs, () => controller.abort(tookTooLong(timeoutMs)))
  const outcome = new Promise<SessionCredential>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    call(establish, signal).then((credential) => {
      if (signal.aborted) discard(credential)
      resolve(credential)
    }, reject)
  })
  return {
    outcome: outcome.finally(() => timers.cancel(timer)),
    cancel: (reason) => controller.abort(reason),
  }
}

/** Turns what a caller's function throws at once into a rejection, and checks what it hands over. */
async function call(
  establish: (signal: AbortSignal) => Promise<SessionCredential>,
  signal: AbortSignal,
): Promise<SessionCredential> {
  const credential = await establish(signal)
  if (typeof credential?.authorize === 'function' && Number.isFinite(credential.expiresAtMs))
    return credential
  throw new TransportError(
    'ERR_TRANSPORT_INVALID_INPUT',
    'establish() must resolve to { authorize, expiresAtMs }: a function, and milliseconds since 1970',
  )
}

function tookTooLong(timeoutMs: number): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_TIMEOUT',
    `establish() took longer than ${timeoutMs} ms; pass its signal to every request, or raise renewal.timeoutMs`,
    { retryable: true },
  )
}
