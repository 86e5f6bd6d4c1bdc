import { Readable } from 'node:stream'
import { checkGroup, invalidInput } from '../checks.ts'
import { TransportError } from '../errors.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import { createDispatcher, sharedDispatcher, useSharedDispatcher } from '../http/dispatchers.ts'
import type { StreamedResponse, TransportResponse } from '../http/response.ts'
import type { RequestOptions, TransportRequest } from '../request/types.ts'
import { CallState } from './call.ts'
import type { TransportOptions } from './options.ts'
import { runCall } from './run.ts'
import { resolveSettings, type Settings, type TransportSession } from './settings.ts'

/** Sends authorised requests below one base URL. */
export interface Transport {
  /**
   * Sends a request and reads its reply whole.
   *
   * @throws {TransportError} with a code for each failure; see the README's table.
   */
  request(request: TransportRequest): Promise<TransportResponse>
  /** Sends a request and hands out the body of a 2xx reply as it arrives. */
  stream(request: TransportRequest): Promise<StreamedResponse>
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  /** How far the server's clock is ahead of this one, in milliseconds, by the `Date` of its replies; 0 until two of them agree. */
  readonly clockSkewMs: number
  /** What the last reply said about that, if it contradicts {@link clockSkewMs} and no other reply has borne it out. */
  readonly claimedClockSkewMs: number | undefined
  /** Forgets what replies said about the server's clock. */
  resetClockSkew(): void
  /** The server's time as far as it is known, in milliseconds since 1970. */
  now(): number
  /** What carries this transport's requests. */
  readonly dispatcher: HttpDispatcher
  /** Forgets the cookies, as after a logout. */
  clearCookies(): void
  /** The cookies that are kept, as `Set-Cookie` texts with their paths, to travel to another process. */
  cookies(): readonly string[]
  /** Takes in cookies that have travelled from another process; those of other names are left out. */
  addCookies(cookies: readonly string[]): Promise<void>
  /** Ends what is under way with `ERR_TRANSPORT_CLOSED`, then closes the connections that are this transport's own. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The methods of HTTP as functions, over whatever sends requests. */
export abstract class RequestVerbs {
  abstract request(request: TransportRequest): Promise<TransportResponse>

  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'GET', url })
  }

  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'POST', url })
  }

  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'PUT', url })
  }

  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'PATCH', url })
  }

  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'DELETE', url })
  }
}

/**
 * Makes a transport: requests to one origin below one path, each attempt authorised afresh, none ever doubled.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createTransport(options: TransportOptions): Transport {
  return createTransportOf(options)
}

/** A transport that may belong to a session. */
export function createTransportOf(options: TransportOptions, session?: TransportSession): Transport {
  checkGroup('options', options ?? null)
  checkGroup('dispatcher', options.dispatcher)
  checkGroup('connection', options.connection)
  if (options.dispatcher && options.connection) {
    throw invalidInput('give dispatcher or connection, not both')
  }
  if (options.dispatcher && typeof options.dispatcher.dispatch !== 'function') {
    throw invalidInput('dispatcher must have a function dispatch, as those of undici do')
  }
  if (options.dispatcher)
    return new HttpTransport(resolveSettings(options, options.dispatcher, session), doNothing)
  if (options.connection) {
    const own = createDispatcher(options.connection)
    return new HttpTransport(resolveSettings(options, own, session), () => own.destroy())
  }
  const settings = resolveSettings(options, sharedDispatcher, session)
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

  override request(request: TransportRequest): Promise<TransportResponse> {
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

  get claimedClockSkewMs(): number | undefined {
    return this.#settings.skew.claimedMs
  }

  resetClockSkew(): void {
    this.#settings.skew.reset()
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

  cookies(): readonly string[] {
    return this.#settings.cookies?.texts() ?? []
  }

  async addCookies(cookies: readonly string[]): Promise<void> {
    await this.#settings.cookies?.add(cookies)
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

  /** Not async, which would cost each request several turns more; never throws all the same. */
  #run(request: TransportRequest, streaming: boolean): Promise<TransportResponse> {
    try {
      if (this.#closing)
        throw new TransportError('ERR_TRANSPORT_CLOSED', 'the transport is closed: make a new one')
      const call = new CallState(this.#settings, request, streaming)
      this.#calls.add(call)
      this.#settings.session?.callBegins(call.request.context)
      return runCall(call, () => this.#over(call))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** A call that is cancelled ends once more when its attempt does. */
  #over(call: CallState): void {
    if (this.#calls.delete(call)) this.#settings.session?.callEnds(call.request.context)
  }
}
