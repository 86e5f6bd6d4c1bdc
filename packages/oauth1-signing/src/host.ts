/**
 * The few globals this package uses, all of them present in Node, Deno, Bun, workerd and browsers.
 * They are declared here, and not ambiently, so that everything else stays a compile error.
 */

interface UrlConstructor {
  new (url: string): { readonly href: string }
}

interface Utf8Encoder {
  encode(text: string): Uint8Array
  encodeInto(text: string, bytes: Uint8Array): { readonly written: number }
}

interface Utf8Decoder {
  decode(bytes: Uint8Array): string
}

interface RsaAlgorithm {
  readonly name: 'RSASSA-PKCS1-v1_5'
  readonly hash: 'SHA-1' | 'SHA-256'
}

/** The part of WebCrypto's SubtleCrypto that RSA signatures need. */
interface Subtle {
  importKey(
    format: 'pkcs8' | 'spki' | 'jwk',
    key: object,
    algorithm: RsaAlgorithm,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<object>
  sign(algorithm: string, key: object, data: Uint8Array): Promise<ArrayBuffer>
  verify(algorithm: string, key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>
}

interface Host {
  readonly URL: UrlConstructor
  readonly TextEncoder: new () => Utf8Encoder
  readonly TextDecoder: new (label: string, options: { readonly fatal: boolean }) => Utf8Decoder
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array; readonly subtle: Subtle }
  atob(base64: string): string
  btoa(binary: string): string
}

const host = globalThis as unknown as Host

/** `globalThis.crypto.subtle`, looked up on use: it is absent from insecure browser contexts. */
export function subtle(): Subtle {
  return host.crypto.subtle
}

/** Cryptographically strong random bytes. */
export function getRandomBytes(length: number): Uint8Array {
  return host.crypto.getRandomValues(new Uint8Array(length))
}

/** What a WHATWG client such as fetch makes of a URL. Throws TypeError on what is none. */
export function whatwgHref(url: string): string {
  return new host.URL(url).href
}

let encoder: Utf8Encoder | undefined

export function utf8(text: string): Uint8Array {
  encoder ??= new host.TextEncoder()
  return encoder.encode(text)
}

/** Writes as many whole characters as there is room for; returns the number of bytes. */
export function utf8Into(text: string, bytes: Uint8Array): number {
  encoder ??= new host.TextEncoder()
  return encoder.encodeInto(text, bytes).written
}

let decoder: Utf8Decoder | undefined

/** Throws TypeError where the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  decoder ??= new host.TextDecoder('utf-8', { fatal: true })
  return decoder.decode(bytes)
}

export function base64(bytes: Uint8Array): string {
  return host.btoa(String.fromCharCode(...bytes))
}

/** Throws where the text is not base64. */
export function base64Bytes(text: string): Uint8Array {
  return Uint8Array.from(host.atob(text), (character) => character.charCodeAt(0))
}
