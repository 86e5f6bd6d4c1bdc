import type { KeyObject } from 'node:crypto'
import { requirePeer } from '../peers/peers.ts'
import { nodeCrypto, type Way } from './way.ts'

/** An RSA-3072 private key, PEM. */
export interface AssertionMaterial {
  readonly key: string
}

export const clientId = 'bench-client'
export const clientKeyId = 'main'

/** A client assertion as IBKR asks for it: RS256. */
export const assertionWays: readonly Way<AssertionMaterial>[] = [
  { name: 'bare RSA signature', kind: 'floor', make: bareSignature },
  { name: 'sso-jwt', kind: 'ours', make: ours },
  { name: 'jose alone', kind: 'peer', make: joseAlone },
  { name: 'jsonwebtoken', kind: 'peer', make: jsonwebtoken },
]

/** In the thread pool. */
function bareSignature({ key }: AssertionMaterial): () => Promise<string> {
  const { createPrivateKey, sign } = nodeCrypto()
  const privateKey = createPrivateKey(key)
  const data = Buffer.from('x'.repeat(200))
  return () =>
    new Promise((resolve, reject) => {
      sign('sha256', data, privateKey, (error, bytes) =>
        error ? reject(error) : resolve(bytes.toString('base64')),
      )
    })
}

async function ours({ key }: AssertionMaterial): Promise<() => Promise<string>> {
  const { createClientAssertion, importSigningKey } = await import('@ibkr-auth/sso-jwt')
  const signingKey = await importSigningKey(key)
  return () => createClientAssertion({ clientId, clientKeyId }, signingKey)
}

async function joseAlone({ key }: AssertionMaterial): Promise<() => Promise<string>> {
  const { SignJWT } = await import('jose/jwt/sign')
  const { importPKCS8 } = await import('jose/key/import')
  const imported = await importPKCS8(key, 'RS256')
  return () =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: clientKeyId })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience('/token')
      .setIssuedAt(nowSeconds() - 10)
      .setExpirationTime(nowSeconds() + 60)
      .sign(imported)
}

interface JsonWebToken {
  sign(claims: object, key: KeyObject, options: object, done: (error: unknown, token?: string) => void): void
}

/** In its callback form it signs in this thread all the same. */
function jsonwebtoken({ key }: AssertionMaterial): () => Promise<string> {
  const library = requirePeer<JsonWebToken>('jsonwebtoken')
  const privateKey = nodeCrypto().createPrivateKey(key)
  const options = { algorithm: 'RS256', keyid: clientKeyId }
  return () =>
    new Promise((resolve, reject) => {
      const [iat, exp] = [nowSeconds() - 10, nowSeconds() + 60]
      const claims = { iss: clientId, sub: clientId, aud: '/token', iat, exp }
      library.sign(claims, privateKey, options, (error, token) => (token ? resolve(token) : reject(error)))
    })
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
