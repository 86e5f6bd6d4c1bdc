import type { TransportResponse } from './transport-response.ts'

const longest = 500
/** More than any error page needs; what follows is not looked at. */
const mostBytes = 65_536

/**
 * What a refusing server said, in one line: from `{"error","statusCode"}`, `{"error","message"}`, problem details
 * (RFC 9457), HTML or plain text.
 */
export function readServerMessage(response: TransportResponse): string | undefined {
  const text = Buffer.from(response.body.subarray(0, mostBytes)).toString('utf8').trim()
  if (text === '') return undefined
  const message = fromJson(text) ?? (looksLikeHtml(text, response) ? fromHtml(text) : text)
  return oneLine(message)
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
  const parts = ['title', 'error', 'error_description', 'message', 'detail'].map((name) => body[name])
  const texts = parts.filter((part): part is string => typeof part === 'string' && part.trim() !== '')
  return texts.length > 0 ? [...new Set(texts)].join(': ') : undefined
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

function oneLine(text: string): string | undefined {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  if (line === '') return undefined
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
