import { authorizePage } from '../../pages/authorize-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import type { RequestToken } from '../../state/request-tokens.ts'
import { accountId, customerUsername, type World } from '../../state/world.ts'
import { bodyFields } from '../body-fields.ts'
import { callbackUrl } from '../callback-url.ts'
import type { Exchange } from '../exchange.ts'
import { crossOriginObjection } from '../own-origin.ts'
import { readBody } from '../read-body.ts'
import type { Reply } from '../replies.ts'
import { addRoute, type Router } from '../routing.ts'

/** The page where users approve a request token, and its form ("OAuth at Interactive Brokers" 4.2). */
export function addAuthorizeRoutes(router: Router, world: World): void {
  addRoute(router, ['GET'], '/authorize', (exchange) => ask(exchange, world))
  addRoute(router, ['POST'], '/authorize', (exchange) => decide(exchange, world))
}

interface Question {
  readonly token: RequestToken
  readonly redirectUri: string
  readonly callback: string
}

function ask(exchange: Exchange, world: World): Promise<Reply> {
  const question = readQuestion(exchange, world)
  if ('problem' in question) return messagePage(question.status, 'This cannot be approved', question.problem)
  return authorizePage({
    consumerKey: world.consumer.consumerKey,
    username: customerUsername,
    accountId,
    requestToken: question.token.value,
    redirectUri: question.redirectUri,
    callbackUrl: question.callback,
  })
}

async function decide(exchange: Exchange, world: World): Promise<Reply> {
  const objection = crossOriginObjection(exchange)
  if (objection !== undefined) return objection
  const body = await readBody(exchange, world.settings.maximumBodyBytes)
  if (body === undefined) return messagePage(413, 'Too long', 'The form is longer than the sandbox takes.')
  const question = readQuestion(exchange, world)
  if ('problem' in question) return messagePage(question.status, 'This cannot be approved', question.problem)
  const { decision } = bodyFields(exchange)
  const { token, callback } = question
  if (decision === 'cancel') {
    token.state = 'cancelled'
    return redirect(callback)
  }
  if (decision !== 'approve')
    return messagePage(400, 'No decision', 'decision must be "approve" or "cancel".')
  const url = new URL(callback)
  url.searchParams.set('oauth_token', token.value)
  url.searchParams.set('oauth_verifier', world.requestTokens.approve(token))
  return redirect(url.href)
}

function readQuestion(
  exchange: Exchange,
  world: World,
): Question | { readonly problem: string; readonly status: number } {
  if (world.consumer.firstParty) {
    return { status: 403, problem: 'A first-party consumer has its access token from the portal already.' }
  }
  const fields = bodyFields(exchange)
  const token = world.requestTokens.find(String(fields.oauth_token ?? ''), world.clock.nowMs())
  if (token === undefined) {
    return { status: 400, problem: 'oauth_token is not a request token of this sandbox, or it has expired.' }
  }
  if (token.state !== 'issued') return { status: 409, problem: 'This request token was decided on before.' }
  const redirectUri = String(fields.redirect_uri ?? '')
  const callback = callbackUrl(world.consumer.callbackUrl, redirectUri)
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
