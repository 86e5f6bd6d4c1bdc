import { constants, type KeyObject, sign as nodeSign, verify as nodeVerify } from 'node:crypto'

/** Node's own idea of each algorithm: an independent verifier, and a forger. */
const nodeOptions = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  ES256: { dsaEncoding: 'ieee-p1363' },
} as const

export type NodeAlgorithm = keyof typeof nodeOptions

export function nodeVerifies(token: string, alg: NodeAlgorithm, key: KeyObject): boolean {
  const [header, payload, signature] = token.split('.')
  const input = Buffer.from(`${header}.${payload}`)
  return nodeVerify('sha256', input, { key, ...nodeOptions[alg] }, Buffer.from(signature!, 'base64url'))
}

export const base64url = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url')

/** A raw signature by Node. */
export function sign(input: string, key: KeyObject, alg: NodeAlgorithm): Buffer {
  return nodeSign('sha256', Buffer.from(input), { key, ...nodeOptions[alg] })
}

/** Any header and payload text under a good signature of Node's. */
export function forge(
  header: string | object,
  payload: string | object,
  key: KeyObject,
  alg: NodeAlgorithm = 'RS256',
): string {
  const text = (part: string | object) => (typeof part === 'string' ? part : JSON.stringify(part))
  const input = `${base64url(text(header))}.${base64url(text(payload))}`
  return `${input}.${base64url(sign(input, key, alg))}`
}

export interface DecodedToken {
  readonly header: Record<string, unknown>
  readonly payload: Record<string, unknown>
  readonly payloadText: string
}

export function decodeToken(token: string): DecodedToken {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header!), payload: JSON.parse(payload!), payloadText: payload! }
}
