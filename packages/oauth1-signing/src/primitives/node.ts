import { crypto } from '@ibkr-auth/internal/node-crypto'
import { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'
import type { Hash, Primitives, RsaKey } from './contract.ts'
import { webCryptoSign, webCryptoVerify } from './webcrypto-rsa.ts'

const primitivesName = 'node'

function prepareHmacSha1(key: Uint8Array): (text: string) => string {
  return prepareHmac('sha1', key)
}

function prepareHmacSha256(key: Uint8Array): (text: string) => string {
  return prepareHmac('sha256', key)
}

function prepareHmac(hash: Hash, key: Uint8Array): (text: string) => string {
  const { createHmac } = crypto
  const keyObject = crypto.createSecretKey(key)
  return (text) => createHmac(hash, keyObject).update(text).digest('base64')
}

function prepareRsaSign(hash: Hash, key: RsaKey): (text: string) => string | Promise<string> {
  // A CryptoKey may forbid to be exported, so it keeps to the interface that made it.
  if (key.form === 'crypto-key') return webCryptoSign(hash, key)
  const keyObject = crypto.createPrivateKey({ key: { ...key.jwk }, format: 'jwk' })
  return (text) => crypto.sign(hash, Buffer.from(text), keyObject).toString('base64')
}

function prepareRsaVerify(
  hash: Hash,
  key: RsaKey,
): (text: string, signature: Uint8Array) => boolean | Promise<boolean> {
  if (key.form === 'crypto-key') return webCryptoVerify(hash, key)
  const keyObject = crypto.createPublicKey({ key: { ...key.jwk }, format: 'jwk' })
  return (text, signature) => crypto.verify(hash, Buffer.from(text), keyObject, signature)
}

function randomHex(bytes: number): string {
  return crypto.randomBytes(bytes).toString('hex')
}

function equalText(one: string, other: string): boolean {
  const oneBytes = Buffer.from(one)
  const otherBytes = Buffer.from(other)
  return oneBytes.length === otherBytes.length && crypto.timingSafeEqual(oneBytes, otherBytes)
}

;({
  primitivesName,
  prepareHmacSha1,
  prepareHmacSha256,
  prepareRsaSign,
  prepareRsaVerify,
  openEncryptedKey,
  randomHex,
  equalText,
}) satisfies Primitives

export {
  equalText,
  openEncryptedKey,
  prepareHmacSha1,
  prepareHmacSha256,
  prepareRsaSign,
  prepareRsaVerify,
  primitivesName,
  randomHex,
}
