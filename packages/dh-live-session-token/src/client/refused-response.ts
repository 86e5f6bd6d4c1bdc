import { jsonObject } from '@ibkr-auth/internal/json'
import { maskEchoes, maskTokens } from '@ibkr-auth/internal/mask'
import { oneLine } from '@ibkr-auth/internal/message'
import { LiveSessionTokenError, type LiveSessionTokenErrorCode } from '../errors.ts'

/** How a refusal is recognised (its text goes before its status), the code for it, and what to do. */
type Refusal = readonly [when: number | RegExp, code: LiveSessionTokenErrorCode, remedy: string]

const refusals: readonly Refusal[] = [
  [
    /invalid consumer/i,
    'ERR_LST_INVALID_CONSUMER',
    'Check consumerKey (in upper case; a new one works after the next nightly reset of its region) and realm ("limited_poa"; "test_realm" for TESTCONS).',
  ],
  [
    /no access secret key found/i,
    'ERR_LST_NO_ACCESS_TOKEN_SECRET',
    'The access token has no secret, or it was voided. Generate access token and secret anew in the portal and use both.',
  ],
  [
    /lst failed(?:[,;\s]*error)?[:,;\s]*$/i,
    'ERR_LST_UNAUTHORIZED',
    'IBKR gives no reason. Generate access token and secret anew in the portal and use both.',
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
    'Check signing key (not the encryption key), URL and clock, and that access token and consumerKey belong together.',
  ],
  [402, 'ERR_LST_REFUSED', 'Check the state of the account in Client Portal.'],
  [403, 'ERR_LST_FORBIDDEN', 'Send a User-Agent header; if you do, the address may be blocked.'],
  [404, 'ERR_LST_REFUSED', 'Check that the base URL is whole, like https://api.ibkr.com/v1/api.'],
  [
    410,
    'ERR_LST_GONE',
    'This host no longer holds the session: begin a new exchange, or use another numbered host.',
  ],
  [411, 'ERR_LST_BAD_REQUEST', 'Send Content-Length: 0.'],
  [423, 'ERR_LST_UNAVAILABLE', 'IBKR is not ready yet: begin a new exchange in some seconds.'],
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

/**
 * The error for a reply that is not a live session token.
 *
 * @param sent - What must not show where the server repeats it.
 */
export function refusalError(status: number, body: string, sent: readonly string[]): LiveSessionTokenError {
  const said = saidIn(body)
  const [, code, remedy] =
    refusals.find(([when]) => (when instanceof RegExp ? when.test(said) : when === status)) ??
    otherRefusal(status)
  const detail = oneLine(maskTokens(maskEchoes(said, sent))) || undefined
  const message = `live_session_token answered ${status}. ${remedy}`
  const rest = detail === undefined ? '' : ` The server said: ${detail}`
  return new LiveSessionTokenError(code, oneLine(message + rest), { status, detail })
}

/** What the body says, each thing once: members that are known to hold a reason, or the text of a page. */
function saidIn(body: string): string {
  const { error, title, message, detail } = jsonObject(body) ?? { error: body.replace(/<[^<>]*>/g, ' ') }
  const texts = [error, title, message, detail].filter((member) => typeof member === 'string')
  return [...new Set(texts)].join('; ')
}
