import { bytesFromBase64, utf8Text } from './bytes.ts'
import { type DerKey, identifyDerKey } from './der-key.ts'
import { readJwk } from './jwk.ts'
import { isCryptoKey, isKeyObject, type JsonWebKeyLike, type KeyObjectLike } from './key-forms.ts'
import { fault, isPrivate, type KeyPurpose, type KeyReading } from './key-reading.ts'
import { findPemBlocks, type PemBlock } from './pem.ts'
import { privateNumbersFault, publicNumbersFault, rsaNumbersFromDer } from './rsa-numbers.ts'

/** Opens an encrypted key, PEM text or PKCS#8 DER: PKCS#8 DER, or `undefined` for a wrong passphrase or a damaged file. */
export type OpenEncryptedKey = (
  key: string | Uint8Array,
  passphrase: string | Uint8Array,
) => Uint8Array | undefined

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

function revealed(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('reveal' in input)) return input
  return typeof input.reveal === 'function' ? input.reveal() : undefined
}

const anyForm = 'must be PEM, DER, a JWK, a KeyObject or a CryptoKey, or { reveal() } of the first two'

function readForm(input: unknown, options: KeyReadingOptions): KeyReading {
  if (typeof input === 'string') return readText(input, options)
  if (input instanceof Uint8Array) return readBytes(input, options)
  if (typeof input !== 'object' || input === null) return fault('unknown-form', anyForm)
  if (isCryptoKey(input)) return { ok: true, key: { form: 'crypto-key', key: input } }
  if (isKeyObject(input)) return readKeyObject(input, options)
  if ('kty' in input) return readJwk(input as JsonWebKeyLike, options.purpose)
  return fault('unknown-form', anyForm)
}

function readKeyObject(key: KeyObjectLike, options: KeyReadingOptions): KeyReading {
  const wanted = isPrivate(options.purpose) ? 'private' : 'public'
  if (key.type !== wanted)
    return fault('wrong-half', `is a ${key.type} KeyObject; the ${wanted} key is wanted`)
  return readDer(key.export({ format: 'der', type: wanted === 'private' ? 'pkcs8' : 'spki' }), options)
}

function readBytes(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe // what Windows PowerShell writes
  if (bytes[0] === 0x30 && identifyDerKey(bytes) !== undefined) return readDer(bytes, options)
  return readText(utf8Text(utf16 ? bytes.filter((_, index) => index > 1 && index % 2 === 0) : bytes), options)
}

/** PEM, the whole PEM in base64 (as environment variables have it), or DER in base64. */
function readText(text: string, options: KeyReadingOptions): KeyReading {
  if (text.includes('-----BEGIN ')) return readPem(text, options)
  const inner =
    text.length <= longestBase64 ? bytesFromBase64(text.replace(/^\s*["']|["']\s*$/g, '')) : undefined
  if (inner?.[0] === 0x30) return readDer(inner, options)
  const pem = inner === undefined ? '' : utf8Text(inner)
  return pem.includes('-----BEGIN ')
    ? readPem(pem, options)
    : fault('damaged', 'holds no PEM block and is no DER')
}

const longestBase64 = 98_304

function readPem(text: string, options: KeyReadingOptions): KeyReading {
  const blocks = findPemBlocks(text)
  const wanted = isPrivate(options.purpose) ? 'PRIVATE KEY' : 'PUBLIC KEY'
  const block = blocks.find(({ label }) => label.endsWith(wanted))
  if (block === undefined) return otherBlocks(blocks, wanted)
  if (block.label.includes('OPENSSH')) {
    return fault('unsupported', 'is an OpenSSH key: convert it with "ssh-keygen -p -m PKCS8 -f FILE"')
  }
  if (block.encrypted) return readEncrypted(block.text, options)
  if (block.bytes === undefined || block.bytes.length === 0) {
    return fault('damaged', `has a PEM block ${block.label} that does not hold base64: copy it again, whole`)
  }
  return readDer(block.bytes, options)
}

function otherBlocks(blocks: readonly PemBlock[], wanted: string): KeyReading {
  const [first] = blocks
  if (first === undefined)
    return fault('damaged', 'has no complete PEM block: copy it again, from BEGIN to END')
  const half = wanted === 'PRIVATE KEY' ? 'private' : 'public'
  return fault('wrong-half', `is a PEM of ${first.label}; the ${half} key is wanted`)
}

function readDer(bytes: Uint8Array, options: KeyReadingOptions): KeyReading {
  const found = identifyDerKey(bytes)
  if (found === undefined) return fault('damaged', 'is not DER of a key: copy it again, whole')
  if (found.kind === 'encrypted') return readEncrypted(bytes, options)
  if (!('bytes' in found)) {
    return fault(
      'wrong-half',
      'is a certificate: take its key out with "openssl x509 -pubkey -noout -in FILE"',
    )
  }
  return checkHalf(found, isPrivate(options.purpose))
}

function checkHalf(found: DerKey, wantPrivate: boolean): KeyReading {
  if ((found.kind === 'pkcs8') !== wantPrivate) {
    return wantPrivate
      ? fault('wrong-half', 'is a public key; the private key is wanted')
      : fault('wrong-half', 'is a private key; the public key is wanted')
  }
  if (found.algorithm !== 'rsa') return { ok: true, key: { form: 'der', ...found } }
  const numbers = rsaNumbersFromDer(found.bytes)
  const problem = wantPrivate ? privateNumbersFault(numbers) : publicNumbersFault(numbers)
  return problem === undefined
    ? { ok: true, key: { form: 'der', ...found, numbers } }
    : fault('damaged', `is no sound RSA key: ${problem}`)
}

function readEncrypted(key: string | Uint8Array, options: KeyReadingOptions): KeyReading {
  if (!isPrivate(options.purpose))
    return fault('wrong-half', 'is an encrypted private key; the public key is wanted')
  const passphrase = revealed(options.passphrase)
  if (passphrase === undefined) {
    return fault(
      'encrypted',
      'is encrypted: give its passphrase, or decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  }
  if (!isPassphrase(passphrase)) return fault('passphrase', 'needs a passphrase of text or bytes, not empty')
  if (options.openEncryptedKey === undefined) {
    return fault(
      'encrypted',
      'is encrypted, which only Node can open: decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  }
  const der = options.openEncryptedKey(key, passphrase)
  if (der === undefined)
    return fault('passphrase', 'does not open: the passphrase is wrong, or the file damaged')
  const found = identifyDerKey(der)
  return found !== undefined && 'bytes' in found ? checkHalf(found, true) : fault('damaged', 'holds no key')
}

function isPassphrase(value: unknown): value is string | Uint8Array {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0
}
