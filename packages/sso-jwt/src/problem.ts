import { type InvalidArgument, type ProblemDetails, SsoJwtError } from './error.ts'
import { bodyObject, bodyText, header, invalidResponse, type JsonObject, type Reply } from './reply.ts'

/**
 * Reads what a server said about a refusal, whatever shape it has: problem+json (RFC 9457), the error of an OAuth 2.0
 * token endpoint (RFC 6749 5.2), `{ error, statusCode }`, text, an HTML page or nothing.
 *
 * @returns `undefined` for status 2xx, else an `SsoJwtError` to throw: `ERR_SSO_JWT_REFUSED` with `status`, `type`,
 *   `title`, `detail`, `invalidArguments` and, where the cause is known, `remedy`.
 * @see RFC 9457 3.1, RFC 6749 5.2, OpenAPI 2.28.0 (`/simple`, `/invalid-argument`)
 */
export function readProblem(reply: Reply): SsoJwtError | undefined {
  if (reply.status >= 200 && reply.status < 300) return undefined
  const details = readDetails(reply)
  const remedy = remedyFor(details)
  const problem: ProblemDetails = remedy === undefined ? details : { ...details, remedy }
  return new SsoJwtError('ERR_SSO_JWT_REFUSED', describe(problem), { problem })
}

/** The JSON object of a 2xx reply. */
export function readSuccess(reply: Reply): JsonObject {
  const problem = readProblem(reply)
  if (problem !== undefined) throw problem
  const body = bodyObject(reply)
  if (body === undefined) throw invalidResponse(`the reply with status ${reply.status} is not a JSON object`)
  return body
}

function readDetails(reply: Reply): ProblemDetails {
  const { status } = reply
  const object = bodyObject(reply)
  if (object === undefined) return { status, ...textDetails(reply) }
  return {
    status,
    ...pick('type', object.type ?? codeOf(object.error)),
    ...pick('title', object.title ?? object.error),
    ...pick('detail', object.detail ?? object.error_description ?? object.message),
    ...pick('instance', object.instance ?? object.error_uri),
    invalidArguments: readInvalidArguments(object),
  }
}

/** `error` is a code such as `invalid_client` at a token endpoint, and a sentence at `/v1/api`. */
function codeOf(error: unknown): unknown {
  return typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined
}

function textDetails(reply: Reply): { detail?: string } {
  const text = bodyText(reply).slice(0, 8192)
  const isHtml = header(reply.headers, 'content-type').includes('html') || /^\s*</.test(text)
  if (!isHtml) return pick('detail', text)
  const title = /<title[^>]*>([^<]{0,200})/i.exec(text)?.[1] ?? 'no title'
  return pick('detail', `HTML page: ${title}`)
}

function readInvalidArguments(object: JsonObject): readonly InvalidArgument[] {
  const list = object.invalidArguments
  if (!Array.isArray(list)) return []
  return list.slice(0, 100).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { field, description } = entry as JsonObject
    return [{ field: clean(field) ?? '', description: clean(description) ?? '' }]
  })
}

function pick<Name extends string>(name: Name, value: unknown): { [K in Name]?: string } {
  const text = clean(value)
  return text === undefined ? {} : ({ [name]: text } as { [K in Name]: string })
}

// A JWS starts with the base64url of {" or of { and a space.
const jws = /(?<![\w-])ey[AJ][\w.-]{8,}/g

/** Text of a server made fit for a log: one line, at most 500 characters, without tokens it may have echoed. */
function clean(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value
    .slice(0, 8192)
    .replace(jws, '[token]')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
  return text === '' ? undefined : text
}

function describe(problem: ProblemDetails): string {
  const said = [...new Set([problem.title, problem.detail].filter((text) => text !== undefined))].join(': ')
  const fields = (problem.invalidArguments ?? [])
    .map(({ field, description }) => `${field} (${description})`)
    .join(', ')
  const parts = [said, fields === '' ? '' : `invalid: ${fields}`, problem.remedy ?? ''].filter(
    (part) => part !== '',
  )
  return `the server answered ${problem.status}${parts.length === 0 ? ' with an empty body' : `: ${parts.join('. ')}`}`
}

type Rule = readonly [matches: (problem: ProblemDetails, text: string) => boolean, remedy: string]

const rules: readonly Rule[] = [
  [
    (problem, text) => problem.status === 400 && /signed_jwt|payload/.test(text),
    'The body must be the bare JWS with content-type application/jwt, signed with the key registered for this kid: send the built request unchanged',
  ],
  [(problem) => problem.type === 'invalid_scope', 'Ask only for scopes that IBKR has granted to this client'],
  [
    (problem) => problem.type === 'invalid_client' || problem.type === 'invalid_grant',
    'Check clientId, clientKeyId, that the key belongs to this environment (QA and production differ), audience, and the clock',
  ],
  [(problem) => (problem.invalidArguments ?? []).length > 0, 'Add or correct the arguments named'],
  [
    (problem) => problem.status === 400,
    'Check that no parameter is missing and that the assertion was fresh: clientId, clientKeyId, audience and the clock',
  ],
  [(_, text) => text.includes('expired'), 'Get a new access token with a new client assertion'],
  [
    (problem) => problem.status === 401,
    'Get a new access token; the token for /gw is the one of the token endpoint, not the SSO bearer of /v1/api',
  ],
  [
    (problem, text) => problem.status === 403 && text.includes('scope'),
    "Ask for the endpoint's scope in the token request, and compare with the scopes granted",
  ],
  [
    (problem, text) =>
      problem.status === 403 && (text === '' || text.includes('html') || text.includes('access denied')),
    'Send a User-Agent header; if there is one, the address may be blocked',
  ],
  [(problem) => problem.status === 411, 'Send a Content-Length header'],
  [
    (problem) => problem.status === 429,
    'Stop sending for 10 to 15 minutes: repeating a 429 prolongs the block',
  ],
  [
    (problem) => problem.status === 503,
    'Wait and repeat; around 01:00 in New York, Zug or Hong Kong it is the daily reset',
  ],
]

/** What to do about a refusal, where the cause is known. */
export function remedyFor(problem: ProblemDetails): string | undefined {
  const fields = (problem.invalidArguments ?? []).map(({ field }) => field)
  const text = [problem.title, problem.detail, ...fields].join(' ').trim().toLowerCase()
  return rules.find(([matches]) => matches(problem, text))?.[1]
}
