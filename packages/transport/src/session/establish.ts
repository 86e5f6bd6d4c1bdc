import { TransportError } from '../errors.ts'
import type { Timers } from '../timer-heap.ts'
import { type EstablishReason, type TakenCredential, takeCredential } from './credential.ts'

/** Whom logins serve. */
export interface LoginsHost {
  /** A credential has come. */
  established(credential: TakenCredential): void
  failed(error: unknown): void
  /** A credential has come that nobody waits for any more. */
  discard(credential: TakenCredential): void
}

/** What is the caller's own in a login. */
export interface LoginCalls {
  establish(signal: AbortSignal, login: Login): Promise<unknown>
  /** A member of what has come cannot be read. */
  threw(name: string, cause: unknown): void
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
  readonly #calls: LoginCalls
  readonly #host: LoginsHost
  /** The call that is waited for. */
  #running: AbortController | undefined

  constructor(timers: Timers, timeoutMs: number, calls: LoginCalls, host: LoginsHost) {
    this.#calls = calls
    this.#timers = timers
    this.#timeoutMs = timeoutMs
    this.#host = host
  }

  begin(login: Login): void {
    const timers = this.#timers
    const timeoutMs = this.#timeoutMs
    const running = new AbortController()
    this.#running = running
    const timer = timers.after(timeoutMs, () => {
      const error = tookTooLong(timeoutMs)
      running.abort(error)
      this.#over(running, () => this.#host.failed(error))
    })
    this.#call(running.signal, login).then(
      (credential) => {
        timers.cancel(timer)
        if (!this.#over(running, () => this.#host.established(credential))) this.#host.discard(credential)
      },
      (error: unknown) => {
        timers.cancel(timer)
        this.#over(running, () => this.#host.failed(error))
      },
    )
  }

  /** Gives up what is under way; a credential that still arrives is discarded. */
  cancel(reason: Error): void {
    const running = this.#running
    this.#running = undefined
    running?.abort(reason)
  }

  /** Turns what a caller's function throws at once into a rejection, and checks what it hands over. */
  async #call(signal: AbortSignal, login: Login): Promise<TakenCredential> {
    const credential = await this.#calls.establish(signal, login)
    return takeCredential(credential, (name, cause) => this.#calls.threw(name, cause))
  }

  /** Ends the call, if it is the one that is waited for. */
  #over(running: AbortController, end: () => void): boolean {
    if (this.#running !== running) return false
    this.#running = undefined
    end()
    return true
  }
}

function tookTooLong(timeoutMs: number): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_TIMEOUT',
    `establish() took longer than ${timeoutMs} ms; pass its signal to every request, or raise renewal.timeoutMs`,
    { retryable: true },
  )
}
