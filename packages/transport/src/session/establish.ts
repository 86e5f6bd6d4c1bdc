import { TransportError } from '../errors.ts'
import type { Timers } from '../timer-heap.ts'
import { type EstablishReason, type TakenCredential, takeCredential } from './credential.ts'

/** Whom logins serve. */
export interface LoginsHost {
  establish(signal: AbortSignal, login: Login): Promise<unknown>
  /** A credential has come. */
  landed(credential: TakenCredential): void
  failed(error: unknown): void
  /** A credential has come that nobody waits for any more. */
  discard(credential: TakenCredential): void
}

/** Why a credential is wanted, and which one it is to replace. */
export interface Login {
  readonly reason: EstablishReason
  readonly replaces: TakenCredential | undefined
}

/** Calls `establish()`, one call at a time; each ends after its time, whether that function listens or not. */
export class Logins {
  readonly #timers: Timers
  readonly #timeoutMs: number
  readonly #host: LoginsHost
  /** The call that is waited for. */
  #flight: AbortController | undefined

  constructor(timers: Timers, timeoutMs: number, host: LoginsHost) {
    this.#timers = timers
    this.#timeoutMs = timeoutMs
    this.#host = host
  }

  begin(login: Login): void {
    const timers = this.#timers
    const timeoutMs = this.#timeoutMs
    const flight = new AbortController()
    this.#flight = flight
    const timer = timers.after(timeoutMs, () => {
      const error = tookTooLong(timeoutMs)
      flight.abort(error)
      this.#over(flight, () => this.#host.failed(error))
    })
    call((signal) => this.#host.establish(signal, login), flight.signal).then(
      (credential) => {
        timers.cancel(timer)
        if (!this.#over(flight, () => this.#host.landed(credential))) this.#host.discard(credential)
      },
      (error: unknown) => {
        timers.cancel(timer)
        this.#over(flight, () => this.#host.failed(error))
      },
    )
  }

  /** Gives up what is under way; a credential that still arrives is discarded. */
  cancel(reason: Error): void {
    const flight = this.#flight
    this.#flight = undefined
    flight?.abort(reason)
  }

  /** Ends the flight, if it is the one that is waited for. */
  #over(flight: AbortController, end: () => void): boolean {
    if (this.#flight !== flight) return false
    this.#flight = undefined
    end()
    return true
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
