import { Readable } from 'node:stream'
import { CallState } from './call-state.ts'
import { createDispatcher } from './create-dispatcher.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { TransportOptions } from './options.ts'
import type { TransportRequest } from './request.ts'
import { RequestVerbs } from './request-verbs.ts'
import { runCall } from './run-call.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { sharedDispatcher, useSharedDispatcher } from './shared-dispatcher.ts'
import type { Transport } from './transport.ts'
import { TransportError } from './transport-error.ts'
import type { StreamedResponse, TransportResponse } from './transport-response.ts'

/**
 * Makes a transport: requests to one origin below one path, each attempt authorised afresh, none ever doubled.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createTransport(options: TransportOptions): Transport {
  if (options.dispatcher && options.connection) {
    throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'give dispatcher or connection, not both')
  }
  if (options.dispatcher) return new HttpTransport(resolveSettings(options, options.dispatcher), doNothing)
  if (options.connection) {
    const own = createDispatcher(options.connection)
    return new HttpTransport(resolveSettings(options, own), own.destroy)
  }
  const settings = resolveSettings(options, sharedDispatcher)
  return new HttpTransport(settings, useSharedDispatcher())
}

async function doNothing(): Promise<void> {
  return
}

class HttpTransport extends RequestVerbs implements Transport {
  readonly #settings: Settings
  readonly #release: () => Promise<void>
  readonly #calls = new Set<CallState>()
  #closing: Promise<void> | undefined

  constructor(settings: Settings, release: () => Promise<void>) {
    super()
    this.#settings = settings
    this.#release = release
  }

  override async request(request: TransportRequest): Promise<TransportResponse> {
    return this.#run(request, false)
  }

  async stream(request: TransportRequest): Promise<StreamedResponse> {
    const response = await this.#run(request, true)
    const { status, headers, url } = response
    return {
      status,
      headers,
      url,
      body: response.stream ?? Readable.from([response.body], { objectMode: false }),
    }
  }

  get clockSkewMs(): number {
    return this.#settings.skew.ms
  }

  now(): number {
    return this.#settings.skew.now()
  }

  get dispatcher(): HttpDispatcher {
    return this.#settings.dispatcher
  }

  clearCookies(): void {
    this.#settings.cookies?.clear()
  }

  close(): Promise<void> {
    if (!this.#closing) {
      for (const call of this.#calls) call.cancel('closed')
      this.#closing = this.#release()
    }
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #run(request: TransportRequest, streaming: boolean): Promise<TransportResponse> {
    if (this.#closing)
      throw new TransportError('ERR_TRANSPORT_CLOSED', 'the transport is closed: make a new one')
    const call = new CallState(this.#settings, request, streaming)
    this.#calls.add(call)
    return runCall(call, () => this.#calls.delete(call))
  }
}
