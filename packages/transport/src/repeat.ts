import type { CallState } from './call-state.ts'
import { retryBegins, waitBegins } from './diagnostics.ts'
import { interceptedAttempt } from './intercepted-attempt.ts'
import { readRetryAfter } from './retry-after.ts'
import { backoffMs, mayRepeatAfterReply } from './retry-policy.ts'
import type { TransportError } from './transport-error.ts'
import type { TransportResponse } from './transport-response.ts'

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
  await wait(call, delayMs)
  return true
}

function announce(call: CallState, outcome: Outcome, delayMs: number): void {
  if (retryBegins.hasSubscribers) {
    const reason = 'error' in outcome ? outcome.error.code : String(outcome.response.status)
    retryBegins.publish({ ...call.event, delayMs, reason })
  }
  if (waitBegins.hasSubscribers) waitBegins.publish({ ...call.event, delayMs, reason: 'retry' })
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
