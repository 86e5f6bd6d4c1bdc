/**
 * The few globals that the packages use, all of them present in Node, Deno, Bun, workerd and browsers. They are
 * typed here, and not ambiently, so that everything else a runtime offers stays a compile error.
 */

/** The part of a WHATWG `URL` that is used. */
export interface UrlLike {
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly hostname: string
  readonly host: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly username: string
  readonly password: string
}

/** The part of a WHATWG `URLSearchParams` that is used. */
export interface SearchParams {
  append(name: string, value: string): void
  get(name: string): string | null
  keys(): IterableIterator<string>
  entries(): IterableIterator<[name: string, value: string]>
  toString(): string
}

/** The part of WebCrypto's `SubtleCrypto` that is used. */
export interface Subtle {
  importKey(
    format: 'raw' | 'pkcs8' | 'spki' | 'jwk',
    key: object,
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<object>
  sign(algorithm: string | object, key: object, data: Uint8Array): Promise<ArrayBuffer>
  verify(algorithm: string | object, key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>
}

interface Globals {
  readonly URL: new (url: string, base?: string) => UrlLike
  readonly URLSearchParams: new (init?: string | Readonly<Record<string, string>>) => SearchParams
  readonly TextEncoder: new () => {
    encode(text: string): Uint8Array
    encodeInto(text: string, bytes: Uint8Array): { readonly read: number; readonly written: number }
  }
  readonly TextDecoder: new (
    label?: string,
    options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
  ) => { decode(bytes: Uint8Array): string }
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array; readonly subtle: Subtle }
  readonly performance: { now(): number }
  atob(base64: string): string
  btoa(binary: string): string
}

/** `globalThis`, as far as the packages know it. */
export const globals: Globals = globalThis as unknown as Globals

/** WebCrypto, looked up at each call: insecure browser contexts lack it. */
export function subtle(): Subtle {
  return globals.crypto.subtle
}

/** Cryptographically strong random bytes. */
export function randomBytes(length: number): Uint8Array {
  return globals.crypto.getRandomValues(new Uint8Array(length))
}

/** Milliseconds since some moment, on a clock that nobody sets; for durations. */
export function monotonicNow(): number {
  return globals.performance.now()
}

/** A URL as a WHATWG client such as fetch understands it; `undefined` for what is none. */
export function parseUrl(text: string, base?: string): UrlLike | undefined {
  try {
    return new globals.URL(text, base)
  } catch {
    return undefined
  }
}
