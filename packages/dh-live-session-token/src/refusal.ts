import { LiveSessionTokenError, type LiveSessionTokenErrorCode } from './errors.ts'
import { bodyText, jsonObject, type Reply } from './reply.ts'

interface Refusal {
  readonly status?: number
  readonly text?: RegExp
  readonly code: LiveSessionTokenErrorCode
  readonly remedy: string
}

const refusals: readonly Refusal[] = [
  {
    text: /invalid consumer/i,
    code: 'ERR_LST_INVALID_CONSUMER',
    remedy:
      'IBKR does not know this consumer key (yet). A new key works only after the nightly reset or the weekend restart; then check the spelling of consumerKey, and realm ("limited_poa", or "test_realm" for TESTCONS).',
  },
  {
    text: /no access secret key found/i,
    code: 'ERR_LST_NO_ACCESS_TOKEN_SECRET',
    remedy:
      'IBKR holds no secret for this access token: it was voided or never generated. Generate a new access token and secret in the portal and use both; it works within about a minute.',
  },
  {
    text: /lst failed/i,
    code: 'ERR_LST_UNAUTHORIZED',
    remedy:
      'IBKR could not compute the live session token. Check that the access token, the DH parameters and both keys are those registered now.',
  },
  {
    status: 400,
    code: 'ERR_LST_BAD_REQUEST',
    remedy: 'A header parameter is missing, doubled or malformed; the answer usually names it.',
  },
  {
    status: 401,
    code: 'ERR_LST_UNAUTHORIZED',
    remedy:
      'IBKR rejected the signature or the access token. Check in this order: the signing key (not the encryption key) signs; the URL signed is the URL called; the access token belongs to this consumer key; the clock is right.',
  },
  {
    status: 403,
    code: 'ERR_LST_FORBIDDEN',
    remedy:
      'The request did not get past the edge: send a User-Agent header; if you do, the address may be blocked.',
  },
  {
    status: 408,
    code: 'ERR_LST_UNAVAILABLE',
    remedy: 'The request took too long: begin a new exchange later, with growing pauses.',
  },
  {
    status: 410,
    code: 'ERR_LST_GONE',
    remedy: 'This host no longer holds the session: begin a new exchange, or use another numbered host.',
  },
  {
    status: 411,
    code: 'ERR_LST_BAD_REQUEST',
    remedy: 'Send Content-Length: 0 with the empty POST.',
  },
  {
    status: 429,
    code: 'ERR_LST_RATE_LIMITED',
    remedy:
      'Stop sending for 10 to 15 minutes: while the address is in the penalty box every request counts.',
  },
]

/** The error for a reply that is not a live session token. */
export function refusalError(reply: Reply): LiveSessionTokenError {
  const { status } = reply
  const text = bodyText(reply)
  const detail = detailOf(text)
  const known =
    refusals.find((refusal) => refusal.text?.test(text) ?? refusal.status === status) ?? fallback(status)
  const said = detail === undefined ? '' : ` The server said: ${detail}`
  return new LiveSessionTokenError(
    known.code,
    `live_session_token answered ${status}. ${known.remedy}${said}`,
    {
      status,
      ...(detail === undefined ? {} : { detail }),
    },
  )
}

function fallback(status: number): Pick<Refusal, 'code' | 'remedy'> {
  return status >= 500
    ? {
        code: 'ERR_LST_UNAVAILABLE',
        remedy: 'IBKR is resetting or overloaded: begin a new exchange later, with growing pauses.',
      }
    : { code: 'ERR_LST_REFUSED', remedy: 'This answer is not documented for the endpoint.' }
}

const maximumDetailLength = 200

/** What the body says, in one line, with everything long enough to be a token taken out. */
function detailOf(text: string): string | undefined {
  const object = jsonObject(text)
  const said = object ? membersOf(object) : /<html|<!doctype/i.test(text) ? titleOf(text) : text
  const line = said
    .replace(/[A-Za-z0-9+/_=-]{16,}/g, '[...]')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line === '' ? undefined : line.slice(0, maximumDetailLength)
}

function membersOf(object: Readonly<Record<string, unknown>>): string {
  const { error, message, title, detail } = object
  return [error, title, message, detail].filter((member) => typeof member === 'string').join('; ')
}

function titleOf(html: string): string {
  return /<title[^>]*>([^<]*)</i.exec(html)?.[1] ?? 'an HTML page'
}
