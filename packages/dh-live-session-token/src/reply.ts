import { invalidInput } from './errors.ts'
import { utf8Text } from './host.ts'

/** Response headers: anything with `get(name)`, or a plain record (looked up without regard to case). */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** An HTTP response as a client hands it over, body already read. */
export interface Reply {
  readonly status: number
  readonly headers: HeadersLike
  readonly body: Uint8Array | string
}

/** Tells a caller's mistake from a server's, before anything is read. */
export function requireReply(reply: Reply): void {
  const { status, body } = reply ?? {}
  if (!Number.isInteger(status) || !(typeof body === 'string' || body instanceof Uint8Array)) {
    throw invalidInput('reply must be { status, headers, body }, the body a string or Uint8Array.')
  }
}

/** Several times a genuine reply; what is said of longer ones stands at their beginning. */
const maximumBodyLength = 8192

/** First value of a header, or `undefined`. */
export function headerOf(reply: Reply, name: string): string | undefined {
  const { headers } = reply
  if (isHeaderLookup(headers)) return headers.get(name) ?? undefined
  const entry = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof entry === 'string' ? entry : entry?.[0]
}

function isHeaderLookup(headers: HeadersLike): headers is { get(name: string): string | null } {
  return typeof headers?.get === 'function'
}

/** The body as text, cut where no genuine reply would still go on. */
export function bodyText(reply: Reply): string {
  const { body } = reply
  return (typeof body === 'string' ? body : utf8Text(body)).slice(0, maximumBodyLength)
}

/** The body as a JSON object, whatever its content type says; `undefined` where it is not one. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
