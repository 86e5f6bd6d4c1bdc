import { authorizePage } from '../../pages/authorize-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import { readBody, readFields, textOf } from '../../request/body.ts'
import type { RequestRecord } from '../../request/record.ts'
import type { Reply } from '../../request/reply.ts'
import {
  approveConsent,
  type ConsentProblem,
  type ConsentQuestion,
  consentQuestion,
} from '../../state/consent.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { customerUsername } from '../../state/users.ts'
import { crossOriginObjection } from '../door.ts'
import type { Router } from '../router.ts'

/** The page where users approve a request token, and its form ("OAuth at Interactive Brokers" 4.2). */
export function addAuthorizeRoutes(router: Router, state: SandboxState): void {
  router.add(['GET'], '/authorize', (record) => ask(record, state))
  router.add(['POST'], '/authorize', (record) => decide(record, state))
}

function ask(record: RequestRecord, state: SandboxState): Promise<Reply> {
  const question = readQuestion(record, state)
  if ('problem' in question) return problemPage(question)
  const others = state.users.all().filter(({ username }) => username !== customerUsername)
  const customer = state.users.find(customerUsername)
  return authorizePage({
    consumerKey: question.consumer.consumerKey,
    users: customer === undefined ? others : [customer, ...others],
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
  if ('problem' in question) return problemPage(question)
  const { decision, username } = readFields(record) ?? {}
  if (decision === 'cancel') {
    question.token.state = 'cancelled'
    return redirect(question.callback)
  }
  if (decision !== 'approve') {
    return messagePage(400, 'No decision', 'decision must be "approve" or "cancel".')
  }
  const approval = approveConsent(state, question, textOf(username) ?? customerUsername)
  return 'problem' in approval ? problemPage(approval) : redirect(approval.callbackUrl)
}

function readQuestion(record: RequestRecord, state: SandboxState): ConsentQuestion | ConsentProblem {
  const fields = readFields(record) ?? {}
  return consentQuestion(state, textOf(fields.oauth_token) ?? '', textOf(fields.redirect_uri) ?? '')
}

function problemPage({ status, problem }: ConsentProblem): Promise<Reply> {
  return messagePage(status, 'This cannot be approved', problem)
}

function redirect(location: string): Reply {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
  }
}
