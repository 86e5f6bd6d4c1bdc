import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'

// DH key objects straight from DER (PKCS #8 and SubjectPublicKeyInfo with the dhKeyAgreement of PKCS #3), which spares the
// primality test of createDiffieHellman. Numbers are big-endian bytes.

/** Without leading zeros, but with one where the top bit is set, as `BigInteger.toByteArray()` in Java gives it. */
export function twosComplement(number: Buffer): Buffer {
  const bytes = number.subarray(number.findIndex((byte) => byte !== 0))
  return (bytes[0] as number) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const { length } = body
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}

const integer = (number: Buffer): Buffer => element(2, twosComplement(number))
const dhKeyAgreement = Buffer.from('06092a864886f70d010301', 'hex')

/** base^exponent mod prime, prepared: each call computes it anew in OpenSSL. */
export function preparedPower(prime: Buffer, base: Buffer, exponent: Buffer): () => Buffer {
  const algorithm = element(0x30, dhKeyAgreement, element(0x30, integer(prime), integer(Buffer.of(2))))
  const key = element(0x30, element(2, Buffer.of(0)), algorithm, element(4, integer(exponent)))
  const spki = element(0x30, algorithm, element(3, Buffer.of(0), integer(base)))
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return () => diffieHellman({ privateKey, publicKey })
}
