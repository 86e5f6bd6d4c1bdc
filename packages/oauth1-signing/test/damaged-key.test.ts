import { beforeEach, describe, expect, test, vi } from 'vitest'
import { rsaSha256 } from '../src/index.ts'
import { signingJwk } from './support/keys.ts'

/** What the primitives do to a signature before they give it away. */
const fault = vi.hoisted(() => ({ damage: (signature: string) => signature }))

vi.mock('#primitives', async (importOriginal) => {
  const original = await importOriginal<typeof import('../src/primitives/portable.ts')>()
  const prepareRsaSign: typeof original.prepareRsaSign = (hash, key) => {
    const sign: (text: string) => string | Promise<string> = original.prepareRsaSign(hash, key)
    const damaged = (text: string): string | Promise<string> => {
      const signature = sign(text)
      return typeof signature === 'string' ? fault.damage(signature) : signature.then(fault.damage)
    }
    return damaged as ReturnType<typeof original.prepareRsaSign>
  }
  return { ...original, prepareRsaSign }
})

beforeEach(() => {
  fault.damage = (signature) => signature
})

describe('a signature that a fault has changed', () => {
  const sign = async () => rsaSha256(signingJwk).sign('text')

  test('is never given away, since it could give the key away', async () => {
    const right = await sign()
    expect(right).toHaveLength(344)
    for (const wrong of [
      right.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
      'AAAA',
      'no base64 !',
    ]) {
      fault.damage = () => wrong
      await expect(sign()).rejects.toThrow(
        expect.objectContaining({
          code: 'ERR_OAUTH1_INVALID_KEY',
          message: expect.not.stringContaining(wrong),
        }),
      )
    }
  })
})
