import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { plainBaseString } from '../plain-base-string.ts'
import { formatPlainHeader } from '../plain-header.ts'
import type { Hash, PlainPath, Primitives, RsaKey } from './contract.ts'
import { prepareHmac } from './node-hmac.ts'
import { webCryptoSign, webCryptoVerify } from './webcrypto-rsa.ts'

const primitivesName = 'node'

const plainPath: PlainPath = { baseString: plainBaseString, header: formatPlainHeader }

function prepareHmacSha1(key: Uint8Array): (text: string) => string {
  return prepareHmac('sha1', key)
}

function prepareHmacSha256(key: Uint8Array): (text: string) => string {
  return prepareHmac('sha256', key)
}

function prepareRsaSign(hash: Hash, key: RsaKey): (text: string) => string | Promise<string> {
  // A CryptoKey may forbid to be exported, so it keeps to the interface that made it.
  if (key.form === 'crypto-key') return webCryptoSign(hash, key)
  const keyObject =
    key.form === 'jwk'
      ? createPrivateKey({ key: key.jwk, format: 'jwk' })
      : createPrivateKey({ key: Buffer.from(key.bytes), format: 'der', type: 'pkcs8' })
  requireRsa(keyObject)
  return (text) => sign(hash, Buffer.from(text), keyObject).toString('base64')
}

function prepareRsaVerify(
  hash: Hash,
  key: RsaKey,
): (text: string, signature: Uint8Array) => boolean | Promise<boolean> {
  if (key.form === 'crypto-key') return webCryptoVerify(hash, key)
  const keyObject =
    key.form === 'jwk'
      ? createPublicKey({ key: key.jwk, format: 'jwk' })
      : createPublicKey({ key: Buffer.from(key.bytes), format: 'der', type: 'spki' })
  requireRsa(keyObject)
  return (text, signature) => verify(hash, Buffer.from(text), keyObject, signature)
}

/** Otherwise an elliptic-curve key would sign, with a method of its own. */
function requireRsa({ asymmetricKeyType }: KeyObject): void {
  if (asymmetricKeyType !== 'rsa') throw new TypeError('no RSA key')
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

function equalText(one: string, other: string): boolean {
  const oneBytes = Buffer.from(one)
  const otherBytes = Buffer.from(other)
  return oneBytes.length === otherBytes.length && timingSafeEqual(oneBytes, otherBytes)
}

;({
  primitivesName,
  plainPath,
  prepareHmacSha1,
  prepareHmacSha256,
  prepareRsaSign,
  prepareRsaVerify,
  randomHex,
  equalText,
}) satisfies Primitives

export {
  equalText,
  plainPath,
  prepareHmacSha1,
  prepareHmacSha256,
  prepareRsaSign,
  prepareRsaVerify,
  primitivesName,
  randomHex,
}
