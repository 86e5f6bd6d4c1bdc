import { createHash, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { createClientAssertion, importSigningKey, type SigningKeyInput } from '../src/index.ts'
import {
  createReplayStore,
  importVerificationKey,
  type VerificationKeyInput,
  verifyClientAssertion,
} from '../src/server.ts'
import { failure } from './support/errors.ts'
import { newEcPair, newRsaPair, rfcJwk, rsaPair } from './support/keys.ts'
import { base64url, forge, sign } from './support/tokens.ts'

const bigIntOf = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
const textOf = (value: bigint): string => {
  const digits = value.toString(16)
  return base64url(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}
const { n } = rfcJwk
const publicJwk = { kty: 'RSA', n, e: rfcJwk.e }

describe('an RSA exponent', () => {
  it.each<[string, string]>([
    ['of 1, under which anyone signs', 'AQ'],
    ['of 0', 'AA'],
    ['of 2', 'Ag'],
    ['that is even', textOf(65_536n)],
    ['of more than 64 bits', textOf(2n ** 64n + 1n)],
    ['beyond the modulus', textOf(bigIntOf(n) + 2n)],
  ])('%s is refused', async (_, e) => {
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey({ ...publicJwk, e }))
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey({ ...rfcJwk, e }))
  })

  it('of 1 is refused in a CryptoKey as well', async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await webcrypto.subtle.importKey('jwk', { ...publicJwk, e: 'AQ' }, algorithm, true, [
      'verify',
    ])
    const error = await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(key))
    expect(error.message).toContain('exponent')
  })
})

describe('an RSA modulus', () => {
  it('that is even is refused', async () => {
    await failure('ERR_SSO_JWT_INVALID_KEY', () =>
      importVerificationKey({ ...publicJwk, n: textOf(bigIntOf(n) - 1n) }),
    )
  })

  it('of more than 16384 bits is refused before it is used', async () => {
    const huge = textOf(2n ** 16_385n + 1n)
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey({ ...publicJwk, n: huge }))
  })

  it.each<[string, () => Promise<VerificationKeyInput>]>([
    ['KeyObject', async () => newRsaPair(1024).publicKey],
    ['CryptoKey', () => cryptoKeyOf(1024)],
    ['one bit less', async () => ({ ...publicJwk, n: textOf((1n << 2046n) + 1n) })],
  ])('under 2048 bits verifies nothing, as RFC 7518 3.3 has it: %s', async (_, make) => {
    const input = await make()
    for (const alg of ['RS256', 'PS256'] as const) {
      if (alg === 'PS256' && 'algorithm' in Object(input)) continue // A CryptoKey is for one of them.
      const error = await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(input, { alg }))
      expect(error.message).toMatch(/is RSA of (1024|2047) bits, and RFC 7518 3.3 asks for 2048 or more/)
    }
  })

  async function cryptoKeyOf(modulusLength: number): Promise<webcrypto.CryptoKey> {
    const { publicKey } = await webcrypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent: Uint8Array.of(1, 0, 1) },
      false,
      ['sign', 'verify'],
    )
    return publicKey
  }
})

describe('a private key that is damaged', () => {
  // One wrong prime, and a faulty signature gives the other one away.
  it.each(['p', 'q', 'dp', 'dq', 'qi', 'd'] as const)(
    'in %s is refused, whatever form it has',
    async (member) => {
      const damaged = { ...rfcJwk, [member]: textOf(bigIntOf(rfcJwk[member]) + 2n) }
      await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(damaged))
      await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(pkcs1Of(damaged)))
    },
  )

  it('and one that is whole signs in both', async () => {
    expect((await importSigningKey(pkcs1Of(rfcJwk))).alg).toBe('RS256')
  })

  /** DER of PKCS#1, written by hand: Node refuses to export what does not belong together. */
  function pkcs1Of(jwk: typeof rfcJwk): Uint8Array {
    const element = (tag: number, content: Buffer): Buffer => {
      const size = content.length
      const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
      return Buffer.concat([Buffer.from([tag, ...length]), content])
    }
    const numbers = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((text) =>
      element(2, Buffer.concat([Buffer.from([0]), Buffer.from(text, 'base64url')])),
    )
    return element(0x30, Buffer.concat([element(2, Buffer.from([0])), ...numbers]))
  }
})

describe('what a key says of itself', () => {
  it.each<[string, object]>([
    ['use', { use: 'enc' }],
    ['key_ops', { key_ops: ['encrypt', 'wrapKey'] }],
    ['key_ops', { key_ops: [] }],
    ['key_ops', { key_ops: 'verify' }],
  ])('in a JWK counts: %s', async (_, member) => {
    await failure('ERR_SSO_JWT_INVALID_KEY', () =>
      importVerificationKey({ ...publicJwk, ...member } as VerificationKeyInput),
    )
    await failure('ERR_SSO_JWT_INVALID_KEY', () =>
      importSigningKey({ ...rfcJwk, ...member } as SigningKeyInput),
    )
  })

  it('may say that it is for this', async () => {
    const verifier = await importVerificationKey({
      ...publicJwk,
      use: 'sig',
      key_ops: ['verify'],
      alg: 'PS256',
    })
    expect(verifier.alg).toBe('PS256')
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      importVerificationKey({ ...publicJwk, alg: 'PS256' }, { alg: 'RS256' }),
    )
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => importVerificationKey({ ...publicJwk, alg: 'RS512' }))
  })

  it.each(['SHA-1', 'SHA-384', 'SHA-512'])('in a CryptoKey counts: %s', async (hash) => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash }
    const { privateKey, publicKey } = await webcrypto.subtle.generateKey(
      { ...algorithm, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      false,
      ['sign', 'verify'],
    )
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(privateKey))
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(publicKey))
  })

  it('its usages count', async () => {
    const key = await webcrypto.subtle.importKey(
      'jwk',
      publicJwk,
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      [],
    )
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(key))
  })
})

