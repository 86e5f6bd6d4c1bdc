import { createPublicKey, generateKeyPair, KeyObject } from 'node:crypto'
import { readKey } from '@ibkr-auth/internal/key-input'
import { keyObjectOf } from '@ibkr-auth/internal/key-object'
import { invalidInput } from '../errors.ts'

/** A key as text (PEM, or PEM or DER in base64) or as Node's `KeyObject`. */
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
  const key = input instanceof KeyObject ? input : readText(input, field)
  if (key.asymmetricKeyType !== 'rsa') throw invalidInput(`${field} must be an RSA key`)
  return key
}

/** The public half of a private or public key. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key
}

/** A private key or, failing that, a public one, in any form of text that the packages for clients read. */
function readText(text: string, field: string): KeyObject {
  const asPrivate = readKey(text, { purpose: 'sign' })
  const reading =
    asPrivate.ok || asPrivate.fault !== 'wrong-half' ? asPrivate : readKey(text, { purpose: 'verify' })
  if (!reading.ok) throw invalidInput(`${field} ${reading.message}`)
  const key = keyObjectOf(reading.key)
  if (key === undefined) throw invalidInput(`${field} must be PEM, or PEM or DER in base64`)
  return key
}
