import { Buffer } from 'node:buffer'
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { createClientAssertion, createSsoSessionRequest, importSigningKey } from '@ibkr-auth/sso-jwt'
import { SignJWT } from 'jose/jwt/sign'
import { importPKCS8 } from 'jose/key/import'
import type { Candidate } from './candidate.ts'
import type { Comparison } from './harness.ts'
import { requirePeer } from './peers.ts'

interface JsonWebToken {
  sign(claims: object, key: KeyObject, options: object): string
  sign(
    claims: object,
    key: KeyObject,
    options: object,
    done: (error: Error | null, token?: string) => void,
  ): void
}

const clientId = 'bench-client'
const clientKeyId = 'main'
const credential = 'trader1'
const ip = '203.0.113.7'
const signInPool = promisify(sign)

/** Client assertions and SSO session requests with RSA-3072 and RS256, as IBKR asks for them. */
export async function compareJwts(
  inFlight: number,
): Promise<readonly [assertions: Comparison, sessions: Comparison]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const bare = bareSignature(privateKey)
  const assertions = [
    bare,
    await ourAssertion(privateKey),
    await joseAssertion(privateKey),
    jsonwebtoken(privateKey),
  ]
  const sessions = [bare, await ourSession(privateKey), await joseSession(privateKey)]
  const how = inFlight === 1 ? 'one at a time' : `${inFlight} in flight`
  const shared = {
    note: 'Floor: a bare RSA-3072 signature in the thread pool, as many in flight.',
    options: inFlight === 1 ? { inFlight, sliceMs: 12 } : { inFlight, sliceMs: 34, slices: 5 },
  }
  return [
    { ...shared, id: `assertion-${inFlight}`, title: `Client assertion, ${how}`, candidates: assertions },
    { ...shared, id: `sso-session-${inFlight}`, title: `SSO session request, ${how}`, candidates: sessions },
  ]
}

function bareSignature(key: KeyObject): Candidate {
  const data = Buffer.from('x'.repeat(200))
  const check = (answer: unknown): void => {
    if (!verify('sha256', data, createPublicKey(key), answer as Buffer))
      throw new Error('the signature is wrong')
  }
  return { name: 'bare RSA signature', kind: 'floor', run: () => signInPool('sha256', data, key), check }
}

async function ourAssertion(key: KeyObject): Promise<Candidate> {
  const signingKey = await importSigningKey(pemOf(key))
  const client = { clientId, clientKeyId }
  const run = (): Promise<string> => createClientAssertion(client, signingKey)
  return { name: 'sso-jwt', kind: 'ours', run, check: judgeAssertion(key) }
}

async function joseAssertion(key: KeyObject): Promise<Candidate> {
  const imported = await importPKCS8(pemOf(key), 'RS256')
  const run = (): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: clientKeyId })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience('/token')
      .setIssuedAt(nowSeconds() - 10)
      .setExpirationTime(nowSeconds() + 60)
      .sign(imported)
  return { name: 'jose alone', kind: 'peer', run, check: judgeAssertion(key) }
}

/** In its callback form it signs in this thread all the same. */
function jsonwebtoken(key: KeyObject): Candidate {
  const library = requirePeer<JsonWebToken>('jsonwebtoken')
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const claims = {
        iss: clientId,
        sub: clientId,
        aud: '/token',
        iat: nowSeconds() - 10,
        exp: nowSeconds() + 60,
      }
      library.sign(claims, key, { algorithm: 'RS256', keyid: clientKeyId }, (error, token) =>
        token === undefined ? reject(error) : resolve(token),
      )
    })
  return { name: 'jsonwebtoken', kind: 'peer', run, check: judgeAssertion(key) }
}

async function ourSession(key: KeyObject): Promise<Candidate> {
  const signingKey = await importSigningKey(pemOf(key))
  const input = { accessToken: 'access-token-of-the-benchmark', credential, ip }
  const run = async (): Promise<unknown> =>
    (await createSsoSessionRequest(input, { clientId, clientKeyId }, signingKey)).body
  return { name: 'sso-jwt', kind: 'ours', run, check: judgeSession(key) }
}

async function joseSession(key: KeyObject): Promise<Candidate> {
  const imported = await importPKCS8(pemOf(key), 'RS256')
  const run = (): Promise<string> =>
    new SignJWT({ credential, ip })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: clientKeyId })
      .setIssuer(clientId)
      .setIssuedAt()
      .setExpirationTime('24h')
      .sign(imported)
  return { name: 'jose alone', kind: 'peer', run, check: judgeSession(key) }
}

function judgeAssertion(key: KeyObject): (answer: unknown) => void {
  return (answer) => {
    const claims = verified(answer, key)
    const right = claims.iss === clientId && claims.sub === clientId && claims.aud === '/token'
    if (!right) throw new Error('the claims are not those of a client assertion')
  }
}

function judgeSession(key: KeyObject): (answer: unknown) => void {
  return (answer) => {
    const claims = verified(answer, key)
    const right = claims.iss === clientId && claims.credential === credential && claims.ip === ip
    if (!right) throw new Error('the claims are not those of a session request')
  }
}

/** Checks a compact JWS with node:crypto alone and gives its claims. */
function verified(answer: unknown, key: KeyObject): Record<string, unknown> {
  const [header = '', payload = '', signature = ''] = String(answer).split('.')
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  if (alg !== 'RS256' || kid !== clientKeyId) throw new Error('the header is wrong')
  const signed = Buffer.from(`${header}.${payload}`)
  const publicKey = { key: createPublicKey(key), padding: constants.RSA_PKCS1_PADDING }
  if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature is wrong')
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const { iat, exp } = claims
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp < nowSeconds() || iat > nowSeconds()) {
    throw new Error('the times are wrong')
  }
  return claims
}

function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
