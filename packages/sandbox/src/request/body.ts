import type { RequestRecord } from './record.ts'

/** The fields of a request, from query, form or JSON body: clients of IBKR send them in each of the three. */
export function bodyFields(record: RequestRecord): Readonly<Record<string, unknown>> {
  const query = record.target.slice(record.path.length + 1)
  return { ...fromForm(query), ...fromBody(record) }
}

function fromBody({ headers, body }: RequestRecord): Readonly<Record<string, unknown>> {
  if (body === undefined || body.length === 0) return {}
  const text = Buffer.from(body).toString('utf8')
  const type = headers.get('content-type') ?? ''
  return /^\s*application\/x-www-form-urlencoded/i.test(type) ? fromForm(text) : fromJson(text)
}

function fromForm(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(new URLSearchParams(text))
}

function fromJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** Reads the body of a request once; undefined if it is longer than `limit` bytes. */
export async function readBody(record: RequestRecord, limit: number): Promise<Uint8Array | undefined> {
  if (record.body !== undefined) return record.body
  const announced = Number(record.headers.get('content-length') ?? 0)
  if (announced > limit) return undefined
  const body = await collect(record.chunks(), limit)
  if (body !== undefined) record.body = body
  return body
}

async function collect(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const collected: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > limit) return undefined
    collected.push(chunk)
  }
  return collected.length === 1 ? collected[0] : Buffer.concat(collected)
}

/**
 * True if a member name stands twice in a JSON text. A parser would keep the last one without a word, and a duplicated
 * protocol parameter has to be refused (RFC 5849 3.1).
 */
export function hasDuplicateMember(text: string): boolean {
  const names = new Set<string>()
  for (const [, quoted = '', colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/gs)) {
    if (colon === '') continue
    const name = unquoted(quoted)
    if (names.has(name)) return true
    names.add(name)
  }
  return false
}

/** Escapes may spell the same name in several ways. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}
