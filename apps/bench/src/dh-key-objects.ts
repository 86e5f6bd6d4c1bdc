import { Buffer } from 'node:buffer'
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

// DH key objects straight from DER, which spares the primality test of createDiffieHellman: PKCS #8 and X.509
// SubjectPublicKeyInfo with the algorithm dhKeyAgreement of PKCS #3.

const dhKeyAgreement = Buffer.from('06092a864886f70d010301', 'hex')

function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const { length } = body
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}

/** A DER INTEGER. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return element(2, (bytes[0] as number) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** The DER of a PKCS #3 DHParameter. */
export function dhParameters(prime: bigint, generator: bigint): Buffer {
  return element(0x30, integer(prime), integer(generator))
}

function algorithm(prime: bigint, generator: bigint): Buffer {
  return element(0x30, dhKeyAgreement, dhParameters(prime, generator))
}

export function dhPrivateKey(prime: bigint, generator: bigint, exponent: bigint): KeyObject {
  const key = element(0x30, integer(0n), algorithm(prime, generator), element(4, integer(exponent)))
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

export function dhPublicKey(prime: bigint, generator: bigint, value: bigint): KeyObject {
  const key = element(0x30, algorithm(prime, generator), element(3, Buffer.of(0), integer(value)))
  return createPublicKey({ key, format: 'der', type: 'spki' })
}
