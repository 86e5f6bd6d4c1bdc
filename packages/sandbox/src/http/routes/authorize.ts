import { authorizePage } from '../../pages/authorize-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import { readBody, readFields, textOf } from '../../request/body.ts'
import type { RequestRecord } from '../../request/record.ts'
import type { Reply } from '../../request/reply.ts'
import type { RequestToken } from '../../state/request-tokens.ts'
import { accountId, customerUsername, type SandboxState } from '../../state/sandbox-state.ts'
import { crossOriginObjection } from '../door.ts'
import type { Router } from '../router.ts'

/** The page where users approve a request token, and its form ("OAuth at Interactive Brokers" 4.2). */
export function addAuthorizeRoutes(router: Router, state: SandboxState): void {
  router.add(['GET'], '/authorize', (record) => ask(record, state))
  router.add(['POST'], '/authorize', (record) => decide(record, state))
}

interface Question {
  readonly token: RequestToken
  readonly redirectUri: string
  readonly callback: string
}

function ask(record: RequestRecord, state: SandboxState): Promise<Reply> {
  const question = readQuestion(record, state)
  if ('problem' in question) return messagePage(question.status, 'This cannot be approved', question.problem)
  return authorizePage({
    consumerKey: state.consumer.consumerKey,
    username: customerUsername,
    accountId,
    requestToken: question.token.value,
    redirectUri: question.redirectUri,
    callbackUrl: question.callback,
  })
}

async function decide(record: RequestRecord, state: SandboxState): Promise<Reply> {
  const objection = crossOriginObjection(record)
  if (objection !== undefined) return objection
  const body = await readBody(record, state.settings.maximumBodyBytes)
  if (body === undefined) return messagePage(413, 'Too long', 'The form is longer than the sandbox takes.')
  const question = readQuestion(record, state)
  if ('problem' in question) return messagePage(question.status, 'This cannot be approved', question.problem)
  const decision = readFields(record)?.decision
  const { token, callback } = question
  if (decision === 'cancel') {
    token.state = 'cancelled'
    return redirect(callback)
  }
  if (decision !== 'approve')
    return messagePage(400, 'No decision', 'decision must be "approve" or "cancel".')
  const url = new URL(callback)
  url.searchParams.set('oauth_token', token.value)
  url.searchParams.set('oauth_verifier', state.requestTokens.approve(token))
  return redirect(url.href)
}

function readQuestion(
  record: RequestRecord,
  state: SandboxState,
): Question | { readonly problem: string; readonly status: number } {
  if (state.consumer.firstParty) {
    return { status: 403, problem: 'A first-party consumer has its access token from the portal already.' }
  }
  const fields = readFields(record) ?? {}
  const token = state.requestTokens.find(textOf(fields.oauth_token) ?? '', state.clock.nowMs())
  if (token === undefined) {
    return { status: 400, problem: 'oauth_token is not a request token of this sandbox, or it has expired.' }
  }
  if (token.state !== 'issued') return { status: 409, problem: 'This request token was decided on before.' }
  const redirectUri = textOf(fields.redirect_uri) ?? ''
  const callback = callbackUrl(state.consumer.callbackUrl, redirectUri)
  if (callback === undefined) {
    return {
      status: 400,
      problem: 'redirect_uri must be a path: host and port are those of the registered callback.',
    }
  }
  return { token, redirectUri, callback }
}

function redirect(location: string): Reply {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
  }
}

/**
 * The registered callback with its path replaced ("OAuth at Interactive Brokers" 4.2); undefined where `redirectUri` is
 * more than a path. Empty leaves the callback as it is.
 */
export function callbackUrl(registered: string, redirectUri: string): string | undefined {
  if (redirectUri === '') return registered
  const { origin } = new URL(registered)
  if (!/^\/[^\s\\]{0,2000}$/.test(redirectUri) || !URL.canParse(redirectUri, origin)) return undefined
  const url = new URL(redirectUri, origin)
  return url.origin === origin ? url.href : undefined
}
