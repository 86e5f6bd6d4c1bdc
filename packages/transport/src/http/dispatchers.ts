import process from 'node:process'
import { checkGroup, invalidInput } from '../checks.ts'
import { type ConnectionOptions, checkConnectionOptions } from './connection-options.ts'
import { type OpenConnections, openConnections } from './connections.ts'
import type { DispatchController, DispatchHandler, DispatchRequest, HttpDispatcher } from './dispatcher.ts'
import { ExchangeFailure } from './failure.ts'

/** Connections over undici, which is loaded with the first request: that takes about 80 ms. */
export interface ConnectionDispatcher extends HttpDispatcher {
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  /** Ends what is under way and closes every connection at once. */
  destroy(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Of an exchange that never began, there is nothing to stop. */
const idle: DispatchController = { abort: () => undefined, pause: () => undefined, resume: () => undefined }

/**
 * Makes connections that any number of transports can share: give the result to each as `dispatcher`, and close it
 * after the last of them.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createDispatcher(options: ConnectionOptions = {}): ConnectionDispatcher {
  checkGroup('options', options)
  checkConnectionOptions(options)
  checkSockets()
  return new LazyConnections(options)
}

class LazyConnections implements ConnectionDispatcher {
  readonly #options: ConnectionOptions
  #opening: Promise<OpenConnections> | undefined
  #connections: OpenConnections | undefined
  #closing: Promise<void> | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean {
    if (this.#closing) {
      handler.onResponseError(idle, new ExchangeFailure('unreachable', 'the dispatcher is closed'))
    } else if (this.#connections) {
      return this.#connections.dispatch(request, handler)
    } else {
      this.#open().then(
        (opened) => opened.dispatch(request, handler),
        (error: Error) => handler.onResponseError(idle, error),
      )
    }
    return true
  }

  close(): Promise<void> {
    this.#closing ??= this.#end((opened) => opened.close())
    return this.#closing
  }

  async destroy(): Promise<void> {
    this.#closing ??= Promise.resolve()
    await this.#end((opened) => opened.destroy())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #open(): Promise<OpenConnections> {
    this.#opening ??= openConnections(this.#options)
    try {
      this.#connections = await this.#opening
      return this.#connections
    } catch (error) {
      // What was wrong with the environment may be mended before the next request.
      this.#opening = undefined
      throw error
    }
  }

  async #end(how: (opened: OpenConnections) => Promise<void>): Promise<void> {
    // What could not be opened need not be closed; whoever asked for it has been told.
    const opened = await this.#opening?.catch(() => undefined)
    if (opened) await how(opened)
  }
}

/** undici needs Node's sockets. Bun puts an undici of its own in its place, and Workers have no sockets that TLS could go over. */
function checkSockets(): void {
  const runtime = /^(Bun|Cloudflare-Workers)\b/.exec(userAgent())?.[1]
  if (runtime === undefined && !('bun' in process.versions)) return
  throw invalidInput(
    `connections need the sockets of Node, which ${runtime ?? 'Bun'} does not have: give a dispatcher that carries requests there`,
  )
}

function userAgent(): string {
  const { navigator } = globalThis as { navigator?: { userAgent?: unknown } }
  return typeof navigator?.userAgent === 'string' ? navigator.userAgent : ''
}

let users = 0
let connections: ConnectionDispatcher | undefined

/** Carries the requests of all transports that bring no connections of their own. Open as long as one of them is. */
export const sharedDispatcher: HttpDispatcher = {
  dispatch(request, handler) {
    connections ??= createDispatcher()
    return connections.dispatch(request, handler)
  },
}

/**
 * Counts a transport in.
 *
 * @returns Counts it out; after the last one, the connections are closed.
 */
export function useSharedDispatcher(): () => Promise<void> {
  checkSockets()
  users++
  return async () => {
    users--
    if (users > 0 || !connections) return
    const closing = connections
    connections = undefined
    await closing.destroy()
  }
}
