import type { KeyObject } from 'node:crypto'
import { derElement, derElements, derInteger, derSequence, derTag } from '@ibkr-auth/internal/der'
import { bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import { crypto } from '@ibkr-auth/internal/node-crypto'
import { formatPem } from '@ibkr-auth/internal/pem'
import { signedBytes } from '../signed-bytes.ts'
import type { DhKey } from './contract.ts'
import { takeBytes } from './node-bytes.ts'
import { isKnownGroup } from './node-known-groups.ts'
import { createPortableDhKey } from './portable-dh.ts'

// Key objects made from DER are the one way to OpenSSL's constant-time modular power for any p and g:
// createDiffieHellman would test the prime first, for a quarter of a second, and refuse IBKR's published example.

// The global, since `node:process` as a module reads every one of its accessors, which takes a millisecond at import.
const [major = 0, minor = 0] = (process.versions.openssl ?? '').split('.').map(Number)

/**
 * OpenSSL before 3.5 checks a public value of a group it knows by raising it to the order of the group, which takes eight
 * times as long as the agreement itself. Its older object does not, and for those groups it does not test the prime either.
 */
const isSlowInKnownGroups = major === 3 && minor < 5

/** A Diffie-Hellman key of OpenSSL's. */
export function createNodeDhKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey {
  try {
    return isSlowInKnownGroups && isKnownGroup(prime, generator)
      ? createKnownGroupKey(prime, exponent)
      : createDerKey(prime, generator, exponent)
  } catch {
    // Other runtimes offer node:crypto without DH key objects.
    return createPortableDhKey(prime, generator, exponent)
  }
}

function createDerKey(prime: bigint, generator: bigint, exponent: Uint8Array): DhKey {
  const algorithm = dhAlgorithm(prime, generator)
  const privateKey = importPrivateKey(algorithm, exponent)
  return {
    publicInteger: publicIntegerOf(privateKey),
    agree: (other) =>
      unlessTrivial(() => crypto.diffieHellman({ privateKey, publicKey: importPublicKey(algorithm, other) })),
    agreeAsync: (other) => agreeInThreadPool(privateKey, importPublicKey(algorithm, other)),
  }
}

function createKnownGroupKey(prime: bigint, exponent: Uint8Array): DhKey {
  const group = crypto.createDiffieHellman(bytesFromInteger(prime), 2)
  group.setPrivateKey(exponent)
  const publicInteger = integerFromBytes(group.generateKeys())
  const agree = (other: bigint): Uint8Array | undefined =>
    unlessTrivial(() => group.computeSecret(bytesFromInteger(other)))
  return { publicInteger, agree, agreeAsync: async (other) => agree(other) }
}

/** 1.2.840.113549.1.3.1, dhKeyAgreement (PKCS #3), in DER. */
const dhKeyAgreement = '06092a864886f70d010301'
const version0 = '020100'

/** AlgorithmIdentifier, as hex. */
function dhAlgorithm(prime: bigint, generator: bigint): string {
  const params = derElement(derTag.sequence, derInteger(prime), derInteger(generator))
  return derElement(derTag.sequence, dhKeyAgreement, params)
}

/** The exponent stands last in there. It is put in as bytes, since a text of it could not be wiped. */
function importPrivateKey(algorithm: string, exponent: Uint8Array): KeyObject {
  const integer = signedBytes(exponent)
  const blank = derElement(derTag.integer, '00'.repeat(integer.length))
  const octets = derElement(derTag.octetString, blank)
  const key = Buffer.from(derElement(derTag.sequence, version0, algorithm, octets), 'hex')
  key.set(integer, key.length - integer.length)
  try {
    return crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    integer.fill(0)
    key.fill(0)
  }
}

function importPublicKey(algorithm: string, value: bigint): KeyObject {
  const bits = derElement(derTag.bitString, '00', derInteger(value))
  // PEM, since for an object around DER Node 24 throws and catches four errors of its own first.
  const der = Buffer.from(derElement(derTag.sequence, algorithm, bits), 'hex')
  return crypto.createPublicKey(formatPem('PUBLIC KEY', der.toString('base64')))
}

/**
 * The INTEGER in there is as short as its value, so the structure is read, never cut at a fixed length; and read
 * without its sign, since Deno leaves the sign byte out.
 */
function publicIntegerOf(privateKey: KeyObject): bigint {
  const [, bits] = derSequence(crypto.createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
  const [integer] = bits ? derElements(bits.contents.subarray(1)) : []
  if (integer?.tag !== derTag.integer) throw new Error('OpenSSL exported a DH public key in an unknown form')
  return integerFromBytes(integer.contents)
}

function unlessTrivial(agree: () => Uint8Array): Uint8Array | undefined {
  try {
    return takeBytes(agree())
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
    const agreement = crypto.diffieHellman as Agreement
    const secret = agreement({ privateKey, publicKey }, (error, result) =>
      error ? reject(error) : resolve(result),
    )
    if (secret !== undefined) resolve(secret)
  }).then(takeBytes, orTrivial)
}
