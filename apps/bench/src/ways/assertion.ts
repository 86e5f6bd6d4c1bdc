import { requirePeer } from '../peers.ts'
import type { Way } from './way.ts'

export const clientId = 'bench-client'
export const clientKeyId = 'main'

/** A client assertion as IBKR asks for it, RS256. The material is a private key, PEM. */
export const assertionWays: readonly Way<string>[] = [
  { name: 'sso-jwt', kind: 'ours', make: ours },
  { name: 'jose alone', kind: 'peer', make: joseAlone },
  { name: 'jsonwebtoken', kind: 'peer', make: jsonwebtoken },
]

async function ours(key: string) {
  const { createClientAssertion, importSigningKey } = await import('@ibkr-auth/sso-jwt')
  const signingKey = await importSigningKey(key)
  return () => createClientAssertion({ clientId, clientKeyId }, signingKey)
}

function claims(): object {
  const now = Math.floor(Date.now() / 1000)
  return { iss: clientId, sub: clientId, aud: '/token', iat: now - 10, exp: now + 60 }
}

async function joseAlone(key: string) {
  const { SignJWT } = await import('jose/jwt/sign')
  const { importPKCS8 } = await import('jose/key/import')
  const imported = await importPKCS8(key, 'RS256')
  const header = { alg: 'RS256', typ: 'JWT', kid: clientKeyId }
  return () => new SignJWT({ ...claims() }).setProtectedHeader(header).sign(imported)
}

/** In its callback form it signs in this thread all the same. */
function jsonwebtoken(key: string) {
  const library = requirePeer('jsonwebtoken')
  const privateKey = process.getBuiltinModule('node:crypto').createPrivateKey(key)
  const options = { algorithm: 'RS256', keyid: clientKeyId }
  return () =>
    new Promise((resolve, reject) => {
      const done = (error: unknown, token: unknown) => (error ? reject(error) : resolve(token))
      library.sign(claims(), privateKey, options, done)
    })
}
