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
  type KeyRefusal,
  wrongHalf,
} from './key-reading.ts'
import { findPemBlocks, type PemBlock } from './pem.ts'
import { rsaNumbersFault, rsaNumbersFromPkcs1 } from './rsa-numbers.ts'
import { revealed } from './secret.ts'

/**
 * Opens an encrypted key, PEM text or PKCS#8 DER: PKCS#8 DER, or why not.
 *
 * @param passphrase - Whatever the caller gave.
 */
export type OpenEncryptedKey = (key: string | Uint8Array, passphrase: unknown) => Uint8Array | KeyRefusal

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
    return { ok: false, fault: 'damaged', message: 'cannot be read', cause }
  }
}

function readForm(input: unknown, options: KeyReadingOptions): KeyReading {
  if (typeof input === 'string') return readText(input, options)
  if (isBytes(input)) return readBytes(input, options)
  if (typeof input === 'object' && input !== null) {
    if (isCryptoKey(input)) return readCryptoKey(input)
    if (isKeyObject(input)) return readKeyObject(input, options)
    if ('kty' in input) return readJwk(input as JsonWebKeyLike, options.purpose)
  }
  return fault(
    'unknown-form',
    'must be PEM, DER, a JWK, a KeyObject or a CryptoKey, or { reveal() } of the first two',
  )
}

function readKeyObject(key: KeyObjectLike, options: KeyReadingOptions): KeyReading {
  const wantPrivate = isPrivate(options.purpose)
  const [wanted, other] = wantPrivate ? ['private', 'public'] : ['public', 'private']
  if (key.type !== wanted)
    return wrongHalf(`a ${key.type === 'secret' ? 'secret' : other} KeyObject`, options.purpose)
  return readCopy(key.export({ format: 'der', type: wantPrivate ? 'pkcs8' : 'spki' }), options)
}

function readBytes(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  if (bytes[0] === 0x30 && identifyDerKey(bytes) !== undefined) return readDer(bytes, options)
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe // what Windows PowerShell writes
  return readText(utf8Text(utf16 ? bytes.filter((_, index) => index > 1 && index % 2 === 0) : bytes), options)
}

const begin = '-----BEGIN '
const longestBase64 = 98_304

/** PEM, the whole PEM in base64 (as environment variables have it), DER in base64, or a JWK in JSON. */
function readText(text: string, options: KeyReadingOptions): KeyReading {
  if (text.includes(begin)) return readPem(text, options)
  const inner = text.length > longestBase64 ? '' : text.replace(/^\s*["']|["']\s*$/g, '')
  const bytes = bytesFromBase64(inner) ?? new Uint8Array()
  if (bytes[0] === 0x30) return readCopy(bytes, options)
  const jwk = jsonObject(inner)
  if (jwk !== undefined && 'kty' in jwk) return readJwk(jwk, options.purpose)
  const pem = utf8Text(bytes)
  return pem.includes(begin)
    ? readPem(pem, options)
    : fault('damaged', 'holds no PEM block and is no DER or JWK')
}

function readPem(text: string, options: KeyReadingOptions): KeyReading {
  const blocks = findPemBlocks(text)
  const wanted = isPrivate(options.purpose) ? 'PRIVATE KEY' : 'PUBLIC KEY'
  const block = blocks.find(({ label }) => label.endsWith(wanted))
  if (block === undefined) return otherBlock(blocks[0], options.purpose)
  if (block.label.includes('OPENSSH'))
    return fault('unsupported', 'is an OpenSSH key: convert it with "ssh-keygen -p -m PKCS8 -f FILE"')
  return block.encrypted
    ? readEncrypted(block.text, options)
    : readCopy(block.bytes ?? new Uint8Array(), options)
}

function otherBlock(block: PemBlock | undefined, purpose: KeyPurpose): KeyReading {
  if (block === undefined)
    return fault('damaged', 'has no complete PEM block: copy it again, from BEGIN to END')
  return block.label.endsWith('CERTIFICATE') ? certificate(purpose) : wrongHalf(`a ${block.label}`, purpose)
}

function certificate(purpose: KeyPurpose): KeyReading {
  return wrongHalf('a certificate (take its key out with "openssl x509 -pubkey -noout -in FILE")', purpose)
}

/** Of bytes that nobody else has; they are wiped where they are no key to go on with. */
function readCopy(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  const reading = readDer(bytes, options)
  if (reading.ok && reading.key.form === 'der') return { ok: true, key: { ...reading.key, isCopy: true } }
  bytes.fill(0)
  return reading
}

function readDer(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  const { purpose } = options
  const found = identifyDerKey(bytes)
  if (found === undefined) return fault('damaged', 'is not DER of a key: copy it again, whole')
  if (found === 'encrypted') return readEncrypted(bytes, options)
  if (found === 'certificate') return certificate(purpose)
  if ((found.half === 'private') !== isPrivate(purpose)) return wrongHalf(`a ${found.half} key`, purpose)
  if (found.algorithm !== 'rsa') return { ok: true, key: { form: 'der', isCopy: false, ...found } }
  const numbers = rsaNumbersFromPkcs1(found.inner, found.half)
  return (
    rsaNumbersFault(numbers, purpose) ?? { ok: true, key: { form: 'der', isCopy: false, ...found, numbers } }
  )
}

function readEncrypted(key: string | Uint8Array, options: KeyReadingOptions): KeyReading {
  if (!isPrivate(options.purpose)) return wrongHalf('an encrypted private key', options.purpose)
  const opened = options.openEncryptedKey?.(key, revealed(options.passphrase))
  if (isBytes(opened)) return readCopy(opened, options)
  return (
    opened ??
    fault(
      'encrypted',
      'is encrypted, which only Node can open (give its passphrase there): decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  )
}
