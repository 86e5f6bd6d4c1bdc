import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import rfc7515 from '../fixtures/rfc7515.json' with { type: 'json' }

/** The key of RFC 7515 A.2: 2048 bits, read from its JWK parts, so that suites need not generate one each. */
export const rfcJwk = rfc7515.cases[0]!.jwk

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export const rsaPair: KeyPair = {
  privateKey: createPrivateKey({ key: rfcJwk, format: 'jwk' }),
  publicKey: createPublicKey({ key: { kty: 'RSA', n: rfcJwk.n, e: rfcJwk.e }, format: 'jwk' }),
}

export function newRsaPair(modulusLength: number): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength })
}

export function newEcPair(namedCurve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve })
}
