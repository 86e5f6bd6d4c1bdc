import { invalidInput } from './error.ts'

/** Algorithms for signing and verifying (RFC 7518 3.1). IBKR's examples use `RS256` throughout. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

/** WebCrypto parameters of an operation. */
interface OperationParameters {
  readonly name: string
  readonly hash?: string
  readonly saltLength?: number
}

/** RFC 7518 3.3, 3.4 and 3.5 in WebCrypto's words. */
export const operations: Readonly<Record<SigningAlgorithm, OperationParameters>> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
}

/** True for the algorithms of this package: never `none`, never a symmetric one. */
export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(operations, value)
}

/** The algorithm asked for, or `fallback`. */
export function checkAlgorithm(alg: unknown, fallback: SigningAlgorithm): SigningAlgorithm {
  const chosen = alg ?? fallback
  if (!isSigningAlgorithm(chosen)) throw invalidInput('alg must be "RS256", "PS256" or "ES256"')
  return chosen
}
