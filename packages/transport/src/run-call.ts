import type { CallState } from './call-state.ts'
import { explainReply } from './explain-reply.ts'
import { attemptUntilDone } from './repeat.ts'
import { readRetryAfter } from './retry-after.ts'
import type { TransportError } from './transport-error.ts'
import type { TransportResponse } from './transport-response.ts'

/**
 * Runs a call until it has a result, its time is over or it is given up.
 *
 * @param onOver - Called when nothing of it is left, the body of a stream included.
 */
export function runCall(call: CallState, onOver: () => void): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const stopWatching = watch(call)
    const finish = (): void => {
      stopWatching.caller()
      onOver()
    }
    const fail = (error: unknown): void => {
      stopWatching.time()
      reject(error)
      finish()
    }
    call.cancellation.onCancel(fail)
    complete(call).then((response) => {
      stopWatching.time()
      resolve(response)
      if (response.stream && !response.stream.destroyed) response.stream.once('close', finish)
      else finish()
    }, fail)
  })
}

/** Gives the call up when its caller does, or its time is over. */
function watch(call: CallState): { caller: () => void; time: () => void } {
  const { callerSignal, timeouts, settings } = call
  const onAbort = (): void => call.cancel('aborted', callerSignal?.reason)
  if (callerSignal?.aborted) onAbort()
  callerSignal?.addEventListener('abort', onAbort, { once: true })
  const timer =
    timeouts.totalMs > 0
      ? settings.clock.setTimeout(() => call.cancel('timeout'), timeouts.totalMs)
      : undefined
  return {
    caller: () => callerSignal?.removeEventListener('abort', onAbort),
    time: () => {
      if (timer !== undefined) settings.clock.clearTimeout(timer)
    },
  }
}

async function complete(call: CallState): Promise<TransportResponse> {
  const response = await attemptUntilDone(call)
  if (response.ok) call.settings.budget.earn()
  if (response.ok || !call.throwHttpErrors) return response
  throw refusal(call, response)
}

function refusal(call: CallState, response: TransportResponse): TransportError {
  const { clockSkewLimitMs, skew } = call.settings
  const offMs = response.status === 401 ? call.clockOffByMs : undefined
  const tooFarOff = offMs !== undefined && Math.abs(offMs) > clockSkewLimitMs ? offMs : undefined
  return explainReply(
    call.known,
    response,
    call.secrets,
    tooFarOff,
    readRetryAfter(response.headers, skew.now()),
  )
}
