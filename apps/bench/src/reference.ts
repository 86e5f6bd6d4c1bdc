import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import type { SigningInput } from './inputs.ts'

// The judge of every signing row. It is written from RFC 5849 alone, for clarity and not for speed, shares no code with
// any candidate, and is itself held to the published examples by a test.

/** How the query and form fields enter the signature base string. */
export type Treatment = 'rfc5849' | 'raw'

export interface Judgement {
  readonly treatment: Treatment
  readonly algorithm: 'sha1' | 'sha256'
  readonly key: Uint8Array
}

/** Percent-encoding of RFC 5849 section 3.6. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The protocol parameters of an Authorization header, decoded, `realm` left out. */
export function parametersOf(header: string): Record<string, string> {
  if (!header.startsWith('OAuth ')) throw new Error('the header does not start with OAuth')
  const pairs = [...header.slice(6).matchAll(/([^=,\s]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [decodeURIComponent(name), decodeURIComponent(value)] as const,
  )
  return Object.fromEntries(pairs.filter(([name]) => name !== 'realm'))
}

/** The signature base string of RFC 5849 section 3.4.1, or the variant that joins raw values and encodes once. */
export function baseString(
  input: SigningInput,
  protocol: Readonly<Record<string, string>>,
  treatment: Treatment,
): string {
  const all = Object.entries({ ...input.fields, ...protocol }).filter(([name]) => name !== 'oauth_signature')
  const encodeFirst = treatment === 'rfc5849' ? encode : (text: string): string => text
  const pairs = all.map(([name, value]) => [encodeFirst(name), encodeFirst(value)] as const)
  pairs.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  const parameters = pairs.map((pair) => pair.join('=')).join('&')
  return [input.method, encode(input.urlWithoutQuery), encode(parameters)].join('&')
}

/** Throws unless the header is whole, fresh and signed as the judgement says. */
export function checkHeader(input: SigningInput, header: string, judgement: Judgement): void {
  const protocol = parametersOf(header)
  const {
    oauth_timestamp: timestamp = '',
    oauth_nonce: nonce = '',
    oauth_signature: signature = '',
  } = protocol
  if (!/^\d{10}$/.test(timestamp) || Math.abs(Number(timestamp) - Date.now() / 1000) > 120) {
    throw new Error(`the timestamp ${timestamp} is not of now`)
  }
  if (nonce === '') throw new Error('there is no nonce')
  const text = baseString(input, protocol, judgement.treatment)
  const expected = createHmac(judgement.algorithm, judgement.key).update(text).digest('base64')
  if (signature !== expected) throw new Error(`wrong signature for the base string ${text.slice(0, 200)}`)
}
