import {
  checkPrimeSync,
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
  randomBytes,
} from 'node:crypto'
import { DerReader, derElement, derInteger, derTag } from '../der.ts'
import { bytesFromInteger, integerFromBytes } from '../integer-bytes.ts'
import { rsaIntegersFromJwk } from '../rsa-integers.ts'
import type { DhKey, Primitives, RsaPrivateKey } from './contract.ts'
import { createPortableDhKey } from './portable-dh.ts'
import { createPortableRsaPrivateKey } from './portable-rsa.ts'

const dhKeyAgreement = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01)
const version0 = derInteger(Uint8Array.of(0))

function dhAlgorithm(prime: bigint, generator: bigint): Uint8Array {
  const parameters = derElement(
    derTag.sequence,
    derInteger(bytesFromInteger(prime)),
    derInteger(bytesFromInteger(generator)),
  )
  return derElement(derTag.sequence, dhKeyAgreement, parameters)
}

function importDhPrivateKey(algorithm: Uint8Array, exponent: Uint8Array): KeyObject {
  const octets = derElement(derTag.octetString, derInteger(exponent))
  const key = Buffer.from(derElement(derTag.sequence, version0, algorithm, octets))
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

function importDhPublicKey(algorithm: Uint8Array, value: bigint): KeyObject {
  const bits = derElement(derTag.bitString, Uint8Array.of(0), derInteger(bytesFromInteger(value)))
  return createPublicKey({
    key: Buffer.from(derElement(derTag.sequence, algorithm, bits)),
    format: 'der',
    type: 'spki',
  })
}

/** The public integer is as short as its value, so the structure is read, never cut at a fixed length. */
function publicIntegerOf(privateKey: KeyObject): bigint {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const body = new DerReader(spki).enter(derTag.sequence)
  body?.read(derTag.sequence)
  const value = new DerReader(body?.read(derTag.bitString)?.subarray(1) ?? new Uint8Array()).readInteger()
  if (value === undefined) throw new Error('OpenSSL exported a DH key in an unknown form')
  return value
}

function createNativeDhKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey {
  const algorithm = dhAlgorithm(prime, generator)
  const privateKey = importDhPrivateKey(algorithm, exponent)
  const agree = (other: bigint): Uint8Array =>
    new Uint8Array(diffieHellman({ privateKey, publicKey: importDhPublicKey(algorithm, other) }))
  return { publicInteger: publicIntegerOf(privateKey), agree, agreeAsync: async (other) => agree(other) }
}

export const primitives: Primitives = {
  name: 'node',
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  hmacSha1: (key, message) => new Uint8Array(createHmac('sha1', key).update(message).digest()),
  createDhKey(prime, generator, exponent) {
    try {
      return createNativeDhKey(prime, generator, exponent)
    } catch {
      return createPortableDhKey(prime, generator, exponent)
    }
  },
  createRsaPrivateKey(integers) {
    const { n, e, d, primes } = integers
    if (primes === undefined) return createPortableRsaPrivateKey(integers, primitives.randomBytes)
    const jwk = Object.fromEntries(
      Object.entries({ n, e, d, ...primes }).map(([name, value]) => [
        name,
        Buffer.from(bytesFromInteger(value)).toString('base64url'),
      ]),
    )
    const key = createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' })
    return nativeRsaPrivateKey(key, n)
  },
  openEncryptedPem(pem, passphrase) {
    const key = createPrivateKey({
      key: pem,
      passphrase: typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase),
    })
    return key.asymmetricKeyType === 'rsa'
      ? rsaIntegersFromJwk({ ...key.export({ format: 'jwk' }) })
      : undefined
  },
  isProbablePrime: (candidate) => checkPrimeSync(candidate),
  pause: () =>
    new Promise((resolve, reject) => randomBytes(1, (error) => (error ? reject(error) : resolve()))),
}

function nativeRsaPrivateKey(key: KeyObject, modulus: bigint): RsaPrivateKey {
  return {
    modulusLength: bytesFromInteger(modulus).length,
    decryptRaw(ciphertext) {
      if (integerFromBytes(ciphertext) >= modulus) return undefined
      return new Uint8Array(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext))
    },
  }
}
