import { describe, expect, it } from 'vitest'
import * as clientHalf from '../src/index.ts'
import {
  createBearerRequest,
  createClientAssertion,
  createEchoHttpsRequest,
  createEchoSignedJwtRequest,
  createSignedJwtRequest,
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  isSsoJwtError,
  readEchoResponse,
  readProblem,
  readSsoBrowserSessionResponse,
  readSsoSessionResponse,
  readTokenResponse,
} from '../src/index.ts'
import * as serverHalf from '../src/server.ts'
import {
  createReplayStore,
  importVerificationKey,
  issueAccessToken,
  issueSsoSessionToken,
  readTokenRequest,
  verifyClientAssertion,
  verifySignedJwtBody,
} from '../src/server.ts'
import { newEcPair } from './support/keys.ts'
import { oddValues, placesOf, replaced } from './support/odd-values.ts'

const now = (): number => 1_700_000_000_000
const randomBytes = (length: number): Uint8Array => new Uint8Array(length)
const ec = newEcPair() // the quickest to sign with
const signingKey = await importSigningKey(ec.privateKey)
const key = await importVerificationKey(ec.publicKey)
const client = { clientId: 'C', clientKeyId: 'K' }
const accessToken = 'access.token'
const baseUrl = 'https://api.ibkr.com'
const clientAssertion = await createClientAssertion(client, signingKey, { now, jti: 'a' })
const signedOptions = { now, randomBytes, baseUrl, lifetimeSeconds: 60, jti: true }
const signed = await createEchoSignedJwtRequest({ accessToken }, client, signingKey, { now, jti: 'b' })
const tokenRequest = createTokenRequest({ clientAssertion, scope: 'a' })
const reply = (body: object, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const sent = { headers: signed.headers, body: signed.body }
const ip = '8.8.8.8'

/** A function with arguments that are right, each under the name that an error should give. */
type Subject = readonly [call: (...args: never[]) => unknown, args: Readonly<Record<string, unknown>>]

const verifying = () => ({
  findKey: () => ({ clientId: 'C', key }),
  replayStore: createReplayStore(),
  clockToleranceSeconds: 5,
  maximumLifetimeSeconds: 300,
  requireJti: true,
  now,
})

const subjects: Readonly<Record<string, Subject>> = {
  importSigningKey: [importSigningKey, { key: ec.privateKey, options: { alg: 'ES256', passphrase: 'x' } }],
  createClientAssertion: [
    createClientAssertion,
    {
      client,
      signingKey,
      options: {
        ...{ now, randomBytes, audience: '/token', lifetimeSeconds: 60, backdateSeconds: 1, jti: true },
        allowLongLifetime: true,
      },
    },
  ],
  createTokenRequest: [
    createTokenRequest,
    { input: { clientAssertion, scope: ['a'] }, options: { baseUrl } },
  ],
  readTokenResponse: [
    readTokenResponse,
    {
      reply: reply({ access_token: 'x' }),
      asked: { scope: ['a'], headers: tokenRequest.headers, body: tokenRequest.body },
      options: { now },
    },
  ],
  createSignedJwtRequest: [
    createSignedJwtRequest,
    {
      input: {
        method: 'POST',
        path: '/gw/api/v1/accounts',
        payload: { list: [1], deep: { amount: 'b' } },
        accessToken,
        query: { page: 'b' },
      },
      client,
      signingKey,
      options: signedOptions,
    },
  ],
  createBearerRequest: [
    createBearerRequest,
    { input: { path: '/gw/api/v1/accounts', accessToken, query: { page: 1 } }, options: { baseUrl } },
  ],
  createEchoHttpsRequest: [createEchoHttpsRequest, { input: { accessToken }, options: { baseUrl } }],
  createEchoSignedJwtRequest: [
    createEchoSignedJwtRequest,
    { input: { accessToken }, client, signingKey, options: signedOptions },
  ],
  readEchoResponse: [readEchoResponse, { reply: reply({ requestMethod: 'GET' }), sent }],
  createSsoSessionRequest: [
    createSsoSessionRequest,
    {
      input: { accessToken, credential: 'u', ip, service: 's', alternativeIps: [ip] },
      client,
      signingKey,
      options: signedOptions,
    },
  ],
  readSsoSessionResponse: [
    readSsoSessionResponse,
    { reply: reply({ access_token: 'x' }), request: { expiresAtMs: 1, ...sent } },
  ],
  createSsoBrowserSessionRequest: [
    createSsoBrowserSessionRequest,
    { input: { accessToken, credential: 'u', ip }, client, signingKey, options: signedOptions },
  ],
  readSsoBrowserSessionResponse: [
    readSsoBrowserSessionResponse,
    { reply: reply({ url: 'https://x/' }), options: { now, allowedHosts: ['x'], request: sent } },
  ],
  readProblem: [readProblem, { reply: reply({ title: 'x' }, 400), sent }],
  'readProblem, refused reply': [readEchoResponse, { reply: reply({ title: 'x' }, 400), sent }],
  isSsoJwtError: [isSsoJwtError, { value: undefined }],
  'SigningKey.sign': [signingKey.sign.bind(signingKey), { signingInput: new Uint8Array(1) }],
  'SigningKey.signJwt': [signingKey.signJwt.bind(signingKey), { claims: { tier: 1 }, keyId: 'K' }],
  importVerificationKey: [importVerificationKey, { key: ec.publicKey, options: { alg: 'ES256' } }],
  verifyClientAssertion: [
    verifyClientAssertion,
    { clientAssertion, options: { ...verifying(), audience: ['/token'], clientId: 'C' } },
  ],
  verifySignedJwtBody: [
    verifySignedJwtBody,
    { body: signed.body, options: { ...verifying(), allowNonAscii: false, maximumBodyBytes: 4096 } },
  ],
  createReplayStore: [
    createReplayStore,
    { options: { capacity: 1, maximumBytes: 1000, clientShare: 1, monotonicNow: () => 0 } },
  ],
  'ReplayStore.record': [
    (use: never, nowMs: never) => createReplayStore().record(use, nowMs),
    { use: { clientId: 'C', jti: 'j', expiresAtMs: 1 }, nowMs: 0 },
  ],
  'VerificationKey.verify': [
    key.verify.bind(key),
    { signingInput: new Uint8Array(1), signature: new Uint8Array(64) },
  ],
  readTokenRequest: [readTokenRequest, { body: tokenRequest.body }],
  issueAccessToken: [
    issueAccessToken,
    {
      input: { clientId: 'C', scope: 'a', claims: { tier: 1 } },
      serverKey: signingKey,
      options: { now, randomBytes, lifetimeSeconds: 1, issuer: 'i', keyId: 'k' },
    },
  ],
  issueSsoSessionToken: [
    issueSsoSessionToken,
    { secret: new Uint8Array(32), options: { now, randomBytes, claims: { tier: 1 } } },
  ],
}

/** What is wrong about how a call ended; nothing if it gave a result or an error of ours that names the argument. */
async function complaint(call: () => unknown, names: readonly string[]): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    // A lookup that fails fails the request, with its own error.
    if (names.includes('findKey') && error instanceof RangeError) return undefined
    if (!isSsoJwtError(error)) return `raw ${error}`
    if (/[\r\n]/.test(error.message) || error.message.length > 400) return `not one line: ${error.message}`
    if (error.code === 'ERR_SSO_JWT_REFUSED') return undefined // what the server said, not an argument
    return names.some((name) => new RegExp(`\\b${name}\\b`).test(error.message))
      ? undefined
      : `names nothing: ${error.message}`
  }
}

