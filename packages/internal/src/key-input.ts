import { bytesFromBase64, isBytes, utf8Text } from './bytes.ts'
import { readCryptoKey } from './crypto-key.ts'
import { identifyDerKey } from './der-key.ts'
import { jsonObject } from './json.ts'
import { readJwk } from './jwk.ts'
import { isCryptoKey, isKeyObject, type JsonWebKeyLike, type KeyObjectLike } from './key-forms.ts'
import {
  fault,
  isPrivate,
  type KeyPurpose,
  type KeyReading,
  type UnusableKey,
  wrongHalf,
} from './key-reading.ts'
import { findPemBlocks, formatPem, pemBegin } from './pem.ts'
import { rsaNumbersFromPkcs1 } from './rsa-numbers.ts'
import { rsaNumbersFault } from './rsa-soundness.ts'
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

/** Whatever a foreign object throws while it is looked at is its fault, not ours. */
export function readKey(input: unknown, options: KeyReadingOptions): KeyReading {
  try {
    return readForm(revealed(input), options)
  } catch (cause) {
    return fault('damaged', 'cannot be read', cause)
  }
}

function readForm(input: unknown, options: KeyReadingOptions): KeyReading {
  if (typeof input === 'string') return readText(input, options)
  if (isBytes(input)) return readBytes(new Uint8Array(input), options)
  if (typeof input === 'object' && input !== null) {
    if (isCryptoKey(input)) return readCryptoKey(input)
    if (isKeyObject(input)) return readKeyObject(input, options)
    if ('kty' in input) return readJwk(input as JsonWebKeyLike, options.purpose)
  }
  return fault(
    'unknown-form',
    'must be PEM, DER, JWK, KeyObject or CryptoKey, or { reveal() } of the first two',
  )
}

function readKeyObject(key: KeyObjectLike, options: KeyReadingOptions): KeyReading {
  const wantPrivate = isPrivate(options.purpose)
  const [wanted, other] = wantPrivate ? ['private', 'public'] : ['public', 'private']
  if (key.type !== wanted)
    return wrongHalf(`a ${key.type === 'secret' ? 'secret' : other} KeyObject`, options.purpose)
  return readBytes(key.export({ format: 'der', type: wantPrivate ? 'pkcs8' : 'spki' }), options)
}

/** @param bytes - Nobody else's: wiped, unless they are the key that comes out. */
function readBytes(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  const found = identifyDerKey(bytes)
  const reading = found === undefined ? readText(textOf(bytes), options) : readDer(found, bytes, options)
  if (!reading.ok || reading.key.form !== 'der' || reading.key.der !== bytes) bytes.fill(0)
  return reading
}

function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe // what Windows PowerShell writes
  return utf8Text(isUtf16 ? bytes.filter((_, index) => index > 1 && index % 2 === 0) : bytes)
}

/** Characters. */
const longestText = 98_304

/** PEM, a JWK in JSON, or either of them or DER in base64, as environment variables have it. */
function readText(text: string, options: KeyReadingOptions): KeyReading {
  if (text.includes(pemBegin)) return readPem(text, options)
  const inner = text.length > longestText ? '' : text.replace(/^\s*["']|["']\s*$/g, '')
  const jwk = jsonObject(inner)
  if (jwk !== undefined && 'kty' in jwk) return readJwk(jwk, options.purpose)
  const bytes = bytesFromBase64(inner)
  return bytes?.length
    ? readBytes(bytes, options)
    : fault('damaged', 'is no PEM, DER or JWK, or not all of it: copy it again, from BEGIN to END')
}

const certificate = 'a certificate (take its key out with "openssl x509 -pubkey -noout -in FILE")'

function readPem(text: string, options: KeyReadingOptions): KeyReading {
  const blocks = findPemBlocks(text)
  const wanted = isPrivate(options.purpose) ? 'PRIVATE KEY' : 'PUBLIC KEY'
  const [block, another] = blocks.filter(({ label }) => label.endsWith(wanted))
  if (another !== undefined)
    return fault('damaged', `holds more than one ${wanted}: leave the one that is meant`)
  if (block === undefined) {
    const [other] = blocks
    if (other === undefined) return readText('', options)
    return wrongHalf(other.label.endsWith('CERTIFICATE') ? certificate : `a ${other.label}`, options.purpose)
  }
  const { label, headers, bytes = new Uint8Array() } = block
  if (label.includes('OPENSSH'))
    return fault('unsupported', 'is an OpenSSH key: convert it with "ssh-keygen -p -m PKCS8 -f FILE"')
  // The encryption of RFC 1421 4.6; that of PKCS#8 is seen in the bytes.
  return /^Proc-Type:\s*4,\s*ENCRYPTED/im.test(headers)
    ? readEncrypted(formatPem(label, bytes, headers), options)
    : readBytes(bytes, options)
}

function readDer(
  found: NonNullable<ReturnType<typeof identifyDerKey>>,
  der: Uint8Array,
  options: KeyReadingOptions,
): KeyReading {
  const { purpose } = options
  if (found === 'encrypted') return readEncrypted(der, options)
  if (found === 'certificate') return wrongHalf(certificate, purpose)
  if ((found.half === 'private') !== isPrivate(purpose)) return wrongHalf(`a ${found.half} key`, purpose)
  if (found.algorithm !== 'rsa') return { ok: true, key: { form: 'der', ...found } }
  const numbers = rsaNumbersFromPkcs1(found.inner, found.half)
  return rsaNumbersFault(numbers, purpose) ?? { ok: true, key: { form: 'der', ...found, numbers } }
}

function readEncrypted(key: string | Uint8Array, options: KeyReadingOptions): KeyReading {
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
