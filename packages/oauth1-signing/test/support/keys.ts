import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { ibkr } from './fixtures.ts'

const { n, e, d, p, q } = ibkr.signingKey

function base64url(integer: bigint): string {
  const hex = integer.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus]
  let [previousFactor, factor] = [0n, 1n]
  while (current !== 0n) {
    const quotient = previous / current
    ;[previous, current] = [current, previous - quotient * current]
    ;[previousFactor, factor] = [factor, previousFactor - quotient * factor]
  }
  return ((previousFactor % modulus) + modulus) % modulus
}

type RsaPrivateJwk = Record<'kty' | 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi', string>

function fromIntegers(): RsaPrivateJwk {
  const [modulus, exponent, secret, one, other] = [n, e, d, p, q].map((hex) => BigInt(`0x${hex}`)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return {
    kty: 'RSA',
    n: base64url(modulus),
    e: base64url(exponent),
    d: base64url(secret),
    p: base64url(one),
    q: base64url(other),
    dp: base64url(secret % (one - 1n)),
    dq: base64url(secret % (other - 1n)),
    qi: base64url(inverse(other, one)),
  }
}

/** IBKR's published signing key, of value to nobody, made from the integers of the fixture. */
export const signingJwk: RsaPrivateJwk = fromIntegers()
export const signingPublicJwk = { kty: signingJwk.kty, n: signingJwk.n, e: signingJwk.e }
export const signingKey: KeyObject = createPrivateKey({ key: { ...signingJwk }, format: 'jwk' })
export const signingPublicKey: KeyObject = createPublicKey({ key: signingPublicJwk, format: 'jwk' })

/** Another key of the same size, made for this run. */
export const otherKeyPair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
})
