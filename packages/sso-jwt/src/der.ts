/** DER writing (X.690), no more than wrapping a key needs. */

function length(size: number): number[] {
  if (size < 0x80) return [size]
  const bytes: number[] = []
  for (let rest = size; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return [0x80 | bytes.length, ...bytes]
}

function element(tag: number, content: Uint8Array): Uint8Array {
  const header = [tag, ...length(content.length)]
  const der = new Uint8Array(header.length + content.length)
  der.set(header)
  der.set(content, header.length)
  return der
}

function privateKeyInfo(algorithmIdentifier: readonly number[], privateKey: Uint8Array): Uint8Array {
  const version = [0x02, 0x01, 0x00]
  const octets = element(0x04, privateKey)
  const content = new Uint8Array(version.length + algorithmIdentifier.length + octets.length)
  content.set(version)
  content.set(algorithmIdentifier, version.length)
  content.set(octets, version.length + algorithmIdentifier.length)
  return element(0x30, content)
}

// AlgorithmIdentifier { rsaEncryption 1.2.840.113549.1.1.1, NULL }
const rsaEncryption = [
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]
// AlgorithmIdentifier { id-ecPublicKey 1.2.840.10045.2.1, prime256v1 1.2.840.10045.3.1.7 }
const ecPrime256v1 = [
  0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
  0x03, 0x01, 0x07,
]

/** PKCS#8 (RFC 5208 5) around a PKCS#1 RSAPrivateKey (RFC 8017 A.1.2). */
export function wrapPkcs1(rsaPrivateKey: Uint8Array): Uint8Array {
  return privateKeyInfo(rsaEncryption, rsaPrivateKey)
}

/** PKCS#8 around a SEC 1 ECPrivateKey (RFC 5915 3) on P-256. */
export function wrapSec1(ecPrivateKey: Uint8Array): Uint8Array {
  return privateKeyInfo(ecPrime256v1, ecPrivateKey)
}
