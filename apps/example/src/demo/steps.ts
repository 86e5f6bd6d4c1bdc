import { onTransportEvent } from '@ibkr-auth/transport'

/** One request of a client, as it is shown: no secret is in it. */
export interface Step {
  readonly method: string
  readonly origin: string
  readonly path: string
  /** Undefined where no reply came; `code` then says why. */
  readonly status: number | undefined
  readonly code: string | undefined
  readonly elapsedMs: number
}

/**
 * Tells of each request as it ends, by the transport's diagnostic channel: the clients know nothing of it.
 *
 * @returns Ends that.
 */
export function watchSteps(listener: (step: Step) => void): () => void {
  return onTransportEvent('ibkr-auth:transport:attempt-end', (event) => {
    const { method, origin, path, status, code, elapsedMs } = event
    listener({ method, origin, path, status, code, elapsedMs })
  })
}
