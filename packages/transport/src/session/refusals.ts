import { memberOf } from '@ibkr-auth/internal/thrown'
import type { TransportResponse } from '../http/response.ts'
import { statusOf } from './thrown.ts'

/**
 * What a refusal is about: the credential (`unauthenticated`, or `gone` where this host no longer holds the session), the brokerage
 * session (`no-bridge`, `accounts-missing`, `no-dh-token`), or something that a session cannot mend (undefined).
 */
export type Refusal = 'unauthenticated' | 'gone' | 'no-bridge' | 'accounts-missing' | 'no-dh-token'

interface Rule {
  readonly refusal: Refusal
  readonly statuses: readonly number[]
  /** Lower case; undefined if the status says it all. */
  readonly text?: string | undefined
}

/** As IBKR answers; the texts are wrapped in JSON of several shapes, so they are looked for, not parsed out. */
const rules: readonly Rule[] = [
  { refusal: 'unauthenticated', statuses: [401] },
  { refusal: 'gone', statuses: [410] },
  { refusal: 'no-bridge', statuses: [400, 500, 503], text: 'no bridge' },
  { refusal: 'accounts-missing', statuses: [400, 500], text: 'please query /accounts first' },
  { refusal: 'no-dh-token', statuses: [500], text: 'failed to generate sso dh token' },
]

/** No message of IBKR's is longer, and a page of HTML need not be searched to its end. */
const searchedBytes = 2_048

/** Tells what a reply refuses, by its status and IBKR's texts. */
export function recognizeRefusal(response: TransportResponse): Refusal | undefined {
  if (response.status < 400) return undefined
  const text = new TextDecoder().decode(response.body.subarray(0, searchedBytes)).toLowerCase()
  const fits = (rule: Rule): boolean =>
    rule.statuses.includes(response.status) && (rule.text === undefined || text.includes(rule.text))
  return rules.find(fits)?.refusal
}

/** Statuses of the 400s that go away by themselves. */
const temporary: readonly number[] = [408, 425, 429]

/**
 * Whether an error of `establish()` is going to stay. A refusal by the server does (a 4xx status), and so does an `ERR_…` code without a
 * status, which is how packages say that keys, parameters or input are wrong; unless the error says that it is `retryable`. Anything
 * else, a lost connection above all, may go away.
 */
export function isPermanentByDefault(error: unknown): boolean {
  if (memberOf(error, 'retryable') === true) return false
  const status = statusOf(error)
  if (status !== undefined) return status >= 400 && status < 500 && !temporary.includes(status)
  const code = memberOf(error, 'code')
  return typeof code === 'string' && code.startsWith('ERR_') && !temporaryCodes.has(code)
}

/** Codes without a status that tell of the way to the server, or of a caller's signal, not of the exchange. */
const temporaryCodes = new Set<string>([
  'ERR_TRANSPORT_ABORTED',
  'ERR_TRANSPORT_UNREACHABLE',
  'ERR_TRANSPORT_TIMEOUT',
  'ERR_TRANSPORT_AMBIGUOUS',
  'ERR_TRANSPORT_BAD_RESPONSE',
  'ERR_TRANSPORT_CLOCK_SKEW',
  'ERR_TRANSPORT_PENALTY_BOX',
  'ERR_TRANSPORT_PACING_WAIT',
  'ERR_TRANSPORT_PACING_QUEUE',
  'ERR_TRANSPORT_SESSION_UNAVAILABLE',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/** A server that got as far as this has taken the credential; a page is what a captive portal or a proxy answers with. */
export function showsAcceptance(response: TransportResponse): boolean {
  return response.ok && !isPage(response)
}

const lessThan = '<'.charCodeAt(0)

function isPage({ headers, body }: TransportResponse): boolean {
  return body[0] === lessThan || /^text\/html/i.test(headers.get('content-type') ?? '')
}

/** Whether a status refuses the credential, if it means what it says. */
export function refusesCredential(status: number): boolean {
  return status === 401 || status === 410
}
