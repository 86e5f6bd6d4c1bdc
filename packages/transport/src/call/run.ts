import { isTransportError, type TransportError } from '../errors.ts'
import { callEnd, callStart, codeOf, retryBegins } from '../events.ts'
import { captureContext } from '../http/body-stream.ts'
import type { TransportResponse } from '../http/response.ts'
import { interceptedAttempt } from './attempt.ts'
import type { CallState } from './call.ts'
import { explainReply } from './refused-reply.ts'
import { backoffMs, mayRepeatAfterReply, readRetryAfter, waitAfter } from './retry-rules.ts'
import { tellWait } from './waits.ts'

/**
 * Runs a call until it has a result, its time is over or it is given up.
 *
 * @param onOver - Called when nothing of it is left, the body of a stream included.
 */
export function runCall(call: CallState, onOver: () => void): Promise<TransportResponse> {
  if (callStart.hasSubscribers) callStart.publish(call.event)
  return new Promise((resolve, reject) => {
    const stopWatching = watch(call)
    const announceEnd = announceOnce(call)
    const finish = (): void => {
      stopWatching.caller()
      onOver()
    }
    const fail = (error: unknown): void => {
      stopWatching.time()
      announceEnd(undefined, error)
      reject(error)
      finish()
    }
    call.cancellation.onCancel(fail)
    complete(call).then((response) => {
      stopWatching.time()
      announceEnd(response.status)
      resolve(response)
      if (response.stream && !response.stream.destroyed) response.stream.once('close', finish)
      else finish()
    }, fail)
  })
}

/**
 * Tells of a call's result: of the first alone, for a cancelled call fails once more when its attempt does. Whoever cancels does so in
 * a context of its own; who begins to listen in the middle of a call is not told of its end.
 */
function announceOnce(call: CallState): (status: number | undefined, error?: unknown) => void {
  const inContext = callEnd.hasSubscribers ? captureContext() : undefined
  let announced = false
  return (status, error) => {
    if (announced) return
    announced = true
    inContext?.(() => tellEnd(call, status, error))
  }
}

function tellEnd(call: CallState, status: number | undefined, error: unknown): void {
  const refused = isTransportError(error) ? error.status : undefined
  const { elapsedMs } = call
  callEnd.publish({ ...call.event, status: status ?? refused, code: codeOf(error), elapsedMs })
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
  return explainReply(call.known, response, call.secrets, tooFarOff, waitAfter(response, skew.now()))
}

/** Attempts a call, and repeats it as long as the rules, the limit, the budget and the time allow. */
export async function attemptUntilDone(call: CallState): Promise<TransportResponse> {
  for (let repeat = 1; ; repeat++) {
    const outcome = await attemptOnce(call)
    if (!outcome.repeatable || !(await waitToRepeat(call, outcome, repeat))) return settle(outcome)
  }
}

/** How an attempt ended, and whether the rules allow another. */
type Outcome =
  | { readonly repeatable: boolean; readonly response: TransportResponse }
  | { readonly repeatable: true; readonly error: TransportError }

async function attemptOnce(call: CallState): Promise<Outcome> {
  call.cancellation.throwIfCancelled()
  try {
    const response = await interceptedAttempt(call)
    return { response, repeatable: mayRepeatAfterReply(response.status, call.repeatable) }
  } catch (error) {
    const { lastFailure } = call
    if (error !== lastFailure || !lastFailure?.retryable) throw error
    return { error: lastFailure, repeatable: true }
  }
}

function settle(outcome: Outcome): TransportResponse {
  if ('error' in outcome) throw outcome.error
  return outcome.response
}

/** Waits until the next attempt is due; false if there is to be none. */
async function waitToRepeat(call: CallState, outcome: Outcome, repeat: number): Promise<boolean> {
  const { retry, budget, random, skew } = call.settings
  if (repeat > call.retryLimit) return false
  const askedMs = 'response' in outcome ? (readRetryAfter(outcome.response.headers, skew.now()) ?? 0) : 0
  const delayMs = Math.max(askedMs, backoffMs(repeat, retry.baseDelayMs, retry.maxDelayMs, random()))
  // What failed says more than the timeout that would follow.
  const tooLate = call.timeouts.totalMs > 0 && call.elapsedMs + delayMs >= call.timeouts.totalMs
  if (askedMs > retry.maxDelayMs || tooLate || !budget.spend()) return false
  announce(call, outcome, delayMs)
  const { monotonicNow } = call.settings
  await tellWait('retry', wait(call, delayMs), { describe: () => call.event, monotonicNow })
  return true
}

function announce(call: CallState, outcome: Outcome, delayMs: number): void {
  if (!retryBegins.hasSubscribers) return
  const reason = 'error' in outcome ? outcome.error.code : String(outcome.response.status)
  retryBegins.publish({ ...call.event, delayMs, reason })
}

function wait(call: CallState, delayMs: number): Promise<void> {
  const { cancellation, settings } = call
  return new Promise((resolve, reject) => {
    const onCancel = (reason: TransportError): void => {
      settings.clock.clearTimeout(handle)
      reject(reason)
    }
    const handle = settings.clock.setTimeout(() => {
      cancellation.removeListener(onCancel)
      resolve()
    }, delayMs)
    cancellation.onCancel(onCancel)
  })
}
