import { decode, encode } from 'jose/base64url'
import { compactVerify } from 'jose/jws/compact/verify'
import { decodeUtf8Strictly } from './host.ts'
import { type Refusal, refuse } from './refusal.ts'
import { isSigningAlgorithm } from './signing-algorithm.ts'
import { parseStrictJson } from './strict-json.ts'
import type { VerificationKey } from './verification-key.ts'

/** A registered key of a client. */
export interface ClientKeyRecord {
  /** The client whose key it is: the only `iss` it may sign for. */
  readonly clientId: string
  readonly key: VerificationKey
}

/** Finds the key registered under a `kid`. The `kid` is unverified input, at most 1024 characters. */
export type FindKey = (
  clientKeyId: string,
) => ClientKeyRecord | undefined | Promise<ClientKeyRecord | undefined>

/** Claims of a token whose signature verified. */
export interface VerifiedJws {
  readonly ok: true
  readonly clientId: string
  readonly clientKeyId: string
  readonly claims: Readonly<Record<string, unknown>>
  /** The payload as it was signed. */
  readonly payloadText: string
}

const maximumHeaderLength = 8192

/**
 * Verifies a compact JWS (RFC 7515 5.2) under the algorithm of the key's record. The payload is parsed only once its
 * signature is good; nothing in a token makes this throw.
 */
export async function verifyJws(
  token: unknown,
  findKey: FindKey,
  maximumLength: number,
): Promise<VerifiedJws | Refusal> {
  if (typeof token !== 'string') return refuse('malformed', 'the token is not a text')
  if (token.length > maximumLength)
    return refuse('too_large', `the token is longer than ${maximumLength} characters`)
  const parts = token.split('.', 4)
  const [protectedPart = '', payloadPart = '', signaturePart = ''] = parts
  // An empty signature is well-formed: that is how alg "none" comes, and its reason is the algorithm.
  const isWellFormed =
    isCanonicalBase64url(protectedPart) &&
    isCanonicalBase64url(payloadPart) &&
    (signaturePart === '' || isCanonicalBase64url(signaturePart))
  if (parts.length !== 3 || !isWellFormed) {
    return refuse('malformed', 'the token is not three parts of unpadded, canonical base64url')
  }
  const header = readHeader(protectedPart)
  if (!header.ok) return header
  const record = await findKey(header.clientKeyId)
  if (record === undefined) return refuse('unknown_key', 'no key is registered under the kid of the token')
  const refusal = await checkSignature(token, header.alg, record.key)
  if (refusal !== undefined) return refusal
  const payload = readJson(payloadPart, 'payload')
  if (!payload.ok) return payload
  return {
    ok: true,
    clientId: record.clientId,
    clientKeyId: header.clientKeyId,
    claims: payload.value,
    payloadText: payload.text,
  }
}

interface Header {
  readonly ok: true
  readonly alg: unknown
  readonly clientKeyId: string
}

function readHeader(part: string): Header | Refusal {
  if (part.length > maximumHeaderLength)
    return refuse('too_large', `the header is longer than ${maximumHeaderLength} characters`)
  const header = readJson(part, 'header')
  if (!header.ok) return header
  const { alg, kid, typ, crit, b64 } = header.value
  if (crit !== undefined)
    return refuse('critical_header', 'the header has crit, and no extension is understood')
  if (b64 !== undefined) return refuse('unexpected_header', 'the header has b64')
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) {
    return refuse('unexpected_header', 'typ of the header is not JWT')
  }
  if (!isSigningAlgorithm(alg)) return refuse('algorithm', 'alg of the header is not RS256, PS256 or ES256')
  if (typeof kid !== 'string' || kid === '' || kid.length > 1024) {
    return refuse('missing_key_id', 'the header has no usable kid')
  }
  return { ok: true, alg, clientKeyId: kid }
}

interface JsonPart {
  readonly ok: true
  readonly value: Readonly<Record<string, unknown>>
  readonly text: string
}

function readJson(part: string, name: string): JsonPart | Refusal {
  let text: string
  try {
    text = decodeUtf8Strictly(decode(part))
  } catch {
    return refuse('malformed', `the ${name} is not UTF-8`)
  }
  const json = parseStrictJson(text)
  if (json.ok) return { ok: true, value: json.value, text }
  const messages = {
    malformed: `the ${name} is not a JSON object`,
    too_deep: `the ${name} is nested too deep`,
    duplicate_member: `the ${name} has a member twice`,
  }
  return refuse(json.defect, messages[json.defect])
}

async function checkSignature(
  token: string,
  alg: unknown,
  key: VerificationKey,
): Promise<Refusal | undefined> {
  if (alg !== key.alg)
    return refuse('algorithm', `alg of the header is not ${key.alg}, which is registered with the key`)
  try {
    await compactVerify(token, key.publicKey as Parameters<typeof compactVerify>[1], {
      algorithms: [key.alg],
    })
    return undefined
  } catch {
    return refuse('signature', `the signature does not verify under the key registered for the kid`)
  }
}

/** One token has one spelling: no padding, no stray bits in the last character. */
function isCanonicalBase64url(part: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return false
  try {
    return encode(decode(part)) === part
  } catch {
    return false
  }
}