describe('keys of another kind', () => {
  it.each<[string, KeyObject]>([
    ['Ed25519', generateKeyPairSync('ed25519').privateKey],
    ['X25519', generateKeyPairSync('x25519').privateKey],
    ['secp256k1', newEcPair('secp256k1').privateKey],
    ['P-521', newEcPair('P-521').privateKey],
    ['RSASSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
  ])('are refused with a code: %s', async (_, key) => {
    const pem = String(key.export({ type: 'pkcs8', format: 'pem' }))
    for (const input of [key, pem]) await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(input))
  })
})

describe('spellings of a signature', () => {
  const nowMs = 1_700_000_000_000
  const claims = { iss: 'C', sub: 'C', aud: '/token', exp: nowMs / 1000 + 60, jti: 'once' }
  const verify = async (token: string, publicKey: KeyObject, alg: 'RS256' | 'PS256' | 'ES256') => {
    const key = await importVerificationKey(publicKey, { alg })
    const result = await verifyClientAssertion(token, {
      findKey: () => ({ clientId: 'C', key }),
      now: () => nowMs,
    })
    return result.ok ? 'ok' : result.code
  }
  const withSignature = (token: string, change: (signature: Buffer) => Buffer): string => {
    const [header, payload, signature = ''] = token.split('.')
    return `${header}.${payload}.${base64url(change(Buffer.from(signature, 'base64url')))}`
  }

  it.each(['RS256', 'PS256'] as const)(
    '%s has one: nothing longer, shorter or beyond the modulus',
    async (alg) => {
      const token = forge({ alg, kid: 'k' }, claims, rsaPair.privateKey, alg)
      expect(await verify(token, rsaPair.publicKey, alg)).toBe('ok')
      const modulus = bigIntOf(n)
      const beyond = (signature: Buffer): Buffer => {
        const sum = (BigInt(`0x${signature.toString('hex')}`) + modulus).toString(16)
        return Buffer.from(
          sum.padStart(signature.length * 2 + (sum.length > signature.length * 2 ? 2 : 0), '0'),
          'hex',
        )
      }
      for (const change of [
        beyond,
        (signature: Buffer) => Buffer.concat([Buffer.from([0]), signature]),
        (signature: Buffer) => signature.subarray(1),
        (signature: Buffer) => Buffer.concat([signature, Buffer.from([0])]),
      ])
        expect(await verify(withSignature(token, change), rsaPair.publicKey, alg)).toBe('signature')
    },
  )

  it('ES256 has two, s and n - s, and the jti is the same in both', async () => {
    const { privateKey, publicKey } = newEcPair()
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
    const token = forge({ alg: 'ES256', kid: 'k' }, claims, privateKey, 'ES256')
    const other = withSignature(token, (signature) => {
      const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`)
      return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
    })
    expect(other).not.toBe(token)
    expect(await verify(token, publicKey, 'ES256')).toBe('ok')
    expect(await verify(other, publicKey, 'ES256')).toBe('ok')
    const replayStore = createReplayStore()
    const key = await importVerificationKey(publicKey)
    const options = { findKey: () => ({ clientId: 'C', key }), now: () => nowMs, replayStore }
    expect(await verifyClientAssertion(token, options)).toMatchObject({ ok: true })
    expect(await verifyClientAssertion(other, options)).toMatchObject({ code: 'replayed' })
  })

  it('a signature of 1 under an exponent of 1 is no way in', async () => {
    const input = `${base64url('{"alg":"RS256","kid":"k"}')}.${base64url(JSON.stringify(claims))}`
    const digest = createHash('sha256').update(input).digest()
    const padded = Buffer.concat([
      Buffer.from([0, 1]),
      Buffer.alloc(256 - 3 - 51, 0xff),
      Buffer.from([0]),
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      digest,
    ])
    expect(await verify(`${input}.${base64url(padded)}`, rsaPair.publicKey, 'RS256')).toBe('signature')
    expect(
      await verify(
        `${input}.${base64url(sign(input, rsaPair.privateKey, 'RS256'))}`,
        rsaPair.publicKey,
        'RS256',
      ),
    ).toBe('ok')
  })
})

it('DER decoded from a text is wiped once it is imported, and when it is refused', async () => {
  const importKey = vi.spyOn(webcrypto.subtle, 'importKey')
  const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))
  const key = await importSigningKey(pem(rsaPair.privateKey))
  await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(pem(newEcPair('P-384').privateKey)))
  const seen = importKey.mock.calls.map(([, data]) => data as unknown as Uint8Array)
  expect(seen).toHaveLength(2)
  expect(seen.every((der) => der.length > 100 && der.every((byte) => byte === 0))).toBe(true)
  expect((await createClientAssertion({ clientId: 'C', clientKeyId: 'K' }, key)).length).toBeGreaterThan(300)
  // Also where it is refused before anything is imported.
  const fill = vi.spyOn(Uint8Array.prototype, 'fill')
  await failure('ERR_SSO_JWT_INVALID_KEY', () =>
    importSigningKey(pem(newEcPair().privateKey), { alg: 'RS256' }),
  )
  expect(fill.mock.contexts.some((bytes) => (bytes as Uint8Array).length > 100)).toBe(true)
  fill.mockRestore()
  // What the caller handed in as bytes stays the caller's.
  const der = rsaPair.privateKey.export({ type: 'pkcs8', format: 'der' })
  await importSigningKey(der)
  expect(der.some((byte) => byte !== 0)).toBe(true)
})
