import { invalidInput } from './error.ts'
import { URL, URLSearchParams } from './host.ts'

/** A request to send. Works as `fetch(request.url, request)`. */
export interface BuiltRequest {
  readonly method: string
  /** Absolute URL. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Where requests go. */
export interface OriginOptions {
  /**
   * Scheme, host and port, without a path. `https` only, but for loopback addresses.
   * @defaultValue `https://api.ibkr.com`
   */
  readonly origin?: string
}

/** IBKR's origins. A client id and key belong to one of them: QA keys do not work in production. */
export const ibkrOrigins: { readonly production: string; readonly qa: string } = Object.freeze({
  production: 'https://api.ibkr.com',
  qa: 'https://qa.interactivebrokers.com',
})

/** What IBKR's OAuth 2.0 endpoints answer with. */
export const acceptJson = 'application/json, application/problem+json'

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** An absolute URL of the origin; refuses origins that would carry a token in the clear. */
export function absoluteUrl(path: string, options: OriginOptions): string {
  const origin = checkOrigin(options.origin ?? ibkrOrigins.production)
  const url = parseUrl(path, origin)
  if (url === undefined || url.origin !== origin || url.pathname !== path || climbs(path)) {
    throw invalidInput(
      'path must be an absolute path as it goes over the wire: no query (use "query"), no fragment, no "..", other characters percent-encoded',
    )
  }
  return url.href
}

/** Dots behind an encoded slash or before a parameter pass a URL parser; a server may undo them and leave `/gw`. */
function climbs(path: string): boolean {
  const decoded = path.replace(/%2e/gi, '.').replace(/%(?:2f|5c)/gi, '/')
  return /\/\.\.?(?:[;/]|%3b|$)/i.test(decoded)
}

function checkOrigin(origin: unknown): string {
  const url = typeof origin === 'string' ? parseUrl(origin) : undefined
  const bare = url !== undefined && (url.href === `${url.origin}/` || url.href === url.origin)
  if (url === undefined || !bare) {
    throw invalidInput('origin must be scheme, host and port only, such as https://api.ibkr.com')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopbackHosts.has(url.hostname))) {
    throw invalidInput(
      'origin must be https (http is for loopback addresses): the request carries a credential',
    )
  }
  return url.origin
}

function parseUrl(text: string, base?: string): InstanceType<typeof URL> | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

/** Query parameters, unencoded. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** `?a=1&b=2`, or nothing. Parameters with the value `undefined` are left out. */
export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw invalidInput(`query parameter ${name} must be a string, number or boolean`)
    }
    params.append(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** A bearer token or other secret text. It shows in no log, JSON or `inspect`; `reveal()` hands it out. */
export class SecretText {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret itself. */
  reveal(): string {
    return this.#text
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }
}

/** A token as text, or whatever hands it out. */
export type SecretTextLike = string | { reveal(): string }

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/

/** True for what may stand after `Bearer ` (RFC 6750 2.1). */
export function isBearerToken(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 16_384 && b64token.test(text)
}

/** `Authorization` value for a bearer token (RFC 6750 2.1). */
export function bearer(accessToken: SecretTextLike): string {
  const token = typeof accessToken === 'object' && accessToken !== null ? accessToken.reveal() : accessToken
  if (!isBearerToken(token)) {
    throw invalidInput(
      'accessToken must be the access_token of a token reply: 1 to 16384 characters of RFC 6750 2.1, or an object whose reveal() gives it',
    )
  }
  return `Bearer ${token}`
}
