import { base64urlFromBytes } from '@ibkr-auth/internal/bytes'
import { bitLength, bytesFromInteger } from '@ibkr-auth/internal/integers'
import type { CryptoKeyLike, JsonWebKeyLike, KeyInput } from '@ibkr-auth/internal/key-forms'
import { readKey } from '@ibkr-auth/internal/key-input'
import { type CryptoKeyClaims, wipeCopy } from '@ibkr-auth/internal/key-reading'
import type { RsaNumbers } from '@ibkr-auth/internal/rsa-numbers'
import type { SecretBytesLike, SecretTextLike } from '@ibkr-auth/internal/secret'
import { openEncryptedKey } from '#primitives'
import { invalidKey, reading as readArgument, requireObject } from '../checks.ts'
import type { OAuth1Error } from '../errors.ts'
import type { Hash, RsaKey, RsaKeyNumbers } from '../primitives/contract.ts'

/** How a private key is opened. */
export interface PrivateKeyOptions {
  /** Opens an encrypted key; on Node only. */
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined
}

/** A key in the two forms that the primitives import, and how long its modulus is. */
export interface ReadRsaKey {
  readonly key: RsaKey
  readonly modulusBits: number
}

/** Brings an RSA key of any form to its numbers, or to the `CryptoKey` that it is and stays. */
export function readRsaKey(
  input: KeyInput,
  purpose: 'sign' | 'verify',
  hash: Hash,
  options: PrivateKeyOptions = {},
): ReadRsaKey {
  requireObject('options', options)
  const half = purpose === 'sign' ? 'private' : 'public'
  const { passphrase } = readArgument('options', () => ({ passphrase: options.passphrase }))
  const reading = readKey(input, { purpose, passphrase, openEncryptedKey })
  if (!reading.ok) throw refused(half, reading.message)
  const { key } = reading
  wipeCopy(key) // Its numbers are wanted.
  if (key.form === 'crypto-key') return readCryptoKey(key, half, purpose, hash)
  if (key.algorithm !== 'rsa') throw refused(half, 'is a key of another kind; an RSA key is wanted')
  if (key.form === 'jwk') requireAlgorithm(key.jwk, half, hash)
  return readNumbers(key.numbers ?? {}, half)
}

function refused(half: string, message: string): OAuth1Error {
  return invalidKey(`The RSA ${half} key ${message}`)
}

const publicMembers = ['n', 'e'] as const
const privateMembers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** Written anew from its numbers a key has one form, which every runtime reads alike. */
function readNumbers(numbers: RsaNumbers, half: 'private' | 'public'): ReadRsaKey {
  const entries = (half === 'private' ? privateMembers : publicMembers).map((name) => {
    const number = numbers[name]
    if (number === undefined) throw refused(half, `lacks its number ${name}; export it whole`)
    return [name, base64urlFromBytes(bytesFromInteger(number))]
  })
  const modulusBits = bitLength(numbers.n ?? 0n)
  return { key: { form: 'numbers', jwk: { kty: 'RSA', ...Object.fromEntries(entries) } }, modulusBits }
}

/** The public key that goes with a private one. */
export function publicHalf({ form, jwk: { kty, n, e } }: RsaKeyNumbers): RsaKeyNumbers {
  return { form, jwk: { kty, n, e } }
}

const algorithms = { sha1: 'RS1', sha256: 'RS256' } as const

function requireAlgorithm({ alg }: JsonWebKeyLike, half: string, hash: Hash): void {
  if (alg === undefined || alg === algorithms[hash]) return
  throw refused(half, `is a JWK whose "alg" is not ${algorithms[hash]}, for which it is wanted`)
}

const hashNames = { sha1: 'SHA-1', sha256: 'SHA-256' } as const

function readCryptoKey(
  { key, said }: { readonly key: CryptoKeyLike; readonly said: CryptoKeyClaims },
  half: 'private' | 'public',
  usage: 'sign' | 'verify',
  hash: Hash,
): ReadRsaKey {
  const algorithm: { name: string; hash?: { name?: unknown }; modulusLength?: unknown } = said.algorithm
  const fits =
    algorithm.name === 'RSASSA-PKCS1-v1_5' &&
    algorithm.hash?.name === hashNames[hash] &&
    said.type === half &&
    said.usages.includes(usage)
  if (!fits) {
    throw refused(
      half,
      `must, as a CryptoKey, be for RSASSA-PKCS1-v1_5 with ${hashNames[hash]} and "${usage}"`,
    )
  }
  return { key: { form: 'crypto-key', key }, modulusBits: Number(algorithm.modulusLength) }
}
