import type { RequestRecord } from './record.ts'

/** The fields of a request, whatever they are: values come from strangers and are looked at before they are used. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The fields of a request, from query, form or JSON body: clients of IBKR send them in each of the three. Undefined
 * where the body says that it is JSON and is not, or is not an object.
 */
export function readFields(record: RequestRecord): Fields | undefined {
  const { target, path } = record
  const query = target === path ? none : fromForm(queryOf(record))
  const { headers, body } = record
  if (body === undefined || body.length === 0) return query
  const text = Buffer.from(body).toString('utf8')
  if (isForm(record)) return { ...query, ...fromForm(text) }
  const value = parseJson(text)
  if (isObject(value)) return { ...query, ...value }
  return isJsonType(headers.get('content-type')) ? undefined : query
}

const none: Fields = {}

/** The query of a request, without its question mark. */
export function queryOf({ target, path }: RequestRecord): string {
  return target.slice(path.length + 1)
}

/** A field as text; undefined for what is neither text nor a number nor a boolean. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A field as a number; undefined for what is not one, in JSON or as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** True for `true`, in JSON or as text. */
export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** An object that is not a list. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a JSON text says; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True if the body says that it is a form. */
export function isForm({ headers }: RequestRecord): boolean {
  return /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
}

/** True for the media type `application/json`. */
export function isJsonType(contentType: string | null): boolean {
  return /^\s*application\/json\s*(?:;|$)/i.test(contentType ?? '')
}

function fromForm(text: string): Fields {
  return Object.fromEntries(new URLSearchParams(text))
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
