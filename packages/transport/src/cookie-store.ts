import type { CookieJar } from 'tough-cookie'
import { isFieldValue } from './request-headers.ts'
import type { ResponseHeaders } from './response-headers.ts'

const ofSessions = ['api', 'x-sess-uuid']
/** Far above what a session needs; what is left out beyond it is a server gone wrong. */
const mostPerReply = 50

/**
 * Cookies of one transport, for its origin only. IBKR's `api` and `x-sess-uuid` tie a session to the machine that
 * holds it. The jar is loaded with the first cookie worth keeping: loading it takes about 50 ms.
 */
export class CookieStore {
  readonly #origin: string
  readonly #names: ReadonlySet<string>
  #jar: CookieJar | undefined

  constructor(origin: string, names: readonly string[] = ofSessions) {
    this.#origin = origin
    this.#names = new Set(names)
  }

  /** The `Cookie` header for a path; undefined if there is nothing to send. */
  headerFor(pathAndQuery: string): string | undefined {
    return this.#jar?.getCookieStringSync(this.#origin + pathAndQuery) || undefined
  }

  /** True if a reply sets a cookie that is kept. */
  concerns(headers: ResponseHeaders): boolean {
    return headers.has('set-cookie') && this.#kept(headers).length > 0
  }

  /** Takes in a reply's cookies; those for other domains are refused by the jar. */
  async store(headers: ResponseHeaders, pathAndQuery: string): Promise<void> {
    if (!this.#jar) {
      const { CookieJar } = await import('tough-cookie')
      this.#jar ??= new CookieJar()
    }
    for (const cookie of this.#kept(headers)) {
      this.#jar.setCookieSync(cookie, this.#origin + pathAndQuery, { ignoreError: true })
    }
  }

  clear(): void {
    this.#jar = undefined
  }

  /** Cookies by name; what could not be sent back as a header is none. */
  #kept(headers: ResponseHeaders): string[] {
    const kept = headers
      .getAll('set-cookie')
      .filter((cookie) => this.#names.has(nameOf(cookie)) && isFieldValue(cookie))
    return kept.slice(0, mostPerReply)
  }
}

function nameOf(cookie: string): string {
  return cookie.slice(0, Math.max(0, cookie.indexOf('='))).trim()
}