describe('odd values in every place of every argument', () => {
  it.each(Object.entries(subjects))('%s', async (_, [call, args]) => {
    const names = Object.keys(args)
    // The arguments themselves are right: otherwise the first of them would hide all others.
    expect(await complaint(() => call(...(Object.values(args) as never[])), [])).toBeUndefined()
    const complaints: string[] = []
    const places = placesOf(args).slice(1)
    for (const path of places) {
      // Its own name, or that of a member that it lacks.
      const place = path.join('.')
      const right = places.filter((other) => `${other.join('.')}.`.startsWith(`${place}.`)).flat()
      for (const [odd, value] of oddValues) {
        const changed = replaced(args, path, value) as Record<string, unknown>
        const found = await complaint(() => call(...(names.map((name) => changed[name]) as never[])), right)
        if (found !== undefined) complaints.push(`${place} = ${odd}: ${found}`)
      }
    }
    expect(complaints).toEqual([])
  })

  it('leaves no function out', () => {
    const functions = Object.entries({ ...clientHalf, ...serverHalf })
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name)
    expect(functions.filter((name) => subjects[name] === undefined)).toEqual([])
  })
})

describe('readProblem', () => {
  it('answers whatever it is given', () => {
    for (const [, value] of oddValues) {
      for (const odd of [value, { status: 500, headers: value, body: value }, { status: value, body: '' }]) {
        const problem = readProblem(odd as Parameters<typeof readProblem>[0])
        expect(problem === undefined || isSsoJwtError(problem)).toBe(true)
      }
    }
  })
})

