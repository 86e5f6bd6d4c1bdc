import { invalidInput } from '../errors.ts'
import type { Consumer } from './consumer.ts'
import type { RequestToken } from './request-tokens.ts'
import type { SandboxState } from './sandbox-state.ts'
import { customerUsername } from './users.ts'

/** What a user is asked to consent to. */
export interface ConsentQuestion {
  readonly token: RequestToken
  readonly consumer: Consumer
  /** Empty if the registered callback is used as it is. */
  readonly redirectUri: string
  /** Where the answer will take the browser. */
  readonly callback: string
}

/** Why there is nothing to consent to. */
export interface ConsentProblem {
  readonly problem: string
  /** HTTP status for a page that says so. */
  readonly status: number
}

/** What was approved. */
export interface Approval {
  /** The verifier to exchange the request token with: 20 hex digits. */
  readonly verifier: string
  /** Where a browser would be sent: the callback with `oauth_token` and `oauth_verifier`. */
  readonly callbackUrl: string
}

/** Reads what a request token asks consent for ("OAuth at Interactive Brokers" 4.2). */
export function consentQuestion(
  state: SandboxState,
  requestToken: string,
  redirectUri: string,
): ConsentQuestion | ConsentProblem {
  if ([...state.consumers.values()].every(({ firstParty }) => firstParty)) {
    return { status: 403, problem: 'A first-party consumer has its access token from the portal already.' }
  }
  const token = state.requestTokens.find(requestToken, state.clock.nowMs())
  const consumer = state.consumers.get(token?.consumerKey ?? '')
  if (token === undefined || consumer === undefined) {
    return { status: 400, problem: 'oauth_token is not a request token of this sandbox, or it has expired.' }
  }
  if (token.state !== 'issued') return { status: 409, problem: 'This request token was decided on before.' }
  const callback = callbackUrl(consumer.callbackUrl, redirectUri)
  if (callback === undefined) {
    return {
      status: 400,
      problem: 'redirect_uri must be a path: host and port are those of the registered callback.',
    }
  }
  return { token, consumer, redirectUri, callback }
}

/** Approves in the name of a user; the problem, if the sandbox knows no such user. */
export function approveConsent(
  state: SandboxState,
  { token, callback }: ConsentQuestion,
  username: string,
): Approval | ConsentProblem {
  if (state.users.find(username) === undefined) {
    return { status: 400, problem: 'username is not a user of this sandbox.' }
  }
  const verifier = state.requestTokens.approve(token, username)
  const url = new URL(callback)
  url.searchParams.set('oauth_token', token.value)
  url.searchParams.set('oauth_verifier', verifier)
  return { verifier, callbackUrl: url.href }
}

/** In whose name a request token is approved, and where the browser would go. */
export interface ApproveOptions {
  /** Default `sandboxcustomer`. */
  readonly username?: string | undefined
  /** Replaces the path of the registered callback. */
  readonly redirectUri?: string | undefined
}

/**
 * Approves as a user would on the page, without a browser.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
 */
export function approve(state: SandboxState, requestToken: string, options: ApproveOptions = {}): Approval {
  const { username = customerUsername, redirectUri = '' } = options
  const question = consentQuestion(state, requestToken, redirectUri)
  const approval = 'problem' in question ? question : approveConsent(state, question, username)
  if ('problem' in approval) throw invalidInput(approval.problem)
  return approval
}

/**
 * The registered callback with its path replaced ("OAuth at Interactive Brokers" 4.2); undefined where `redirectUri` is
 * more than a path. Empty leaves the callback as it is.
 */
function callbackUrl(registered: string, redirectUri: string): string | undefined {
  if (redirectUri === '') return registered
  const { origin } = new URL(registered)
  if (!/^\/[^\s\\]{0,2000}$/.test(redirectUri) || !URL.canParse(redirectUri, origin)) return undefined
  const url = new URL(redirectUri, origin)
  return url.origin === origin ? url.href : undefined
}
