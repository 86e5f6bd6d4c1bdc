import { maskEchoes } from '@ibkr-auth/internal/mask'
import type { TransportResponse } from '../http/response.ts'

const longest = 500
/** Wrong arguments that are named. */
const mostArguments = 5
/** More than any error page needs; what follows is not looked at. */
const mostBytes = 65_536

/** What was sent as a secret with the request that a reply refuses. */
const sentWith = new WeakMap<TransportResponse, readonly string[]>()

/** Keeps what is to be hidden for as long as the reply is there, for whoever quotes it. */
export function rememberSecrets(response: TransportResponse, secrets: readonly string[]): void {
  sentWith.set(response, secrets)
}

/**
 * What a refusing server said, in one line: from `{"error","statusCode"}`, `{"error","message"}`, problem details
 * (RFC 9457), HTML or plain text. What was sent as a secret is hidden before the line is cut.
 */
export function readServerMessage(
  response: TransportResponse,
  secrets: readonly string[] = sentWith.get(response) ?? [],
): string | undefined {
  const text = Buffer.from(response.body.subarray(0, mostBytes)).toString('utf8').trim()
  if (text === '') return undefined
  const message = fromJson(text) ?? (looksLikeHtml(text, response) ? fromHtml(text) : text)
  return oneLine(message, secrets)
}

/** What a reply says is wrong although its status is a success: IBKR's `{"error"}` with 200, in one line. */
export function readStatedError(response: TransportResponse): string | undefined {
  const text = Buffer.from(response.body.subarray(0, mostBytes)).toString('utf8').trim()
  const message = fromJson(text)
  return message === undefined ? undefined : oneLine(message, [])
}

function fromJson(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return fromObject(JSON.parse(text) as Record<string, unknown>)
  } catch {
    return undefined
  }
}

function fromObject(body: Record<string, unknown>): string | undefined {
  const nested = body.error
  if (typeof nested === 'object' && nested !== null) return fromObject(nested as Record<string, unknown>)
  const parts = ['title', 'error', 'error_description', 'message', 'detail', 'fail'].map((name) => body[name])
  const texts = [...parts, ...invalidArguments(body)].filter(isText)
  return texts.length > 0 ? [...new Set(texts)].join(': ') : undefined
}

/** Which arguments are wrong, and how: IBKR's extension of problem details (OpenAPI 2.40.0). */
function invalidArguments({ invalidArguments: list }: Record<string, unknown>): string[] {
  if (!Array.isArray(list)) return []
  return list.slice(0, mostArguments).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return []
    const { field, description } = one as Record<string, unknown>
    const words = [field, description].filter(isText)
    return words.length > 0 ? [words.join(' ')] : []
  })
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function looksLikeHtml(text: string, response: TransportResponse): boolean {
  return /^text\/html/i.test(response.headers.get('content-type') ?? '') || /^<(!doctype|html)/i.test(text)
}

/** No tag reaches beyond the next `<`: a page of nothing but those would otherwise be searched to its end from each. */
function fromHtml(text: string): string {
  const title = /<title[^<>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim()
  if (title) return title
  return text.replace(/<(script|style)[^<>]*>[^<]*<\/\1>/gi, ' ').replace(/<[^<>]*>/g, ' ')
}

function oneLine(text: string, secrets: readonly string[]): string | undefined {
  const line = maskEchoes(text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), secrets)
  if (line === '') return undefined
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
