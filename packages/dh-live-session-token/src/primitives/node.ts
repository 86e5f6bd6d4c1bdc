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
import { type RsaIntegers, rsaIntegersFromJwk } from '../rsa-integers.ts'
import type { DhKey, Primitives, RsaPrivateKey } from './contract.ts'
import { createPortableDhKey } from './portable-dh.ts'
import { createPortableRsaPrivateKey } from './portable-rsa.ts'

// Key objects made from DER are the one way to OpenSSL's constant-time modular power for any p and g:
// createDiffieHellman would test the prime first, for a quarter of a second, and refuse IBKR's published example.

/** A copy that shares no memory with Node's pool and whose `slice` copies, which that of a Buffer does not. */
function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}

/** 1.2.840.113549.1.3.1, dhKeyAgreement (PKCS #3). */
const dhKeyAgreement = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01)
const version0 = derInteger(Uint8Array.of(0))

function dhAlgorithm(prime: bigint, generator: bigint): Uint8Array {
  const integers = [prime, generator].map((integer) => derInteger(bytesFromInteger(integer)))
  return derElement(derTag.sequence, dhKeyAgreement, derElement(derTag.sequence, ...integers))
}

function importDhPrivateKey(algorithm: Uint8Array, exponent: Uint8Array): KeyObject {
  const octets = derElement(derTag.octetString, derInteger(exponent))
  const key = Buffer.from(derElement(derTag.sequence, version0, algorithm, octets))
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    octets.fill(0)
    key.fill(0)
  }
}

function importDhPublicKey(algorithm: Uint8Array, value: bigint): KeyObject {
  const bits = derElement(derTag.bitString, Uint8Array.of(0), derInteger(bytesFromInteger(value)))
  const key = Buffer.from(derElement(derTag.sequence, algorithm, bits))
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

/** The INTEGER in there is as short as its value, so the structure is read, never cut at a fixed length. */
function publicIntegerOf(privateKey: KeyObject): bigint {
  const spki = new DerReader(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
  const body = spki.enter(derTag.sequence)
  body?.read(derTag.sequence)
  const value = new DerReader(body?.read(derTag.bitString)?.subarray(1) ?? new Uint8Array()).readInteger()
  if (value === undefined) throw new Error('OpenSSL exported a DH public key in an unknown form')
  return value
}

/**
 * OpenSSL before 3.5 raises a public value of a group it knows by name (RFC 3526, RFC 7919: all have ones in
 * their first and last 64 bits) to the group's order at each agreement, eight times the work of the agreement
 * itself. It knows them by p and g together, so another g in the key avoids that.
 */
function isSlowGroup(prime: bigint, generator: bigint): boolean {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number)
  const ones = (1n << 64n) - 1n
  return major === 3 && minor < 5 && generator === 2n && BigInt.asUintN(64, prime) === ones
}

function createNativeDhKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey {
  const slow = isSlowGroup(prime, generator)
  const algorithm = dhAlgorithm(prime, slow ? generator + 1n : generator)
  const privateKey = importDhPrivateKey(algorithm, exponent)
  const agree = (other: bigint): Uint8Array | undefined =>
    unlessTrivial(() =>
      plainBytes(diffieHellman({ privateKey, publicKey: importDhPublicKey(algorithm, other) })),
    )
  return {
    publicInteger: slow
      ? integerFromBytes(agree(generator) ?? new Uint8Array())
      : publicIntegerOf(privateKey),
    agree,
    agreeAsync: (other) => agreeInThreadPool(privateKey, importDhPublicKey(algorithm, other)),
  }
}

function unlessTrivial(agree: () => Uint8Array): Uint8Array | undefined {
  try {
    return agree()
  } catch (error) {
    return orTrivial(error)
  }
}

/** OpenSSL's refusal of a result of 0, 1 or p-1 as a value; any other error goes on. */
function orTrivial(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_DH_INVALID_SECRET')
    return undefined
  throw error
}

type Agreement = (
  keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  done: (error: Error | null, secret: Uint8Array) => void,
) => Uint8Array | undefined

/** Node has the callback form from 23.11 on; an older one ignores the callback and answers at once. */
function agreeInThreadPool(privateKey: KeyObject, publicKey: KeyObject): Promise<Uint8Array | undefined> {
  return new Promise<Uint8Array>((resolve, reject) => {
    const agreement = diffieHellman as Agreement
    const secret = agreement({ privateKey, publicKey }, (error, result) =>
      error ? reject(error) : resolve(result),
    )
    if (secret !== undefined) resolve(secret)
  }).then(plainBytes, orTrivial)
}

/** A JWK is the form that OpenSSL 3.0 reads fastest, some forty times faster than PEM. */
function createNativeRsaPrivateKey({ n, e, d, primes }: RsaIntegers): RsaPrivateKey {
  const members = Object.entries({ n, e, d, ...primes }).map(([name, value]) => [
    name,
    Buffer.from(bytesFromInteger(value)).toString('base64url'),
  ])
  const key = createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' })
  return {
    modulusLength: bytesFromInteger(n).length,
    decryptRaw: (ciphertext) =>
      integerFromBytes(ciphertext) < n
        ? plainBytes(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext))
        : undefined,
  }
}

function openEncryptedPem(pem: string, passphrase: string | Uint8Array): RsaIntegers | undefined {
  const secret = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase)
  const key = createPrivateKey({ key: pem, passphrase: secret })
  return key.asymmetricKeyType === 'rsa'
    ? rsaIntegersFromJwk({ ...key.export({ format: 'jwk' }) })
    : undefined
}

/** OpenSSL, by way of `node:crypto`. */
export const primitives: Primitives = {
  name: 'node',
  randomBytes: (length) => plainBytes(randomBytes(length)),
  hmacSha1: (key, message) => plainBytes(createHmac('sha1', key).update(message).digest()),
  createDhKey(prime, generator, exponent) {
    try {
      return createNativeDhKey(prime, generator, exponent)
    } catch {
      // Other runtimes offer node:crypto without DH key objects.
      return createPortableDhKey(prime, generator, exponent)
    }
  },
  createRsaPrivateKey: (integers) =>
    integers.primes === undefined
      ? createPortableRsaPrivateKey(integers, primitives.randomBytes)
      : createNativeRsaPrivateKey(integers),
  openEncryptedPem,
  isProbablePrime: (candidate) => checkPrimeSync(candidate),
  pause: () =>
    new Promise((resolve, reject) => randomBytes(1, (error) => (error ? reject(error) : resolve()))),
}
