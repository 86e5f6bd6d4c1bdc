import { host } from './host.ts'

/** Base64 with padding (RFC 4648 section 4). */
export function base64FromBytes(bytes: Uint8Array): string {
  return host.btoa(String.fromCharCode(...bytes))
}

/**
 * Reads base64 as people paste it: standard or URL-safe alphabet, padded or not, white space anywhere, bits that
 * fill no byte dropped. `undefined` for anything that is no such text.
 */
export function bytesFromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined
  // Anchored at the start, since /=+$/ would search a long row of = anew from each of them.
  const letters = /^([\w+/-]*)=*$/.exec(text.replace(/\s+/g, ''))?.[1]?.replace(/-/g, '+').replace(/_/g, '/')
  if (letters === undefined) return undefined
  const whole = letters.length % 4 === 1 ? letters.slice(0, -1) : letters
  const binary = host.atob(whole)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}
