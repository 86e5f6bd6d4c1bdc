import { createHmac, type KeyObject, webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { SignJWT } from 'jose/jwt/sign'
import { describe, expect, it, vi } from 'vitest'
import { createClientAssertion, importSigningKey } from '../src/index.ts'
import {
  type ClientKeyRecord,
  createReplayStore,
  importVerificationKey,
  type RefusalCode,
  type VerifyClientAssertionOptions,
  verifyClientAssertion,
} from '../src/server.ts'
import { failure } from './support/errors.ts'
import { newEcPair, newRsaPair, rfcJwk, rsaPair } from './support/keys.ts'
import { base64url, forge } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const ec = newEcPair()
const other = newRsaPair(2048)
const records = new Map<string, ClientKeyRecord>([
  ['main', { clientId: 'TESTCLIENT', key: await importVerificationKey(rsaPair.publicKey) }],
  ['pss', { clientId: 'TESTCLIENT', key: await importVerificationKey(rsaPair.publicKey, { alg: 'PS256' }) }],
  ['ec', { clientId: 'TESTCLIENT', key: await importVerificationKey(ec.publicKey) }],
  ['other', { clientId: 'OTHER', key: await importVerificationKey(other.publicKey) }],
])
const nowMs = 1_700_000_000_000
const now = nowMs / 1000
const verify = (token: unknown, change: Partial<VerifyClientAssertionOptions> = {}) =>
  verifyClientAssertion(token, { findKey: (kid) => records.get(kid), now: () => nowMs, ...change })

const header = { alg: 'RS256', typ: 'JWT', kid: 'main' }
const claims = { iss: 'TESTCLIENT', sub: 'TESTCLIENT', aud: '/token', iat: now - 10, exp: now + 60 }
const signed = (change: object = {}, headerChange: object = {}): string =>
  forge({ ...header, ...headerChange }, { ...claims, ...change }, rsaPair.privateKey)

async function refused(
  code: RefusalCode,
  token: unknown,
  change: Partial<VerifyClientAssertionOptions> = {},
): Promise<string> {
  const result = await verify(token, change)
  expect(result).toEqual({ ok: false, code, message: expect.any(String), status: expect.any(Number) })
  return result.ok ? '' : result.message
}

describe('a good assertion', () => {
  it('of the client half is accepted', async () => {
    const token = await createClientAssertion(client, await importSigningKey(rfcJwk), {
      now: () => nowMs,
      jti: 'one',
    })
    expect(await verify(token)).toEqual({
      ok: true,
      clientId: 'TESTCLIENT',
      clientKeyId: 'main',
      claims: { ...claims, jti: 'one' },
      expiresAtMs: nowMs + 60_000,
    })
  })

  it.each([
    ['PS256', forge({ ...header, alg: 'PS256', kid: 'pss' }, claims, rsaPair.privateKey, 'PS256')],
    ['ES256', forge({ ...header, alg: 'ES256', kid: 'ec' }, claims, ec.privateKey, 'ES256')],
    ['without typ', forge({ alg: 'RS256', kid: 'main' }, claims, rsaPair.privateKey)],
    ['with typ in small letters', signed({}, { typ: 'jwt' })],
    ['with typ as a whole media type', signed({}, { typ: 'application/jwt' })],
    ['with typ as one in capitals', signed({}, { typ: 'Application/JWT' })],
    ['without iat', signed({ iat: undefined })],
    ['with the full URL as audience', signed({ aud: 'https://api.ibkr.com/oauth2/api/v1/token' })],
    ['with several audiences', signed({ aud: ['x', '/token'] })],
    ['with fractions of seconds', signed({ iat: now - 0.5, exp: now + 0.5 })],
    ['with claims of its own', signed({ client_id: 'TESTCLIENT', deep: { a: { b: [1, '"}{'] } } })],
  ])('%s is accepted', async (_, token) => {
    expect(await verify(token)).toMatchObject({ ok: true, clientId: 'TESTCLIENT' })
  })

  it('may be for an audience of the caller', async () => {
    expect(await verify(signed({ aud: 'mine' }), { audience: 'mine' })).toMatchObject({ ok: true })
    expect(await verify(signed({ aud: 'two' }), { audience: ['one', 'two'] })).toMatchObject({ ok: true })
    await refused('audience', signed(), { audience: 'mine' })
  })

  it('may have its key found later', async () => {
    expect(await verify(signed(), { findKey: async (kid) => records.get(kid) })).toMatchObject({ ok: true })
  })
})

describe('the answer of WebCrypto', () => {
  it.each([1, 'true', {}, undefined, null, Promise.resolve(false)])('is no yes: %o', async (answer) => {
    const verifies = vi.spyOn(webcrypto.subtle, 'verify')
    verifies.mockResolvedValue(answer as boolean)
    await refused('signature', signed())
    verifies.mockRejectedValue(new Error('no such key'))
    await refused('signature', signed())
    verifies.mockRestore()
    expect(await verify(signed())).toMatchObject({ ok: true })
  })
})

describe('tokens of jose', () => {
  it.each<['RS256' | 'PS256' | 'ES256', string, KeyObject]>([
    ['RS256', 'main', rsaPair.privateKey],
    ['PS256', 'pss', rsaPair.privateKey],
    ['ES256', 'ec', ec.privateKey],
  ])('are verified: %s', async (alg, kid, privateKey) => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(privateKey)
    expect(await verify(token)).toMatchObject({ ok: true, claims })
  })
})

