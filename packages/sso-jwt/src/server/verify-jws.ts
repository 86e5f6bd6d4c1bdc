import { bytesFromBase64url, utf8Bytes, utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { type JsonDefect, readJsonObject } from '@ibkr-auth/internal/json'
import { settle } from '@ibkr-auth/internal/settle'
import { isSigningAlgorithm } from '../keys/algorithms.ts'
import { type FindKey, readRecord } from './key-record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { VerificationKey } from './verification-key.ts'

/** Claims of a token whose signature verified. */
export interface VerifiedJws {
  readonly ok: true
  readonly clientId: string
  readonly clientKeyId: string
  readonly claims: Readonly<Record<string, unknown>>
  /** The payload as it was signed. */
  readonly payloadText: string
}

/**
 * Verifies a compact JWS (RFC 7515 5.2) under the algorithm of the key's record. The key is looked up by the header
 * alone, and the payload decoded only once its signature is good; nothing in a token makes this throw.
 */
export async function verifyJws(
  token: unknown,
  findKey: FindKey,
  maximumLength: number,
): Promise<VerifiedJws | Refusal> {
  const parts = splitToken(token, maximumLength)
  if (!parts.ok) return parts
  const header = readHeader(parts.header)
  if (!header.ok) return header
  const record = readRecord(await settle(findKey(header.clientKeyId)))
  if (!record.ok) return record
  const refusal = await checkSignature(parts, header.alg, record.key)
  if (refusal !== undefined) return refusal
  const payload = readJson(parts.payload, 'payload')
  if (!payload.ok) return payload
  const { clientId } = record
  return {
    ok: true,
    clientId,
    clientKeyId: header.clientKeyId,
    claims: payload.value,
    payloadText: payload.text,
  }
}

/** A compact JWS (RFC 7515 7.1), nothing decoded yet. */
interface TokenParts {
  readonly ok: true
  readonly signingInput: string
  readonly header: string
  readonly payload: string
  readonly signature: string
}

function splitToken(token: unknown, maximumLength: number): TokenParts | Refusal {
  if (typeof token !== 'string') return refuse('malformed', 'the token is not a text')
  if (token.length > maximumLength)
    return refuse('too_large', `the token is longer than ${maximumLength} characters`)
  const parts = token.split('.', 4)
  const [header = '', payload = '', signature = ''] = parts
  // An empty signature is well-formed: that is how alg "none" comes, and its reason is the algorithm.
  const isWellFormed =
    parts.length === 3 &&
    isCanonical(header) &&
    isCanonical(payload) &&
    (signature === '' || isCanonical(signature))
  if (!isWellFormed)
    return refuse('malformed', 'the token is not three parts of unpadded, canonical base64url')
  const signingInput = token.slice(0, header.length + 1 + payload.length)
  return { ok: true, signingInput, header, payload, signature }
}

/** One text has one spelling in base64url: no padding, no stray bits in the last character. Decodes no more than that. */
function isCanonical(part: string): boolean {
  if (!/^[\w-]+$/.test(part)) return false
  return bytesFromBase64url(part.slice(Math.floor((part.length - 1) / 4) * 4)) !== undefined
}

const longestHeader = 8192
const longestKeyId = 1024

interface Header {
  readonly ok: true
  readonly alg: unknown
  readonly clientKeyId: string
}

function readHeader(part: string): Header | Refusal {
  if (part.length > longestHeader)
    return refuse('too_large', `the header is longer than ${longestHeader} characters`)
  const header = readJson(part, 'header')
  if (!header.ok) return header
  const { alg, kid, typ, crit, b64 } = header.value
  if (crit !== undefined)
    return refuse('critical_header', 'the header has crit, and no extension is understood')
  if (b64 !== undefined) return refuse('unexpected_header', 'the header has b64')
  if (typ !== undefined && !isJwtType(typ)) return refuse('unexpected_header', 'typ of the header is not JWT')
  if (!isSigningAlgorithm(alg)) return refuse('algorithm', 'alg of the header is not RS256, PS256 or ES256')
  if (typeof kid !== 'string' || kid === '' || kid.length > longestKeyId) {
    return refuse('missing_key_id', 'the header has no usable kid')
  }
  return { ok: true, alg, clientKeyId: kid }
}

/** `application/` may be left out of a media type (RFC 7515 4.1.9), whose letters may be of either case. */
function isJwtType(typ: unknown): boolean {
  return typeof typ === 'string' && /^(?:application\/)?jwt$/i.test(typ)
}

interface JsonPart {
  readonly ok: true
  readonly value: Readonly<Record<string, unknown>>
  readonly text: string
}

const defects: Readonly<
  Record<JsonDefect, readonly ['malformed' | 'too_deep' | 'duplicate_member', string]>
> = {
  malformed: ['malformed', 'is not JSON'],
  'not-an-object': ['malformed', 'is not a JSON object'],
  'too-deep': ['too_deep', 'is nested too deep'],
  'duplicate-member': ['duplicate_member', 'has a member twice'],
}

function readJson(part: string, name: string): JsonPart | Refusal {
  const bytes = bytesFromBase64url(part)
  const text = bytes && utf8TextStrict(bytes)
  if (text === undefined) return refuse('malformed', `the ${name} is not UTF-8`)
  const json = readJsonObject(text)
  // Without a prototype, of which a program's other parts could make it say what the token does not.
  if (json.ok) return { ok: true, value: Object.assign(Object.create(null), json.value), text }
  const [code, message] = defects[json.defect]
  return refuse(code, `the ${name} ${message}`)
}

/** Characters: more than an RSA signature of 16,384 bits has. */
const longestSignature = 4096

async function checkSignature(
  { signingInput, signature }: TokenParts,
  alg: unknown,
  key: VerificationKey,
): Promise<Refusal | undefined> {
  if (alg !== key.alg)
    return refuse('algorithm', `alg of the header is not ${key.alg}, which is registered with the key`)
  const bytes = signature.length > longestSignature ? undefined : bytesFromBase64url(signature)
  if (bytes !== undefined && (await key.verify(utf8Bytes(signingInput), bytes))) return undefined
  return refuse('signature', 'the signature does not verify under the key registered for the kid')
}
