import {
  checkPrimeSync,
  constants,
  createDiffieHellman,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  KeyObject,
  privateDecrypt,
  randomBytes,
} from 'node:crypto'
import { DerReader, derElement, derInteger, derTag } from '../der.ts'
import { bitLength, bytesFromInteger, signedBytes } from '../integer-bytes.ts'
import { formatPem } from '../pem.ts'
import { hasPrimes, type RsaCrtIntegers } from '../rsa-integers.ts'
import type { DhKey, Primitives, RsaPrivateKey } from './contract.ts'
import { createPortableDhKey } from './portable-dh.ts'
import { createPortableRsaPrivateKey } from './portable-rsa.ts'

// Key objects made from DER are the one way to OpenSSL's constant-time modular power for any p and g:
// createDiffieHellman would test the prime first, for a quarter of a second, and refuse IBKR's published example.

/** A copy that shares no memory with Node's pool and whose `slice` copies, which that of a Buffer does not. */
function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}

/** `integerFromBytes` by way of Node's own hex, which each handshake's challenge goes through. */
function integerOf({ buffer, byteOffset, length }: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(buffer, byteOffset, length).toString('hex')}`)
}

/** 1.2.840.113549.1.3.1, dhKeyAgreement (PKCS #3), in DER. */
const dhKeyAgreement = '06092a864886f70d010301'
const version0 = derInteger(0n)

/** AlgorithmIdentifier, as hex. */
function dhAlgorithm(prime: bigint, generator: bigint): string {
  const params = derElement(derTag.sequence, derInteger(prime), derInteger(generator))
  return derElement(derTag.sequence, dhKeyAgreement, params)
}

/** The exponent stands last in there. It is put in as bytes, since a text of it could not be wiped. */
function importDhPrivateKey(algorithm: string, exponent: Uint8Array): KeyObject {
  const integer = signedBytes(exponent)
  const blank = derElement(derTag.integer, '00'.repeat(integer.length))
  const octets = derElement(derTag.octetString, blank)
  const key = Buffer.from(derElement(derTag.sequence, version0, algorithm, octets), 'hex')
  key.set(integer, key.length - integer.length)
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    integer.fill(0)
    key.fill(0)
  }
}

function importDhPublicKey(algorithm: string, value: bigint): KeyObject {
  const bits = derElement(derTag.bitString, '00', derInteger(value))
  const der = Buffer.from(derElement(derTag.sequence, algorithm, bits), 'hex')
  // PEM, since for an object around DER Node 24 throws and catches four errors of its own first.
  return createPublicKey(formatPem('PUBLIC KEY', der.toString('base64')))
}

/**
 * The INTEGER in there is as short as its value, so the structure is read, never cut at a fixed length; and read
 * without its sign, since Deno leaves the sign byte out.
 */
function publicIntegerOf(privateKey: KeyObject): bigint {
  const spki = new DerReader(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
  const body = spki.enter(derTag.sequence)
  body?.read(derTag.sequence)
  const bits = body?.read(derTag.bitString)?.subarray(1)
  const magnitude = bits && new DerReader(bits).read(derTag.integer)
  if (magnitude === undefined) throw new Error('OpenSSL exported a DH public key in an unknown form')
  return integerOf(magnitude)
}

function createDerDhKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey {
  const algorithm = dhAlgorithm(prime, generator)
  const privateKey = importDhPrivateKey(algorithm, exponent)
  return {
    publicInteger: publicIntegerOf(privateKey),
    agree: (other) =>
      unlessTrivial(() => diffieHellman({ privateKey, publicKey: importDhPublicKey(algorithm, other) })),
    agreeAsync: (other) => agreeInThreadPool(privateKey, importDhPublicKey(algorithm, other)),
  }
}

/**
 * Groups that OpenSSL knows by name (RFC 3526, RFC 7919): from 1536 bits on, beginning and
 * ending with 64 ones. Before 3.5 it raises each public value in a key object of theirs to the order of the
 * group, eight times the work of the agreement; and it builds the older object for them without testing the prime.
 */
function isKnownGroup(prime: bigint, generator: bigint): boolean {
  const ones = (1n << 64n) - 1n
  if (generator !== 2n || BigInt.asUintN(64, prime) !== ones) return false
  const bits = bitLength(prime)
  return bits >= 1536 && prime >> BigInt(bits - 64) === ones
}

const [major = 0, minor = 0] = (process.versions.openssl ?? '').split('.').map(Number)
const isOpenSslBefore35 = major === 3 && minor < 5

function createKnownGroupKey(prime: bigint, exponent: Uint8Array): DhKey {
  const group = createDiffieHellman(bytesFromInteger(prime), 2)
  group.setPrivateKey(exponent)
  const publicInteger = integerOf(group.generateKeys())
  const agree = (other: bigint): Uint8Array | undefined =>
    unlessTrivial(() => group.computeSecret(bytesFromInteger(other)))
  return { publicInteger, agree, agreeAsync: async (other) => agree(other) }
}

function unlessTrivial(agree: () => Uint8Array): Uint8Array | undefined {
  try {
    return plainBytes(agree())
  } catch (error) {
    return orTrivial(error)
  }
}

/** OpenSSL's refusal of a result of 0, 1 or p-1 as a value; any other error goes on. */
function orTrivial(error: unknown): undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  // By its text, since Node 24 gives it no code in the callback; the older object says it by a code of its own.
  if (/::invalid secret$/.test(String(message)) || code === 'ERR_CRYPTO_INVALID_KEYTYPE') return undefined
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
function importRsaKeyObject(integers: RsaCrtIntegers): KeyObject {
  const members = Object.entries(integers).map(([name, value]) => [
    name,
    Buffer.from(bytesFromInteger(value)).toString('base64url'),
  ])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' })
}

function rsaPrivateKeyOf(key: KeyObject): RsaPrivateKey {
  return {
    modulusLength: Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8),
    decryptRaw(ciphertext) {
      try {
        return plainBytes(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext))
      } catch (error) {
        if (isBelowModulus(key, ciphertext)) throw error
        return undefined
      }
    },
  }
}

function isBelowModulus(key: KeyObject, ciphertext: Uint8Array): boolean {
  const { n = '' } = createPublicKey(key).export({ format: 'jwk' })
  return integerOf(ciphertext) < integerOf(Buffer.from(n, 'base64url'))
}

function adoptKeyObject(key: unknown): RsaPrivateKey | undefined {
  const isRsa = key instanceof KeyObject && key.type === 'private' && key.asymmetricKeyType === 'rsa'
  return isRsa ? rsaPrivateKeyOf(key) : undefined
}

/** OpenSSL refuses indented and blank lines, but wants one after the headers of the traditional form. */
function tidyPem(pem: string): string {
  const lines = pem.split(/[\r\n]+/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .replace(/^DEK-Info:.*$/m, '$&\n')
}

function openEncryptedPem(pem: string, passphrase: string | Uint8Array): RsaPrivateKey | undefined {
  const secret = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase)
  return adoptKeyObject(createPrivateKey({ key: tidyPem(pem), passphrase: secret }))
}

/** OpenSSL, by way of `node:crypto`. */
export const primitives: Primitives = {
  name: 'node',
  randomBytes: (length) => plainBytes(randomBytes(length)),
  // As a key object: for bytes Node 24 throws and catches errors of its own first, which takes longer than the MAC.
  hmacSha1: (key, message) => plainBytes(createHmac('sha1', createSecretKey(key)).update(message).digest()),
  createDhKey(prime, generator, exponent) {
    try {
      return isOpenSslBefore35 && isKnownGroup(prime, generator)
        ? createKnownGroupKey(prime, exponent)
        : createDerDhKey(prime, generator, exponent)
    } catch {
      // Other runtimes offer node:crypto without DH key objects.
      return createPortableDhKey(prime, generator, exponent)
    }
  },
  createRsaPrivateKey: (integers) =>
    hasPrimes(integers)
      ? rsaPrivateKeyOf(importRsaKeyObject(integers))
      : createPortableRsaPrivateKey(integers, primitives.randomBytes),
  adoptKeyObject,
  openEncryptedPem,
  isProbablePrime: (candidate) => checkPrimeSync(candidate),
  pause: () =>
    new Promise((resolve, reject) => randomBytes(1, (error) => (error ? reject(error) : resolve()))),
}