describe('algorithm confusion', () => {
  const input = `${base64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${base64url(JSON.stringify(claims))}`
  const pem = rsaPair.publicKey.export({ type: 'spki', format: 'pem' })

  it('refuses the RSA public key as HMAC secret', async () => {
    for (const secret of [
      pem,
      String(pem).trim(),
      rsaPair.publicKey.export({ type: 'spki', format: 'der' }),
    ]) {
      await refused('algorithm', `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
    }
  })

  it.each([
    'none',
    'None',
    'NONE',
    '',
    'HS256',
    'HS512',
    'RS512',
    'EdDSA',
    'dir',
    'rs256',
    '__proto__',
    null,
    42,
    ['RS256'],
    undefined,
  ])('refuses alg %o', async (alg) => {
    const unsigned = `${base64url(JSON.stringify({ ...header, alg }))}.${base64url(JSON.stringify(claims))}.`
    await refused('algorithm', unsigned)
    await refused('algorithm', signed({}, { alg }))
  })

  it('looks for no key when the algorithm is none of ours', async () => {
    const findKey = () => Promise.reject(new Error('never called'))
    for (const alg of ['none', 'HS256', undefined])
      await refused('algorithm', signed({}, { alg }), { findKey })
  })

  it('refuses another algorithm than the one of the record, though the signature be good', async () => {
    await refused('algorithm', forge({ ...header, kid: 'pss' }, claims, rsaPair.privateKey, 'RS256'))
    await refused('algorithm', forge({ ...header, alg: 'PS256' }, claims, rsaPair.privateKey, 'PS256'))
    await refused('algorithm', forge({ ...header, alg: 'ES256' }, claims, ec.privateKey, 'ES256'))
  })

  it('refuses a signature of another kind under the right name', async () => {
    await refused('signature', forge(header, claims, rsaPair.privateKey, 'PS256'))
    await refused(
      'signature',
      forge({ ...header, kid: 'pss', alg: 'PS256' }, claims, rsaPair.privateKey, 'RS256'),
    )
  })

  it('takes no key from the header', async () => {
    const jwk = other.publicKey.export({ format: 'jwk' })
    const embedded = { ...header, jwk, jku: 'https://evil.example/keys', x5c: ['AAAA'] }
    await refused('signature', forge(embedded, claims, other.privateKey))
  })
})

describe('the key', () => {
  it('must be known', async () => {
    await refused('unknown_key', signed({}, { kid: 'nobody' }))
    await refused('unknown_key', signed({}, { kid: '__proto__' }))
    await refused('unknown_key', signed({}, { kid: "main' OR 1=1" }))
  })

  it.each([undefined, '', 42, null, ['main'], { toString: 'main' }, 'k'.repeat(1025)])(
    'must be named by a text: %o',
    async (kid) => {
      await refused('missing_key_id', signed({}, { kid }))
    },
  )

  it('must be the one that signed', async () => {
    await refused('signature', forge(header, claims, other.privateKey))
    await refused('signature', forge({ ...header, kid: 'other' }, claims, rsaPair.privateKey))
  })

  it('signs for its own client only', async () => {
    await refused('issuer', forge({ ...header, kid: 'other' }, claims, other.privateKey))
  })
})

describe('a changed token', () => {
  it('is refused, whichever character was changed', async () => {
    const token = signed()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom(...'AZaz09-_.='),
        async (index, character) => {
          fc.pre(token[index] !== character)
          expect((await verify(token.slice(0, index) + character + token.slice(index + 1))).ok).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('with an empty signature', async () => {
    await refused('signature', signed().replace(/[^.]*$/, ''))
  })
})

describe('a malformed token', () => {
  const good = signed()
  const [h = '', p = '', s = ''] = good.split('.')
  it.each<[unknown]>([
    [undefined],
    [null],
    [42],
    [{}],
    [[good]],
    [''],
    ['.'],
    ['..'],
    ['...'],
    [h],
    [`${h}.${p}`],
    [`${good}.`],
    [`${good}.x`],
    [` ${good}`],
    [`${good}\n`],
    [`${h}=.${p}.${s}`],
    [`${h}.${p}.${s}==`],
    [`${h}..${s}`],
    [`.${p}.${s}`],
    [`${h}.${p}.${s.slice(0, -1)}`.concat('+')],
    [forge('[]', claims, rsaPair.privateKey)],
    [forge('"RS256"', claims, rsaPair.privateKey)],
    [forge('{"alg":"RS256","kid":"main"', claims, rsaPair.privateKey)],
    [forge(header, '[]', rsaPair.privateKey)],
    [forge(header, 'null', rsaPair.privateKey)],
    [forge(header, '{"iss":}', rsaPair.privateKey)],
    [forge(header, '{"iss":"TESTCLIENT"} x', rsaPair.privateKey)],
    [forge(header, '\ufeff{}', rsaPair.privateKey)],
    [forge(header, '{"a":"\n"}', rsaPair.privateKey)],
    [forge(header, '{"a', rsaPair.privateKey)],
    [forge(header, '{"\\x":1}', rsaPair.privateKey)],
  ])('%o', async (token) => {
    await refused('malformed', token)
  })

  it('in bytes that are not UTF-8', async () => {
    const bytes = base64url(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))
    await refused('malformed', `${bytes}.${p}.${s}`)
  })

  it('with stray bits in its last character, which would be a second spelling', async () => {
    const stray = `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`
    expect(Buffer.from(stray.split('.')[2] ?? '', 'base64url')).toEqual(Buffer.from(s, 'base64url'))
    await refused('malformed', stray)
  })
})

describe('a token that is too much', () => {
  it('huge', async () => {
    await refused('too_large', 'a'.repeat(16_385))
    await refused('too_large', signed({ padding: 'x'.repeat(20_000) }))
    await refused('too_large', signed({}, { padding: 'x'.repeat(6200) }))
  })

  it('nested', async () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    await refused('too_deep', forge(header, nested(16), rsaPair.privateKey))
    await refused('too_deep', forge(nested(2000), claims, rsaPair.privateKey))
    await refused('issuer', forge(header, nested(15), rsaPair.privateKey))
  })

  it.each([
    '{"iss":"TESTCLIENT","iss":"EVIL"}',
    '{"iss":"TESTCLIENT","\\u0069ss":"EVIL"}',
    '{"a":{"b":1,"c":2,"b":3}}',
    '{"a":[{"b":1},{"b":1,"b":1}]}',
    '{"":1,"":2}',
    '{"k\\"":1,"k\\"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":":","a" :1}',
  ])('with a member twice: %s', async (payload) => {
    await refused('duplicate_member', forge(header, payload, rsaPair.privateKey))
    await refused('duplicate_member', forge(payload, claims, rsaPair.privateKey))
  })

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":1}],"c":"\\"a\\":1","d":"{\\"a\\":1,"}',
    '{"a":{"b":1},"b":2}',
    `{"a":[${'{"b":[]},'.repeat(40)}0]}`,
  ])('is not one with the same name at two places: %s', async (payload) => {
    await refused('issuer', forge(header, payload, rsaPair.privateKey))
  })
})

describe('headers', () => {
  it.each([
    ['crit', ['exp']],
    ['crit', ['b64']],
    ['crit', []],
    ['crit', null],
    ['crit', 'x'],
  ])('refuses %s %o', async (name, value) => {
    await refused('critical_header', signed({}, { [name as string]: value, b64: true, exp: now }))
  })

  it.each([
    { b64: true },
    { b64: false },
    ...[
      'at+jwt',
      'application/at+jwt',
      'text/jwt',
      'application/',
      '/jwt',
      'application/jwt; x=y',
      'JWT\n',
      '',
    ].map((typ) => ({ typ })),
    { typ: 42 },
    { typ: ['JWT'] },
  ])('refuses %o', async (change) => {
    await refused('unexpected_header', signed({}, change))
  })
})

describe('claims', () => {
  it.each<[RefusalCode, object]>([
    ['issuer', { iss: undefined }],
    ['issuer', { iss: 'testclient' }],
    ['issuer', { iss: ['TESTCLIENT'] }],
    ['subject', { sub: undefined }],
    ['subject', { sub: 'OTHER' }],
    ['audience', { aud: undefined }],
    ['audience', { aud: '/TOKEN' }],
    ['audience', { aud: [] }],
    ['audience', { aud: ['/token', 42] }],
    ['audience', { aud: { '/token': 1 } }],
    ['invalid_time', { exp: undefined }],
    ['invalid_time', { exp: String(now + 60) }],
    ['invalid_time', { exp: -1 }],
    ['invalid_time', { exp: 1e300 }],
    ['invalid_time', { iat: 'now' }],
    ['invalid_time', { nbf: null }],
    ['expired', { exp: now - 5 }],
    ['expired', { exp: 0 }],
    ['not_yet_valid', { nbf: now + 5.1 }],
    ['issued_in_future', { iat: now + 5.1 }],
    ['invalid_time', { iat: nowMs }],
    ['lifetime_too_long', { exp: now + 305.1 }],
    ['lifetime_too_long', { exp: now * 10 }],
    ['invalid_time', { exp: nowMs }],
    ['invalid_jti', { jti: 42 }],
    ['invalid_jti', { jti: '' }],
    ['invalid_jti', { jti: 'x'.repeat(1025) }],
  ])('%s: %o', async (code, change) => {
    await refused(code, signed(change))
  })

  it.each([{ exp: now - 4.9 }, { nbf: now + 5 }, { iat: now + 5 }, { exp: now + 305 }, { nbf: now - 100 }])(
    'within the tolerance: %o',
    async (change) => {
      expect(await verify(signed(change))).toMatchObject({ ok: true })
    },
  )

  it('have the tolerance and lifetime of the options', async () => {
    await refused('expired', signed({ exp: now }), { clockToleranceSeconds: 0 })
    expect(await verify(signed({ exp: now - 50 }), { clockToleranceSeconds: 60 })).toMatchObject({ ok: true })
    await refused('lifetime_too_long', signed(), { maximumLifetimeSeconds: 30 })
    expect(await verify(signed({ exp: now + 3600 }), { maximumLifetimeSeconds: 3600 })).toMatchObject({
      ok: true,
    })
  })
})

describe('replay', () => {
  it('is refused as long as the token lives, tolerance included', async () => {
    const replayStore = createReplayStore()
    const token = signed({ jti: 'once' })
    expect(await verify(token, { replayStore })).toMatchObject({ ok: true })
    await refused('replayed', token, { replayStore })
    await refused('replayed', token, { replayStore, now: () => nowMs + 64_999 })
    await refused('expired', token, { replayStore, now: () => nowMs + 65_000 })
  })

  it('is per client', async () => {
    const replayStore = createReplayStore()
    expect(await verify(signed({ jti: 'x' }), { replayStore })).toMatchObject({ ok: true })
    const theirs = forge(
      { ...header, kid: 'other' },
      { ...claims, iss: 'OTHER', sub: 'OTHER', jti: 'x' },
      other.privateKey,
    )
    expect(await verify(theirs, { replayStore })).toMatchObject({ ok: true })
  })

  it('remembers nothing of a refused token', async () => {
    const replayStore = createReplayStore()
    await refused('signature', forge(header, { ...claims, jti: 'x' }, other.privateKey), { replayStore })
    await refused('audience', signed({ jti: 'x', aud: 'y' }), { replayStore })
    await refused('expired', signed({ jti: 'x', exp: 0 }), { replayStore })
    expect(replayStore.size).toBe(0)
    expect(await verify(signed({ jti: 'x' }), { replayStore })).toMatchObject({ ok: true })
  })

  it('refuses when there is no room to remember', async () => {
    const replayStore = createReplayStore({ capacity: 1 })
    expect(await verify(signed({ jti: 'a' }), { replayStore })).toMatchObject({ ok: true })
    await refused('replay_store_full', signed({ jti: 'b' }), { replayStore })
    expect(await verify(signed(), { replayStore })).toMatchObject({ ok: true })
  })

  it('may be watched by a store elsewhere', async () => {
    const replayStore = { record: async () => 'seen' as const }
    await refused('replayed', signed({ jti: 'a' }), { replayStore })
  })

  it('of a token without jti is not its business', async () => {
    const replayStore = createReplayStore()
    for (const _ of [1, 2]) expect(await verify(signed(), { replayStore })).toMatchObject({ ok: true })
  })
})

describe('whatever comes', () => {
  it('is answered with a reason, and the reason holds nothing of the token', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(base64url),
      fc.base64String(),
      fc.constant(base64url(JSON.stringify(header))),
    )
    const token = fc.oneof(
      fc.anything(),
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(token, async (value) => {
        const result = await verify(value)
        expect(result).toMatchObject({ ok: false, code: expect.any(String) })
      }),
      { numRuns: 500 },
    )
  })

  it('and any claims under a good signature too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.object({ maxDepth: 2 }), async (odd) => {
        const result = await verify(
          forge(header, JSON.stringify({ ...claims, ...odd, aud: odd }), rsaPair.privateKey),
        )
        expect(result.ok).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  it('says no secret', async () => {
    const secret = 'ThisIsTheSecretPart'
    for (const token of [
      signed({ iss: secret }),
      signed({}, { kid: secret }),
      signed({}, { alg: secret }),
      forge(header, `{"${secret}":1,"${secret}":2}`, rsaPair.privateKey),
    ]) {
      expect(JSON.stringify(await verify(token))).not.toContain(secret)
    }
  })
})

describe('mistakes of the server', () => {
  it('are told as such', async () => {
    for (const options of [{ clockToleranceSeconds: -1 }, { maximumLifetimeSeconds: 0 }]) {
      await failure('ERR_SSO_JWT_INVALID_INPUT', () => verify(signed(), options))
    }
    const findKey = () => Promise.reject(new Error('database is away'))
    await expect(verify(signed(), { findKey })).rejects.toThrow('database is away')
  })
})

describe('what nobody can wait for', () => {
  const fail = (): never => {
    throw new Error('not for you')
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const answers: [string, unknown][] = [
    ['a getter that throws', Object.defineProperty({}, 'then', { get: fail })],
    ['a proxy that throws', new Proxy({}, { get: fail })],
    ['a revoked proxy', proxy],
  ]

  it.each(answers)('is the fault of the server: %s', async (_, answer) => {
    const findKey = () => answer as never
    await refused('key_record_invalid', signed(), { findKey })
    const replayStore = { record: () => answer as never }
    await refused('replay_answer_invalid', signed({ jti: 'j' }), { replayStore })
  })

  it('a then that is read once', async () => {
    let times = 0
    const record = { ...records.get('main') }
    const get = () => (times++ === 0 ? undefined : fail())
    const findKey = () => Object.defineProperty(record, 'then', { get }) as ClientKeyRecord
    expect(await verify(signed(), { findKey })).toMatchObject({ ok: true })
  })
})

describe('a prototype that other code has added to says nothing for a token', () => {
  it.each<[string, unknown, RefusalCode, object, object]>([
    ['exp', now + 60, 'invalid_time', { exp: undefined }, {}],
    ['aud', '/token', 'audience', { aud: undefined }, {}],
    ['jti', 'j', 'missing_jti', {}, {}],
    ['kid', 'main', 'missing_key_id', {}, { kid: undefined }],
    ['alg', 'RS256', 'algorithm', {}, { alg: undefined }],
  ])('%s', async (name, value, code, change, headerChange) => {
    const token = signed(change, headerChange)
    Object.defineProperty(Object.prototype, name, { value, configurable: true })
    try {
      await refused(code, token, { requireJti: name === 'jti' })
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
  })
})

describe('an option that is no use', () => {
  it.each<[string, unknown]>([
    ['maximumLifetimeSeconds', 1e9],
    ['maximumLifetimeSeconds', 604_801],
    ['audience', []],
    ['audience', null],
  ])('%s: %j is refused by name', async (name, value) => {
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => verify(signed(), { [name]: value }))
    expect(error.message).toContain(name)
  })

  it('a week is none', async () => {
    const exp = now + 604_800
    expect(await verify(signed({ exp }), { maximumLifetimeSeconds: 604_800 })).toMatchObject({ ok: true })
  })
})
