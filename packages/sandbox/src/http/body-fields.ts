import type { Exchange } from './exchange.ts'

/** The fields of a request, from query, form or JSON body: clients of IBKR send them in each of the three. */
export function bodyFields(exchange: Exchange): Readonly<Record<string, unknown>> {
  const query = exchange.target.slice(exchange.path.length + 1)
  return { ...fromForm(query), ...fromBody(exchange) }
}

function fromBody({ headers, body }: Exchange): Readonly<Record<string, unknown>> {
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
