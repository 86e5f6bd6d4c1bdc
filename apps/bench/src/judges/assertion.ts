import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { jwtVerify } from 'jose/jwt/verify'
import { type AssertionMaterial, assertionWays, clientId, clientKeyId } from '../ways/assertion.ts'
import type { Work } from '../ways/way.ts'

/** Client assertions, judged by jose. */
export function assertionWork(): Work<AssertionMaterial> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const key = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const publicKey = createPublicKey(key)
  const rules = { issuer: clientId, subject: clientId, audience: '/token', algorithms: ['RS256'] }
  const judge: Work<AssertionMaterial>['judge'] = async ({ kind }, answer) => {
    if (kind === 'floor') {
      const signature = Buffer.from(String(answer), 'base64')
      if (!verify('sha256', Buffer.from('x'.repeat(200)), publicKey, signature))
        throw new Error('wrong signature')
      return
    }
    const { protectedHeader } = await jwtVerify(String(answer), publicKey, {
      ...rules,
      requiredClaims: ['exp'],
    })
    if (protectedHeader.kid !== clientKeyId) throw new Error('the key id is wrong')
  }
  return { material: { key }, ways: assertionWays, judge }
}
