import { ibkr } from './fixtures.ts'

const { n, e, d, p, q } = ibkr.signingKey

function base64url(integer: bigint): string {
  const hex = integer.toString(16)
  const octets = (hex.length % 2 === 0 ? hex : `0${hex}`).match(/../g) ?? []
  const text = btoa(String.fromCharCode(...octets.map((octet) => Number.parseInt(octet, 16))))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
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

/** The PEM (PKCS #8) of a private JWK, as a user's key file holds it. */
export async function pemOf(jwk: RsaPrivateJwk): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign'])
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? []
  const label = 'PRIVATE KEY'
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
