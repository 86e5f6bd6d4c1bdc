import type { JsonObject } from '@ibkr-auth/internal/json'
import { echoMask, maskTokens } from '@ibkr-auth/internal/mask'
import { oneLine, type Reply } from '@ibkr-auth/internal/message'
import {
  type InvalidArgument,
  invalidInput,
  isSsoJwtError,
  type ProblemDetails,
  SsoJwtError,
} from './errors.ts'
import { remedyFor } from './remedies.ts'
import { bodyObject, invalidResponse, type ReadReply, readReply } from './reply.ts'
import { type SentRequest, sentSecrets } from './sent-secrets.ts'

/**
 * Reads what a server said about a refusal, whatever shape it has: problem+json (RFC 9457), the error of an OAuth 2.0
 * token endpoint (RFC 6749 5.2), `{ error, statusCode }`, text, an HTML page or nothing. Nothing in a reply makes it
 * throw.
 *
 * @param sent - The request that was answered; bearer, assertion and signature are hidden where the server repeats
 *   them, in any encoding. What looks like a token is hidden without it.
 * @returns `undefined` for status 2xx, else an `SsoJwtError` to throw: `ERR_SSO_JWT_REFUSED` with `status`, `type`,
 *   `title`, `detail`, `invalidArguments` and, where the cause is known, `remedy`; `ERR_SSO_JWT_INVALID_INPUT` if this is
 *   no reply.
 * @see RFC 9457 3.1, RFC 6749 5.2, OpenAPI 2.40.0 (`/simple`, `/invalid-argument`)
 */
export function readProblem(reply: Reply, sent?: SentRequest): SsoJwtError | undefined {
  try {
    return problemOf(readReply(reply), sent)
  } catch (error) {
    return isSsoJwtError(error) ? error : invalidInput('reply cannot be read', error)
  }
}

/** The JSON object of a 2xx reply. */
export function readSuccess(reply: Reply, sent?: SentRequest): JsonObject {
  const read = readReply(reply)
  const problem = problemOf(read, sent)
  if (problem !== undefined) throw problem
  if (read.text === undefined)
    throw invalidResponse('body of the reply is longer than 1 MiB, or neither text nor bytes')
  const body = bodyObject(read)
  if (body === undefined)
    throw invalidResponse(`body of the reply with status ${read.status} is not a JSON object`)
  // Some of IBKR's servers refuse with status 200.
  if ((body.error ?? null) !== null) throw refusalIn(read, sent)
  return body
}

function problemOf(reply: ReadReply, sent: SentRequest | undefined): SsoJwtError | undefined {
  return reply.status >= 200 && reply.status < 300 ? undefined : refusalIn(reply, sent)
}

function refusalIn(reply: ReadReply, sent: SentRequest | undefined): SsoJwtError {
  const details = readDetails(reply, cleaner(sent))
  const problem: ProblemDetails = { ...details, remedy: remedyFor(details) }
  return new SsoJwtError('ERR_SSO_JWT_REFUSED', describe(problem), { problem })
}

/** Makes text of a server fit for a log; `undefined` for what is no text, or nothing. */
type Clean = (value: unknown) => string | undefined

const longestSaid = 300
const longestLooked = 8192

function cleaner(sent: SentRequest | undefined): Clean {
  const mask = echoMask(sentSecrets(sent))
  return (value) => {
    if (typeof value !== 'string') return undefined
    // Hidden before it is cut, so that no part of a token is left at the end.
    const line = oneLine(whole(value), longestLooked)
    return oneLine(maskTokens(mask(line)), longestSaid) || undefined
  }
}

/** The first 8192 characters, up to the last space if there are more. */
function whole(text: string): string {
  if (text.length <= longestLooked) return text
  const start = text.slice(0, longestLooked)
  return (
    start.slice(0, Math.max(0, start.lastIndexOf(' '))) || `${start.slice(0, longestSaid)} (one long word)`
  )
}

function readDetails(reply: ReadReply, clean: Clean): ProblemDetails {
  const { status } = reply
  const object = bodyObject(reply)
  if (object === undefined) return { status, detail: clean(textDetail(reply)) }
  return {
    status,
    type: clean(object.type ?? codeOf(object.error)),
    title: clean(object.title ?? object.error),
    detail: clean(object.detail ?? object.error_description ?? object.message),
    instance: clean(object.instance ?? object.error_uri),
    invalidArguments: readInvalidArguments(object.invalidArguments, clean),
  }
}

/** `error` is a code such as `invalid_client` at a token endpoint, and a sentence at `/v1/api`. */
function codeOf(error: unknown): unknown {
  return typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined
}

function textDetail({ text = '', contentType }: ReadReply): string {
  const start = whole(text)
  if (!contentType.includes('html') && !/^\s*</.test(start)) return start
  const title = /<title[^>]{0,200}>([^<]*)/i.exec(start)?.[1] ?? 'no title'
  return `HTML page: ${title}`
}

const mostArguments = 20

function readInvalidArguments(list: unknown, clean: Clean): readonly InvalidArgument[] {
  if (!Array.isArray(list)) return []
  return list.slice(0, mostArguments).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { field, description } = entry as JsonObject
    return [{ field: clean(field) ?? '', description: clean(description) ?? '' }]
  })
}

/** One line of at most 300 characters; where something has to go, it is what the server said and not the remedy. */
function describe({ status, title, detail, invalidArguments = [], remedy }: ProblemDetails): string {
  const said = [...new Set([title, detail])].filter((text) => text !== undefined).join(': ')
  const fields = invalidArguments.map(({ field, description }) => `${field} (${description})`).join(', ')
  const heard = [said, fields === '' ? '' : `invalid: ${fields}`].filter((part) => part !== '').join('. ')
  const head = `the server answered ${status}`
  const tail = remedy === undefined ? '' : `. ${remedy}`
  if (heard === '') return tail === '' ? `${head} with an empty body` : `${head}${tail}`
  return `${head}: ${oneLine(heard, longestSaid - head.length - tail.length - 2)}${tail}`
}
