import { LiveSessionTokenError, type LiveSessionTokenErrorCode } from './errors.ts'
import { bodyText, jsonObject, type Reply } from './reply.ts'

/** How a refusal is recognised (its text goes before its status), the code for it, and what to do. */
type Refusal = readonly [when: number | RegExp, code: LiveSessionTokenErrorCode, remedy: string]

const refusals: readonly Refusal[] = [
  [
    /invalid consumer/i,
    'ERR_LST_INVALID_CONSUMER',
    'The consumer key is unknown, or not active before the nightly or weekend reset. Check consumerKey and realm ("limited_poa"; "test_realm" for TESTCONS).',
  ],
  [
    /no access secret key found/i,
    'ERR_LST_NO_ACCESS_TOKEN_SECRET',
    'The access token has no secret, or it was voided. Generate both anew in the portal and use both.',
  ],
  [
    /lst failed/i,
    'ERR_LST_UNAUTHORIZED',
    'Check that access token, DH parameters and both keys are those registered.',
  ],
  [400, 'ERR_LST_BAD_REQUEST', 'A header parameter is missing, doubled or malformed.'],
  [
    401,
    'ERR_LST_UNAUTHORIZED',
    'Signature or access token rejected. Check the signing key (not the encryption key), the URL, the clock, and that access token and consumerKey belong together.',
  ],
  [403, 'ERR_LST_FORBIDDEN', 'Send a User-Agent header; if you do, the address may be blocked.'],
  [
    410,
    'ERR_LST_GONE',
    'This host no longer holds the session: begin a new exchange, or use another numbered host.',
  ],
  [411, 'ERR_LST_BAD_REQUEST', 'Send Content-Length: 0.'],
  [
    429,
    'ERR_LST_RATE_LIMITED',
    'Send nothing for 10 to 15 minutes: in the penalty box every request counts.',
  ],
]

/** For a status that the table does not know. */
function otherRefusal(status: number): Refusal {
  return status >= 500 || status === 408
    ? [status, 'ERR_LST_UNAVAILABLE', 'Reset or overload: begin a new exchange later, with growing pauses.']
    : [status, 'ERR_LST_REFUSED', 'Undocumented answer.']
}

/** The error for a reply that is not a live session token. */
export function refusalError(reply: Reply): LiveSessionTokenError {
  const { status } = reply
  const text = bodyText(reply)
  const [, code, remedy] =
    refusals.find(([when]) => (when instanceof RegExp ? when.test(text) : when === status)) ??
    otherRefusal(status)
  const detail = detailOf(text)
  const message = `live_session_token answered ${status}. ${remedy}${detail && ` The server said: ${detail}`}`
  return new LiveSessionTokenError(code, message, detail ? { status, detail } : { status })
}

/** What the body says, in one line, with everything long enough to be a token taken out. */
function detailOf(text: string): string {
  const { error, title, message, detail } = jsonObject(text) ?? { error: text.replace(/<[^>]*>/g, ' ') }
  return [error, title, message, detail]
    .filter((member) => typeof member === 'string')
    .join('; ')
    .replace(/[\w+/=-]{16,}/g, '[...]')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
}
