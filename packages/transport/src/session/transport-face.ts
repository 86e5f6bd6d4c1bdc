import type { Transport } from '../call/transport.ts'
import { RequestVerbs } from '../call/transport.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { StreamedResponse, TransportResponse } from '../http/response.ts'
import type { TransportRequest } from '../request/types.ts'
import type { CallsUnderWay } from './calls-under-way.ts'

/** The part of a session that is its transport: every call is counted, and handed on. */
export class TransportFace
  extends RequestVerbs
  implements Omit<Transport, 'close' | typeof Symbol.asyncDispose>
{
  readonly #transport: () => Transport
  readonly #calls: CallsUnderWay

  /** @param transport - Asked at each call, since the transport of a session is made after it. */
  constructor(transport: () => Transport, calls: CallsUnderWay) {
    super()
    this.#transport = transport
    this.#calls = calls
  }

  request(request: TransportRequest): Promise<TransportResponse> {
    return this.#calls.track(this.#transport().request(request))
  }

  stream(request: TransportRequest): Promise<StreamedResponse> {
    return this.#calls.track(this.#transport().stream(request))
  }

  get clockSkewMs(): number {
    return this.#transport().clockSkewMs
  }

  get claimedClockSkewMs(): number | undefined {
    return this.#transport().claimedClockSkewMs
  }

  resetClockSkew(): void {
    this.#transport().resetClockSkew()
  }

  now(): number {
    return this.#transport().now()
  }

  get dispatcher(): HttpDispatcher {
    return this.#transport().dispatcher
  }

  clearCookies(): void {
    this.#transport().clearCookies()
  }
}
