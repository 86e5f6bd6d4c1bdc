import { isTransportError, type TransportError } from '../errors.ts'
import { callEnd, callStart, codeOf, retryBegins } from '../events.ts'
import { captureContext } from '../http/body-stream.ts'
import type { TransportResponse } from '../http/response.ts'
import { makeAttempt } from './attempt.ts'
import type { CallState } from './call.ts'
import { explainReply } from './refused-reply.ts'
import { backoffMs, mayRepeatAfterReply, readRetryAfter, waitAfter } from './retry-rules.ts'
import { tellWait } from './waits.ts'

/**
 * Runs a call until it has a result, its time is over or it is given up.
 *
 * @param onOver - Called when nothing of it is left, the body of a stream included; perhaps twice.
 */
export function runCall(call: CallState, onOver: () => void): Promise<TransportResponse> {
  if (callStart.hasSubscribers) callStart.publish(call.event)
  const tell = callEnd.hasSubscribers ? tellEndOnce(call) : undefined
  return new Promise((resolve, reject) => {
    const watch = new Watch(call)
    const finish = (): void => {
      watch.stopListening()
      onOver()
    }
    const fail = (error: unknown): void => {
      watch.stopTimer()
      tell?.(undefined, error)
      reject(error)
      finish()
    }
    call.cancellation.onCancel(fail)
    complete(call, watch).then((response) => {
      watch.stopTimer()
      tell?.(response.status)
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
function tellEndOnce(call: CallState): (status: number | undefined, error?: unknown) => void {
  const inContext = captureContext()
  let told = false
  return (status, error) => {
    if (told) return
    told = true
    inContext(() => tellEnd(call, status, error))
  }
}

function tellEnd(call: CallState, status: number | undefined, error: unknown): void {
  const refused = isTransportError(error) ? error.status : undefined
  const { elapsedMs } = call
  callEnd.publish({ ...call.event, status: status ?? refused, code: codeOf(error), elapsedMs })
}

/** Gives a call up when its caller does, or its time is over. */
class Watch {
  readonly #call: CallState
  #timer: unknown
  #onAbort: (() => void) | undefined

  constructor(call: CallState) {
    this.#call = call
  }

  begin(): void {
    const call = this.#call
    const { callerSignal, timeouts, settings } = call
    const { totalMs } = timeouts
    if (totalMs > 0) this.#timer = settings.clock.setTimeout(() => call.cancel('timeout'), totalMs)
    if (!callerSignal) return
    this.#onAbort = () => call.cancel('aborted', callerSignal.reason)
    if (callerSignal.aborted) this.#onAbort()
    callerSignal.addEventListener('abort', this.#onAbort, { once: true })
  }

  stopListening(): void {
    if (this.#onAbort !== undefined) this.#call.callerSignal?.removeEventListener('abort', this.#onAbort)
  }

  stopTimer(): void {
    if (this.#timer !== undefined) this.#call.settings.clock.clearTimeout(this.#timer)
  }
}

/** Attempts a call, and repeats it as long as the rules, the limit, the budget and the time allow. */
async function complete(call: CallState, watch: Watch): Promise<TransportResponse> {
  watch.begin()
  for (let repeat = 1; ; repeat++) {
    call.cancellation.throwIfCancelled()
    let outcome: Outcome
    try {
      outcome = replied(call, await makeAttempt(call))
    } catch (error) {
      outcome = failed(call, error)
    }
    if (!outcome.repeatable || !(await waitToRepeat(call, outcome, repeat))) return settle(call, outcome)
  }
}

/** How an attempt ended, and whether the rules allow another. */
type Outcome =
  | { readonly repeatable: boolean; readonly response: TransportResponse }
  | { readonly repeatable: true; readonly error: TransportError }

function replied(call: CallState, response: TransportResponse): Outcome {
  return { response, repeatable: mayRepeatAfterReply(response.status, call.repeatable) }
}

/** Only what failed in the call itself is repeated: an interceptor's error is its own word. */
function failed(call: CallState, error: unknown): Outcome {
  const { lastFailure } = call
  if (error !== lastFailure || !lastFailure?.retryable) throw error
  return { error: lastFailure, repeatable: true }
}

/** What the caller gets. */
function settle(call: CallState, outcome: Outcome): TransportResponse {
  if ('error' in outcome) throw outcome.error
  const { response } = outcome
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
  await tellWait(call, 'retry', wait(call, delayMs))
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
