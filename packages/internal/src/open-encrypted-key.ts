import { isBytes } from './bytes.ts'
import { type DerElement, derElements, derSequence, derTag, integerOf } from './der.ts'
import type { OpenEncryptedKey } from './key-input.ts'
import { fault } from './key-reading.ts'
import { crypto } from './node-crypto.ts'

/** Node's way of opening encrypted keys, PKCS#8 and the older PEM encryption alike. */
export const openEncryptedKey: OpenEncryptedKey = (key, passphrase) => {
  if (passphrase === undefined) {
    return fault(
      'encrypted',
      'is encrypted: give its passphrase, or decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  }
  if (!(typeof passphrase === 'string' || isBytes(passphrase)) || passphrase.length === 0)
    return fault('passphrase', 'needs a passphrase of text or bytes, not empty')
  if (typeof key !== 'string' && isCostly(key)) {
    return fault(
      'unsupported',
      'takes too long to decrypt: encrypt it with less work, as "openssl pkcs8 -topk8 -in FILE -out NEW" does',
    )
  }
  const opened = open(key, typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase))
  return opened ?? fault('passphrase', 'does not open: the passphrase is wrong, or the file damaged')
}

/** @param passphrase - Bytes are nobody else's: wiped. */
function open(key: string | Uint8Array, passphrase: string | Buffer): Uint8Array | undefined {
  try {
    const opened =
      typeof key === 'string'
        ? crypto.createPrivateKey({ key, passphrase })
        : crypto.createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8', passphrase })
    // In the memory that Node has put it into: a copy would be one more to wipe.
    const { buffer, byteOffset, length } = opened.export({ type: 'pkcs8', format: 'der' })
    return new Uint8Array(buffer, byteOffset, length)
  } catch {
    return undefined // OpenSSL's reason tells a wrong passphrase from damage no better than we can
  } finally {
    if (typeof passphrase !== 'string') passphrase.fill(0)
  }
}

/** Rounds of a hash: several times what anybody advises, and a few seconds. OpenSSL writes 2,048. */
const mostIterations = 10_000_000n

/** Blocks of scrypt, its N times r times p: 32 times what OpenSSL writes, and a few seconds. */
const mostBlocks = 4_194_304n

/**
 * Whether PKCS#8 asks for more work than a key is worth: PBKDF2 and scrypt (RFC 8018 A.2, RFC 7914 7), or a count of
 * the older schemes (RFC 8018 A.3, RFC 7292 C), which stand a level higher.
 */
function isCostly(encrypted: Uint8Array): boolean {
  const [identifier] = derSequence(encrypted)
  const [, parameters] = inside(identifier)
  const [derivation] = inside(parameters)
  const [, ofDerivation] = inside(derivation)
  return [parameters, ofDerivation].some((element) => {
    // A salt first; then the count and perhaps a length, or N, r, p and perhaps a length.
    const [, first = 0n, second = 1n, third] = inside(element).map(integerOf)
    return third === undefined ? first > mostIterations : first * second * third > mostBlocks
  })
}

function inside(element: DerElement | undefined): readonly DerElement[] {
  return element?.tag === derTag.sequence ? derElements(element.contents) : []
}
