import type { ConnectionOptions } from './connection-options.ts'
import type { DispatchHandler, DispatchRequest, HttpDispatcher } from './dispatcher.ts'
import { openConnections } from './open-connections.ts'

/** Connections over undici, which is loaded with the first request. */
export interface ConnectionDispatcher extends HttpDispatcher {
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes connections that any number of transports can share: give the result to each as `dispatcher`, and close it
 * after the last of them.
 */
export function createDispatcher(options: ConnectionOptions = {}): ConnectionDispatcher {
  let opened: ReturnType<typeof openConnections> | undefined
  let ready: Awaited<ReturnType<typeof openConnections>> | undefined
  const open = async (): Promise<NonNullable<typeof ready>> => {
    opened ??= openConnections(options)
    ready = await opened
    return ready
  }
  const close = async (): Promise<void> => {
    if (opened) await (await opened).close()
  }
  return {
    dispatch(request: DispatchRequest, handler: DispatchHandler): boolean {
      if (ready) return ready.dispatch(request, handler)
      open().then(
        (dispatcher) => dispatcher.dispatch(request, handler),
        (error: Error) => handler.onResponseError({ abort() {}, pause() {}, resume() {} }, error),
      )
      return true
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
