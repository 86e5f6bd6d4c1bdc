import { bytesFromBase64, isBytes, utf8Text } from './bytes.ts'
import { identifyDerKey } from './der-key.ts'
import { integerFromBytes } from './integers.ts'
import { jsonObject } from './json.ts'
import { readJwk } from './jwk.ts'
import { type CryptoKeyLike, isCryptoKey, isKeyObject, type JsonWebKeyLike } from './key-forms.ts'
import {
  fault,
  isPrivate,
  type KeyMaterial,
  type KeyPurpose,
  type KeyReading,
  type UnusableKey,
  wipeCopy,
  wrongHalf,
} from './key-reading.ts'
import { findPemBlocks, formatPem, type PemBlock, pemBegin } from './pem.ts'
import { rsaNumbersFromPkcs1 } from './rsa-numbers.ts'
import { exponentFault, modulusLengthFault, rsaNumbersFault } from './rsa-soundness.ts'
import { revealed } from './secret.ts'

/**
 * Opens an encrypted key, PEM text or PKCS#8 DER: PKCS#8 DER, or why not.
 *
 * @param passphrase - Whatever the caller gave.
 */
export type OpenEncryptedKey = (key: string | Uint8Array, passphrase: unknown) => Uint8Array | UnusableKey

/** How {@link readKey} reads. */
export interface KeyReadingOptions {
  readonly purpose: KeyPurpose
  readonly passphrase?: unknown
  /** Absent where the runtime cannot: outside Node. */
  readonly openEncryptedKey?: OpenEncryptedKey | undefined
}

/** A key whose half and numbers are still to be checked, or why there is none. */
type Found = KeyMaterial | UnusableKey

/**
 * Reads a key in any form: layer by layer down to what is inside, and then checks that. Whatever a foreign object throws
 * while it is looked at is its fault, not ours.
 */
export function readKey(input: unknown, options: KeyReadingOptions): KeyReading {
  try {
    const found = readForm(revealed(input), options)
    if ('fault' in found) return found
    const unfit = misfit(found, options.purpose)
    if (unfit !== undefined) wipeCopy(found)
    return unfit ?? { ok: true, key: found }
  } catch (cause) {
    return fault('damaged', 'cannot be read', cause)
  }
}

interface RsaAlgorithm {
  readonly publicExponent?: unknown
  readonly modulusLength?: unknown
}

/** Why a key is not one for this purpose; `undefined` if it is. */
function misfit(key: KeyMaterial, purpose: KeyPurpose): UnusableKey | undefined {
  if (key.form === 'crypto-key') {
    // Of its RSA numbers it tells one and a length, and its half by its usages, which each operation has its own of.
    const { publicExponent, modulusLength } = key.said.algorithm as RsaAlgorithm
    const tooLong = modulusLengthFault(Number(modulusLength))
    return tooLong ?? (isBytes(publicExponent) ? exponentFault(integerFromBytes(publicExponent)) : undefined)
  }
  if ((key.half === 'private') !== isPrivate(purpose)) return wrongHalf(`a ${key.half} key`, purpose)
  return key.numbers && rsaNumbersFault(key.numbers, purpose)
}

function readForm(input: unknown, options: KeyReadingOptions): Found {
  if (typeof input === 'string') return readText(input, options)
  if (isBytes(input)) return readBytes(new Uint8Array(input), options)
  if (typeof input === 'object' && input !== null) {
    if (isCryptoKey(input)) return readCryptoKey(input)
    if (isKeyObject(input)) {
      if (input.type === 'secret') return wrongHalf('a secret KeyObject', options.purpose)
      const type = input.type === 'public' ? 'spki' : 'pkcs8'
      return readBytes(input.export({ format: 'der', type }), options)
    }
    if ('kty' in input) return readJwk(input as JsonWebKeyLike, options.purpose)
  }
  return fault(
    'unknown-form',
    'must be PEM, DER, JWK, KeyObject or CryptoKey, or { reveal() } of the first two',
  )
}

function readCryptoKey(key: CryptoKeyLike): KeyMaterial {
  const { type, algorithm, usages } = key
  return { form: 'crypto-key', key, said: { type, algorithm: { ...algorithm }, usages: [...usages] } }
}

const certificate = 'a certificate (take its public key out with "openssl x509 -pubkey -noout -in FILE")'

/** @param bytes - Nobody else's: wiped, unless they are the key that comes out. */
function readBytes(bytes: Uint8Array, options: KeyReadingOptions): Found {
  const found = identifyDerKey(bytes)
  if (typeof found === 'object') {
    const numbers = found.algorithm === 'rsa' ? rsaNumbersFromPkcs1(found.inner, found.half) : undefined
    return { form: 'der', ...found, numbers }
  }
  try {
    if (found === 'certificate') return wrongHalf(certificate, options.purpose)
    return found === 'encrypted' ? readEncrypted(bytes, options) : readText(textOf(bytes), options)
  } finally {
    bytes.fill(0)
  }
}

function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe // what Windows PowerShell writes
  return utf8Text(isUtf16 ? bytes.filter((_, index) => index > 1 && index % 2 === 0) : bytes)
}

/** Characters. */
const longestText = 98_304

/** PEM, a JWK in JSON, or either of them or DER in base64, as environment variables have it. */
function readText(text: string, options: KeyReadingOptions): Found {
  if (text.includes(pemBegin)) return readPem(findPemBlocks(text), options)
  const inner = text.length > longestText ? '' : text.replace(/^\s*["']|["']\s*$/g, '')
  const jwk = jsonObject(inner)
  if (jwk !== undefined && 'kty' in jwk) return readJwk(jwk, options.purpose)
  return readBase64(inner, options)
}

function readBase64(text: string, options: KeyReadingOptions): Found {
  const bytes = bytesFromBase64(text)
  return bytes?.length
    ? readBytes(bytes, options)
    : fault('damaged', 'is no PEM, DER or JWK, or not all of it: copy it again, from BEGIN to END')
}

function readPem(blocks: readonly PemBlock[], options: KeyReadingOptions): Found {
  const wanted = isPrivate(options.purpose) ? 'PRIVATE KEY' : 'PUBLIC KEY'
  const fitting = blocks.filter(({ label }) => label.endsWith(wanted))
  if (fitting.length > 1)
    return fault('damaged', `holds more than one ${wanted}: leave the one that is meant`)
  const [block] = [...fitting, ...blocks]
  if (block === undefined) return readBase64('', options)
  const { label, headers, base64 } = block
  if (label.endsWith('CERTIFICATE')) return wrongHalf(certificate, options.purpose)
  if (!label.endsWith(wanted)) return wrongHalf(`PEM of ${label}`, options.purpose)
  if (label.includes('OPENSSH'))
    return fault('unsupported', 'is an OpenSSH key: convert it with "ssh-keygen -p -m PKCS8 -f FILE"')
  // The encryption of RFC 1421 4.6; that of PKCS#8 is seen in the bytes.
  return headers.includes('ENCRYPTED')
    ? readEncrypted(formatPem(label, base64, headers), options)
    : readBase64(base64, options)
}

function readEncrypted(key: string | Uint8Array, options: KeyReadingOptions): Found {
  if (!isPrivate(options.purpose)) return wrongHalf('an encrypted private key', options.purpose)
  const opened = options.openEncryptedKey?.(key, revealed(options.passphrase))
  if (isBytes(opened)) return readBytes(opened, options)
  return (
    opened ??
    fault(
      'encrypted',
      'is encrypted: give its passphrase, on Node, or decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  )
}
