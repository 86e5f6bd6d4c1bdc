import type { CookieJar } from 'tough-cookie'
import { isFieldValue } from '../http/headers.ts'
import type { ResponseHeaders } from '../http/response.ts'

const ofSessions: ReadonlySet<string> = new Set(['api', 'x-sess-uuid'])
/** Far above what a session needs; what is left out beyond it is a server gone wrong. */
const mostPerReply = 50

/** Asking the jar costs as much as a good part of a request, so its answers are kept: until a cookie changes, or might end. */
const rememberedForMs = 1_000
const mostRemembered = 256

/**
 * Cookies of one transport, for its origin only. IBKR's `api` and `x-sess-uuid` tie a session to the machine that
 * holds it. The jar is loaded with the first cookie worth keeping: loading it takes about 50 ms.
 */
export class CookieStore {
  readonly #origin: string
  readonly #base: string
  readonly #names: ReadonlySet<string>
  #jar: CookieJar | undefined
  readonly #headers = new Map<string, string>()
  #forgetAtMs = 0

  /** @param pathPrefix - Where a cookie without a path belongs: IBKR's `x-sess-uuid` has none, and is meant for all of its session. */
  constructor(origin: string, pathPrefix: string, names: readonly string[] | undefined) {
    this.#origin = origin
    this.#base = `${origin}${pathPrefix}/`
    this.#names = names === undefined ? ofSessions : new Set(names)
  }

  /** The `Cookie` header for a path; undefined if there is nothing to send. */
  headerFor(pathAndQuery: string, nowMs: number): string | undefined {
    if (!this.#jar) return undefined
    const [path = ''] = pathAndQuery.split('?', 1)
    if (nowMs >= this.#forgetAtMs || this.#headers.size >= mostRemembered) {
      this.#headers.clear()
      this.#forgetAtMs = nowMs + rememberedForMs
    }
    const header = this.#headers.get(path) ?? this.#jar.getCookieStringSync(this.#origin + path)
    this.#headers.set(path, header)
    return header || undefined
  }

  /** True if a reply sets a cookie that is kept. */
  concerns(headers: ResponseHeaders): boolean {
    return headers.has('set-cookie') && this.#kept(headers.getAll('set-cookie')).length > 0
  }

  /** Takes in a reply's cookies; those for other domains are refused by the jar. */
  async store(headers: ResponseHeaders): Promise<void> {
    await this.#take(this.#kept(headers.getAll('set-cookie')))
  }

  /** What is kept, as `Set-Cookie` texts with their paths, to travel with a session to another process. */
  texts(): string[] {
    const cookies = this.#jar?.serializeSync()?.cookies ?? []
    return cookies.map(({ key, value, path, secure, httpOnly }) =>
      [
        `${key}=${value}`,
        `Path=${path ?? '/'}`,
        ...(secure ? ['Secure'] : []),
        ...(httpOnly ? ['HttpOnly'] : []),
      ].join('; '),
    )
  }

  /** Takes in what has travelled from another process. */
  async add(texts: readonly string[]): Promise<void> {
    const kept = this.#kept(texts)
    if (kept.length > 0) await this.#take(kept)
  }

  async #take(cookies: readonly string[]): Promise<void> {
    if (!this.#jar) {
      const { CookieJar } = await import('tough-cookie')
      this.#jar ??= new CookieJar()
    }
    this.#headers.clear()
    for (const cookie of cookies) {
      this.#jar.setCookieSync(cookie, this.#base, { ignoreError: true })
    }
  }

  clear(): void {
    this.#jar = undefined
    this.#headers.clear()
  }

  /** Cookies by name; what could not be sent back as a header is none. */
  #kept(texts: readonly string[]): string[] {
    const kept = texts.filter((cookie) => this.#names.has(nameOf(cookie)) && isFieldValue(cookie))
    return kept.slice(0, mostPerReply)
  }
}

function nameOf(cookie: string): string {
  return cookie.slice(0, Math.max(0, cookie.indexOf('='))).trim()
}
