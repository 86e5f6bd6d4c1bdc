/**
 * The globals this package uses, read through one typed cast: the package compiles without DOM and without Node
 * types, so anything else that a runtime offers is a compile error.
 */

/** The part of a WebCrypto `CryptoKey` that is looked at. A runtime's own `CryptoKey` has this shape. */
export interface CryptoKeyLike {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/** The part of Node's `KeyObject` that is used. Node's own `KeyObject` has this shape. */
export interface KeyObjectLike {
  readonly type: string
  readonly asymmetricKeyType?: string | undefined
  export(options: { format: 'jwk' }): object
}

interface Subtle {
  sign(algorithm: object, key: CryptoKeyLike, data: Uint8Array): Promise<ArrayBuffer>
  importKey(
    format: 'raw',
    key: Uint8Array,
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKeyLike>
}

interface UrlLike {
  readonly origin: string
  readonly protocol: string
  readonly hostname: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly username: string
  readonly password: string
  readonly href: string
}

interface SearchParams {
  append(name: string, value: string): void
  keys(): IterableIterator<string>
  get(name: string): string | null
  toString(): string
}

interface Host {
  readonly crypto: { readonly subtle: Subtle; getRandomValues(bytes: Uint8Array): Uint8Array }
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
  readonly TextDecoder: new (
    label?: string,
    options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
  ) => { decode(bytes: Uint8Array): string }
  readonly URL: new (url: string, base?: string) => UrlLike
  readonly URLSearchParams: new (init?: string | Readonly<Record<string, string>>) => SearchParams
}

const host = globalThis as unknown as Host

export const URL: Host['URL'] = host.URL
export const URLSearchParams: Host['URLSearchParams'] = host.URLSearchParams

const encoder = new host.TextEncoder()
const lenient = new host.TextDecoder()
const strict = new host.TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Text of UTF-8 bytes; malformed sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return lenient.decode(bytes)
}

/** Text of UTF-8 bytes; throws on malformed sequences. */
export function decodeUtf8Strictly(bytes: Uint8Array): string {
  return strict.decode(bytes)
}

/** WebCrypto, looked up at each call: Node before 20 and insecure browser contexts lack it. */
export function subtle(): Subtle {
  return host.crypto.subtle
}

/** `length` bytes from the runtime's cryptographic generator. */
export function randomBytes(length: number): Uint8Array {
  return host.crypto.getRandomValues(new Uint8Array(length))
}
