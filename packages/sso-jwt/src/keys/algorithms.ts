import { invalidInput } from '../errors.ts'

/** Algorithms for signing and verifying (RFC 7518 3.1). IBKR's examples use `RS256` throughout. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

/** What one algorithm is in WebCrypto's words (RFC 7518 3.3, 3.4 and 3.5). */
interface AlgorithmParameters {
  readonly keyType: 'rsa' | 'ec'
  /** For `importKey`. */
  readonly key: { readonly name: string; readonly hash?: string; readonly namedCurve?: string }
  /** For `sign`. */
  readonly operation: { readonly name: string; readonly hash?: string; readonly saltLength?: number }
}

export const algorithms: Readonly<Record<SigningAlgorithm, AlgorithmParameters>> = {
  RS256: {
    keyType: 'rsa',
    key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    operation: { name: 'RSASSA-PKCS1-v1_5' },
  },
  PS256: {
    keyType: 'rsa',
    key: { name: 'RSA-PSS', hash: 'SHA-256' },
    operation: { name: 'RSA-PSS', saltLength: 32 },
  },
  ES256: {
    keyType: 'ec',
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    operation: { name: 'ECDSA', hash: 'SHA-256' },
  },
}

/** True for the algorithms of this package: never `none`, never a symmetric one. */
export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithms, value)
}

/** The algorithm asked for, or `fallback`. */
export function checkAlgorithm(alg: unknown, fallback: SigningAlgorithm): SigningAlgorithm {
  const chosen = alg ?? fallback
  if (!isSigningAlgorithm(chosen)) throw invalidInput('alg must be "RS256", "PS256" or "ES256"')
  return chosen
}
