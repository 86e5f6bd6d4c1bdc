import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { signingJwk, signingPublicJwk } from './jwks.ts'

export { signingJwk, signingPublicJwk }

export const signingKey: KeyObject = createPrivateKey({ key: { ...signingJwk }, format: 'jwk' })
export const signingPublicKey: KeyObject = createPublicKey({ key: signingPublicJwk, format: 'jwk' })

/** Another key of the same size, made for this run. */
export const otherKeyPair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
})
