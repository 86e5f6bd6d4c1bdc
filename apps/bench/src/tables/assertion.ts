import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { jwtVerify } from 'jose/jwt/verify'
import { type Candidate, measure, type Table } from '../harness.ts'
import { assertionWays, clientId, clientKeyId } from '../ways/assertion.ts'
import { candidatesOf, type Judge } from '../ways/way.ts'

const signInPool = promisify(sign)
const note = 'One RS256 JWT with RSA-3072. Floor: a bare signature in the thread pool, as many in flight.'

export async function measureAssertions(): Promise<Table[]> {
  const key = assertionKey()
  const candidates = [bareSignature(key), ...(await candidatesOf(assertionWays, key, judgeAssertion(key)))]
  const inFlight = (count: number, sliceMs: number, rounds: number): Promise<Table> => {
    const about = { id: `assertion-${count}`, title: `Client assertion, ${count} at a time`, note, rounds }
    return measure(about, candidates, { sliceMs, inFlight: count })
  }
  return [await inFlight(1, 12, 31), await inFlight(16, 40, 15)]
}

export function assertionKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

export function bareSignature(key: string): Candidate {
  const [privateKey, publicKey, data] = [createPrivateKey(key), createPublicKey(key), Buffer.alloc(200)]
  const run = () => signInPool('sha256', data, privateKey)
  const check = (answer: unknown) => assert(verify('sha256', data, publicKey, answer as Buffer))
  return { name: 'bare RSA signature', kind: 'floor', run, check }
}

/** Throws unless jose accepts the assertion. */
export function judgeAssertion(key: string): Judge {
  const publicKey = createPublicKey(key)
  const rules = { issuer: clientId, subject: clientId, audience: '/token', algorithms: ['RS256'] }
  return async (answer) => {
    const { protectedHeader } = await jwtVerify(String(answer), publicKey, {
      ...rules,
      requiredClaims: ['exp'],
    })
    assert.equal(protectedHeader.kid, clientKeyId)
  }
}
