import { invalidInput } from './error.ts'

/** Algorithms for signing and verifying (RFC 7518 3.1). IBKR's examples use `RS256` throughout. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

interface AlgorithmFacts {
  /** WebCrypto parameters of the operation. */
  readonly operation: { readonly name: string; readonly hash?: string; readonly saltLength?: number }
  /** JWK `kty` of its keys. */
  readonly keyType: 'RSA' | 'EC'
}

/** RFC 7518 3.3, 3.4 and 3.5 in WebCrypto's words. */
export const algorithmFacts: Readonly<Record<SigningAlgorithm, AlgorithmFacts>> = {
  RS256: { operation: { name: 'RSASSA-PKCS1-v1_5' }, keyType: 'RSA' },
  PS256: { operation: { name: 'RSA-PSS', saltLength: 32 }, keyType: 'RSA' },
  ES256: { operation: { name: 'ECDSA', hash: 'SHA-256' }, keyType: 'EC' },
}

/** True for the algorithms of this package: never `none`, never a symmetric one. */
export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithmFacts, value)
}

/** The algorithm asked for, or `fallback`. */
export function checkAlgorithm(alg: unknown, fallback: SigningAlgorithm): SigningAlgorithm {
  const chosen = alg ?? fallback
  if (!isSigningAlgorithm(chosen)) throw invalidInput('alg must be "RS256", "PS256" or "ES256"')
  return chosen
}
