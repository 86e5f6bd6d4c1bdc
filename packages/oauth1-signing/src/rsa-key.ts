import { base64Bytes, utf8Text } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import type { RsaKey } from './primitives/contract.ts'
import type { SecretBytes, SecretText } from './secret.ts'

/** An RSA key as a JSON Web Key (RFC 7518 6.3). */
export interface RsaJsonWebKey {
  readonly kty?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly d?: string | undefined
  readonly p?: string | undefined
  readonly q?: string | undefined
  readonly dp?: string | undefined
  readonly dq?: string | undefined
  readonly qi?: string | undefined
}

/** Node's `KeyObject`, by shape. */
export interface KeyObjectLike {
  readonly type: string
  readonly asymmetricKeyType?: string | undefined
  export(options: { readonly format: 'der'; readonly type: 'pkcs8' | 'spki' }): Uint8Array
}

/** WebCrypto's `CryptoKey`, by shape. */
export interface CryptoKeyLike {
  readonly type: string
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/**
 * An RSA key: PEM text (PKCS#1 or PKCS#8; for public keys PKCS#1 or SPKI), the DER or PEM bytes of the
 * same, a JSON Web Key, a Node `KeyObject`, or a WebCrypto `CryptoKey` for RSASSA-PKCS1-v1_5 with the
 * method's hash. Texts and bytes may come inside an object that hands them out by `reveal()`.
 */
export type RsaKeyInput = SecretText | SecretBytes | RsaJsonWebKey | KeyObjectLike | CryptoKeyLike

type Visibility = 'private' | 'public'

/** Brings any accepted form into one of the three that the primitives import. */
export function readRsaKey(input: RsaKeyInput, visibility: Visibility): RsaKey {
  const key: unknown =
    typeof input === 'object' && input !== null && 'reveal' in input ? input.reveal() : input
  if (typeof key === 'string') return fromPem(key, visibility)
  if (key instanceof Uint8Array) return fromBytes(key, visibility)
  if (typeof key !== 'object' || key === null) throw unknownForm(visibility)
  if ('kty' in key) return fromJwk(key as RsaJsonWebKey, visibility)
  if ('export' in key) return fromKeyObject(key as KeyObjectLike, visibility)
  if ('algorithm' in key) return fromCryptoKey(key as CryptoKeyLike, visibility)
  throw unknownForm(visibility)
}

function unknownForm(visibility: Visibility): OAuth1Error {
  return invalidKey(`The RSA ${visibility} key must be PEM, DER, a JWK, a KeyObject or a CryptoKey`)
}

function fromKeyObject(key: KeyObjectLike, visibility: Visibility): RsaKey {
  if (key.asymmetricKeyType !== 'rsa' || key.type !== visibility) {
    throw invalidKey(`The KeyObject must be an RSA ${visibility} key`)
  }
  const kind = visibility === 'private' ? 'pkcs8' : 'spki'
  return { form: 'der', kind, bytes: key.export({ format: 'der', type: kind }) }
}

function fromCryptoKey(key: CryptoKeyLike, visibility: Visibility): RsaKey {
  const usage = visibility === 'private' ? 'sign' : 'verify'
  if (key.algorithm.name !== 'RSASSA-PKCS1-v1_5' || key.type !== visibility || !key.usages.includes(usage)) {
    throw invalidKey(`The CryptoKey must be an RSASSA-PKCS1-v1_5 ${visibility} key that may ${usage}`)
  }
  return { form: 'crypto-key', key }
}

const publicMembers = ['n', 'e'] as const
const privateMembers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

// Only the numbers are taken over: `alg`, `use` and `key_ops` would restrict a key in one runtime and not in another.
function fromJwk(jwk: RsaJsonWebKey, visibility: Visibility): RsaKey {
  const numbers: Record<string, string> = { kty: 'RSA' }
  if (jwk.kty !== 'RSA') throw invalidKey('The JWK must have kty "RSA"')
  for (const member of visibility === 'private' ? privateMembers : publicMembers) {
    const number = jwk[member]
    if (typeof number !== 'string')
      throw invalidKey(`The RSA ${visibility} JWK must have the member ${member}`)
    numbers[member] = number
  }
  return { form: 'jwk', jwk: numbers }
}

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/
const base64Text = /^[A-Za-z\d+/]+={0,2}$/

function fromPem(text: string, visibility: Visibility): RsaKey {
  const match = pemBlock.exec(text)
  if (match === null) throw invalidKey(`The RSA ${visibility} key holds no PEM block`)
  const [, label = '', content = ''] = match
  if (label.includes('ENCRYPTED') || content.includes('ENCRYPTED')) {
    throw invalidKey(
      'The PEM key is encrypted; decrypt it first, or pass a KeyObject made with its passphrase',
    )
  }
  const body = content.replace(/\s+/g, '')
  if (!base64Text.test(body)) throw invalidKey(`The PEM block ${label} does not hold base64`)
  return fromDer(base64Bytes(body), visibility)
}

function fromBytes(bytes: Uint8Array, visibility: Visibility): RsaKey {
  if (bytes[0] === 0x30) return fromDer(bytes, visibility)
  let text: string
  try {
    text = utf8Text(bytes)
  } catch (cause) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_KEY', `The RSA ${visibility} key is neither DER nor PEM`, {
      cause,
    })
  }
  return fromPem(text, visibility)
}

const sequence = 0x30
const integer = 0x02

/** Tells the four DER forms of an RSA key apart by their first two elements, and wraps the PKCS#1 ones. */
function fromDer(bytes: Uint8Array, visibility: Visibility): RsaKey {
  const first = contentOffset(bytes, 0)
  if (bytes[0] !== sequence || first === undefined) throw invalidKey(`The RSA ${visibility} key is not DER`)
  const isPublic = visibility === 'public'
  if (bytes[first] === sequence) {
    if (!isPublic) throw invalidKey('The key is a public one; signing needs the private key')
    return { form: 'der', kind: 'spki', bytes }
  }
  // Both private forms start with a version, a short integer; a public PKCS#1 key starts with its modulus.
  const startsWithVersion = bytes[first] === integer && bytes[first + 1] === 1
  if (isPublic === startsWithVersion) {
    throw invalidKey(
      isPublic
        ? 'The key is a private one; verification takes the public key'
        : 'The key is a public one; signing needs the private key',
    )
  }
  if (isPublic) return { form: 'der', kind: 'spki', bytes: wrapPublic(bytes) }
  return { form: 'der', kind: 'pkcs8', bytes: bytes[first + 3] === sequence ? bytes : wrapPrivate(bytes) }
}

function contentOffset(bytes: Uint8Array, offset: number): number | undefined {
  const length = bytes[offset + 1]
  if (length === undefined) return undefined
  return offset + 2 + (length < 0x80 ? 0 : length & 0x7f)
}

// AlgorithmIdentifier of rsaEncryption (RFC 8017 A.1), with its NULL parameters.
const rsaEncryption = [
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]

function wrapPrivate(pkcs1: Uint8Array): Uint8Array {
  return element(sequence, [integer, 1, 0, ...rsaEncryption, ...element(0x04, pkcs1)])
}

function wrapPublic(pkcs1: Uint8Array): Uint8Array {
  return element(sequence, [...rsaEncryption, ...element(0x03, [0, ...pkcs1])])
}

function element(tag: number, content: ArrayLike<number>): Uint8Array {
  const { length } = content
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  const bytes = new Uint8Array(1 + lengthBytes.length + length)
  bytes.set([tag, ...lengthBytes])
  bytes.set(content, 1 + lengthBytes.length)
  return bytes
}

function invalidKey(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_KEY', message)
}
