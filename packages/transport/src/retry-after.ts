import type { ResponseHeaders } from './response-headers.ts'

/** `Retry-After` in milliseconds from now (RFC 9110 10.2.3: seconds or a date); undefined if absent or unreadable. */
export function readRetryAfter(headers: ResponseHeaders, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