describe('answers of callbacks', () => {
  const assertion = (change: object) =>
    verifyClientAssertion(clientAssertion, { ...verifying(), ...change } as Parameters<
      typeof verifyClientAssertion
    >[1])
  // What throws when it is awaited is a failure of the callback's, and no answer.
  const settled = oddValues.filter(([name]) => !['a hostile object', 'a revoked proxy'].includes(name))

  it.each(settled)('of findKey never make a verifier throw: %s', async (_, answer) => {
    const expected = answer === undefined || answer === null ? 'unknown_key' : 'key_record_invalid'
    for (const findKey of [() => answer, async () => answer]) {
      expect(await assertion({ findKey })).toMatchObject({ ok: false, code: expected })
    }
  })

  it.each(settled)('of a record without a half never do: %s', async (_, odd) => {
    for (const record of [
      { clientId: odd, key },
      { clientId: 'C', key: odd },
      { clientId: 'C', key: { alg: 'ES256', verify: () => true, odd } },
    ]) {
      const refusal = await assertion({ findKey: () => record })
      const expected =
        typeof record.clientId === 'string' && record.key === key ? undefined : 'key_record_invalid'
      expect(refusal.ok).toBe(false)
      if (expected !== undefined) expect(refusal).toMatchObject({ code: expected, status: 500 })
    }
  })

  it.each(['x'.repeat(1025), 'a\nb', '\0'])(
    'of a client that no store could hold never do: %j',
    async (clientId) => {
      const refusal = await assertion({
        findKey: () => ({ clientId, key }),
        replayStore: createReplayStore(),
      })
      expect(refusal).toMatchObject({ ok: false, code: 'key_record_invalid', status: 500 })
    },
  )

  it('of a replay store come from the method that was checked', async () => {
    const methods: unknown[] = [() => 'new', undefined]
    const replayStore = {
      get record() {
        return methods.shift()
      },
    }
    expect(await assertion({ replayStore })).toMatchObject({ ok: true })
    expect(methods).toHaveLength(1)
  })

  it.each(settled)('of a replay store let nothing through but "new": %s', async (_, odd) => {
    for (const record of [() => odd, async () => odd]) {
      expect(await assertion({ replayStore: { record } })).toMatchObject({
        ok: false,
        code: 'replay_answer_invalid',
        status: 500,
      })
    }
  })

  it.each(settled)('of the clock never do: %s', async (_, odd) => {
    const result = await assertion({ now: () => odd })
    const isTime = typeof odd === 'number' && odd >= 0 && odd <= 8.64e15
    expect(result).toMatchObject(isTime ? { ok: false } : { ok: false, code: 'clock_invalid', status: 500 })
  })
})
