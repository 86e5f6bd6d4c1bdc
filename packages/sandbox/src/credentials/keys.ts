import { createPrivateKey, createPublicKey, generateKeyPair, KeyObject } from 'node:crypto'
import { invalidInput } from '../errors.ts'

/** A key as PEM (PKCS #1, PKCS #8 or SPKI) or as Node's `KeyObject`. */
export type KeyInput = string | KeyObject

/** Generates an RSA private key on the thread pool. */
export function generateRsaKey(modulusLength: number): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength }, (error, _publicKey, privateKey) => {
      if (error === null) resolve(privateKey)
      else reject(error)
    })
  })
}

/** Reads an RSA key, private or public; `field` names it in the error. */
export function readRsaKey(input: KeyInput, field: string): KeyObject {
  const key = input instanceof KeyObject ? input : parsePem(input, field)
  if (key.asymmetricKeyType !== 'rsa') throw invalidInput(`${field} must be an RSA key`)
  return key
}

/** The public half of a private or public key. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key
}

function parsePem(pem: string, field: string): KeyObject {
  const text = pem
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
  try {
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? createPrivateKey(text) : createPublicKey(text)
  } catch (cause) {
    throw invalidInput(`${field} is not a PEM key that can be read (${reason(cause)})`)
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'not PEM'
}
