import { type InvalidArgument, type ProblemDetails, SsoJwtError } from './error.ts'
import { remedyFor } from './remedy.ts'
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
