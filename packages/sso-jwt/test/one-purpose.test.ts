import { describe, expect, it } from 'vitest'
import {
  createClientAssertion,
  createSignedJwtRequest,
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  importSigningKey,
} from '../src/index.ts'
import {
  createReplayStore,
  importVerificationKey,
  type JtiUse,
  type ReplayStore,
  readTokenRequest,
  type VerifyClientAssertionOptions,
  verifyClientAssertion,
  verifySignedJwtBody,
} from '../src/server.ts'
import { failure } from './support/errors.ts'
import { rfcJwk, rsaPair } from './support/keys.ts'
import { forge } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const signingKey = await importSigningKey(rfcJwk)
const key = await importVerificationKey(rsaPair.publicKey)
const nowMs = 1_700_000_000_000
const clock = { now: () => nowMs }
const findKey = () => ({ clientId: 'TESTCLIENT', key })
const header = { alg: 'RS256', kid: 'main' }
const claims = { iss: 'TESTCLIENT', exp: nowMs / 1000 + 60 }
const forged = (more: object): string => forge(header, { ...claims, ...more }, rsaPair.privateKey)
const input = { accessToken: 'x', credential: 'user123', ip: '8.8.8.8' }
const asAssertion = (token: unknown, options: Partial<VerifyClientAssertionOptions> = {}) =>
  verifyClientAssertion(token, { findKey, ...clock, ...options })
const asBody = (token: unknown, options: Partial<VerifyClientAssertionOptions> = {}) =>
  verifySignedJwtBody(token, { findKey, ...clock, ...options })

describe('one token, one purpose (RFC 8725 3.12)', () => {
  it('a client assertion is no signed body', async () => {
    const assertion = await createClientAssertion(client, signingKey, clock)
    expect(await asAssertion(assertion)).toMatchObject({ ok: true })
    expect(await asBody(assertion)).toMatchObject({ ok: false, code: 'wrong_purpose' })
  })

  it.each([{ sub: 'TESTCLIENT' }, { aud: '/token' }, { sub: null }, { aud: [] }])(
    'a body with %o is none, whoever made it',
    async (more) => {
      expect(await asBody(forged(more))).toMatchObject({ ok: false, code: 'wrong_purpose' })
    },
  )

  it('a signed body is no client assertion, and cannot be made one', async () => {
    const { body } = await createSsoSessionRequest(input, client, signingKey, clock)
    expect(await asBody(body)).toMatchObject({ ok: true })
    expect(await asAssertion(body)).toMatchObject({ ok: false, code: 'subject' })
    for (const name of ['iss', 'iat', 'exp', 'sub', 'aud']) {
      const request = {
        method: 'POST',
        path: '/gw/api/v1/accounts',
        payload: { [name]: 'x' },
        accessToken: 'x',
      } as const
      const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
        createSignedJwtRequest(request, client, signingKey),
      )
      expect(error.message).toContain(`"${name}"`)
    }
  })

  it('a jti has one source', async () => {
    const request = {
      method: 'POST',
      path: '/gw/api/v1/accounts',
      payload: { jti: 'mine' },
      accessToken: 'x',
    } as const
    const { body } = await createSignedJwtRequest(request, client, signingKey, clock)
    expect(await asBody(body)).toMatchObject({ payload: { jti: 'mine' } })
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      createSignedJwtRequest(request, client, signingKey, { jti: true }),
    )
  })
})

describe('the bodies of the two kinds of session', () => {
  it('are the same, and with one store and a jti neither is good twice', async () => {
    const options = { ...clock, jti: 'once' }
    const session = await createSsoSessionRequest(input, client, signingKey, options)
    const browser = await createSsoBrowserSessionRequest(input, client, signingKey, options)
    expect(browser.body).toBe(session.body)
    const replayStore = createReplayStore()
    expect(await asBody(session.body, { replayStore, requireJti: true })).toMatchObject({ ok: true })
    expect(await asBody(browser.body, { replayStore, requireJti: true })).toMatchObject({ code: 'replayed' })
  })

  it('share that store with assertions: a jti is unique for its issuer', async () => {
    const replayStore = createReplayStore()
    const assertion = await createClientAssertion(client, signingKey, { ...clock, jti: 'once' })
    expect(await asAssertion(assertion, { replayStore })).toMatchObject({ ok: true })
    const { body } = await createSsoSessionRequest(input, client, signingKey, { ...clock, jti: 'once' })
    expect(await asBody(body, { replayStore })).toMatchObject({ code: 'replayed' })
  })
})

describe('requireJti', () => {
  it('refuses tokens without one, of either kind', async () => {
    const assertion = await createClientAssertion(client, signingKey, clock)
    expect(await asAssertion(assertion, { requireJti: true })).toMatchObject({
      code: 'missing_jti',
      status: 400,
    })
    const { body } = await createSsoSessionRequest(input, client, signingKey, clock)
    expect(await asBody(body, { requireJti: true })).toMatchObject({ code: 'missing_jti' })
    const made = await createSsoSessionRequest(input, client, signingKey, { ...clock, jti: true })
    expect(await asBody(made.body, { requireJti: true })).toMatchObject({ ok: true })
  })
})

describe('one jti, whichever verifier sees it', () => {
  it('is remembered for the most tolerant, not for the one that saw it', async () => {
    const replayStore = createReplayStore({ monotonicNow: () => 0 })
    const token = forged({ sub: 'TESTCLIENT', aud: '/token', jti: 'once' })
    expect(await asAssertion(token, { replayStore, clockToleranceSeconds: 0 })).toMatchObject({ ok: true })
    const late = { replayStore, clockToleranceSeconds: 600, now: () => nowMs + 659_000 }
    expect(await asAssertion(token, late)).toMatchObject({ code: 'replayed' })
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => asAssertion(token, { clockToleranceSeconds: 601 }))
  })

  it('is recorded as what a shared store needs for one atomic step', async () => {
    const uses: [JtiUse, number][] = []
    const taken = new Set<string>()
    // As Redis does it: SET key value NX PX life.
    const replayStore: ReplayStore = {
      async record(use, atMs) {
        uses.push([use, atMs])
        const id = `jti:${encodeURIComponent(use.clientId)}:${encodeURIComponent(use.jti)}`
        if (taken.has(id)) return 'seen'
        taken.add(id)
        return 'new'
      },
    }
    const token = forged({ sub: 'TESTCLIENT', aud: '/token', jti: 'a:b' })
    const outcomes = await Promise.all([1, 2, 3].map(() => asAssertion(token, { replayStore })))
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    expect(uses[0]).toEqual([{ clientId: 'TESTCLIENT', jti: 'a:b', expiresAtMs: nowMs + 660_000 }, nowMs])
  })

  it('must be of a size that can be remembered', async () => {
    const replayStore: ReplayStore = { record: () => Promise.reject(new Error('never called')) }
    for (const jti of ['x'.repeat(1025), '', 42, 'a\0b']) {
      const token = forged({ sub: 'TESTCLIENT', aud: '/token', jti })
      expect(await asAssertion(token, { replayStore })).toMatchObject({ code: 'invalid_jti' })
    }
  })
})

describe('client_id beside an assertion (RFC 7521 4.2)', () => {
  const form = (more = ''): string =>
    `grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c${more}`

  it('is read where it stands', () => {
    expect(readTokenRequest(form('&client_id=TESTCLIENT'))).toMatchObject({ clientId: 'TESTCLIENT' })
    expect(readTokenRequest(form())).not.toHaveProperty('clientId')
    expect(readTokenRequest(form('&client_id=a&client_id=b'))).toMatchObject({ code: 'invalid_request' })
    expect(readTokenRequest(new TextEncoder().encode(form('&client_id=')))).toMatchObject({ clientId: '' })
    expect(readTokenRequest(Uint8Array.of(0xff))).toMatchObject({ code: 'invalid_request' })
  })

  it('has no secret beside it: one way of authentication for a request (RFC 6749 2.3)', () => {
    expect(readTokenRequest(form('&client_secret=x'))).toMatchObject({ code: 'invalid_request' })
    expect(readTokenRequest(form('&client_secret='))).toMatchObject({ ok: true })
  })

  it('must name the client of the assertion', async () => {
    const assertion = await createClientAssertion(client, signingKey, clock)
    expect(await asAssertion(assertion, { clientId: 'TESTCLIENT' })).toMatchObject({ ok: true })
    expect(await asAssertion(assertion, { clientId: undefined })).toMatchObject({ ok: true })
    for (const clientId of ['OTHER', '', 'testclient'])
      expect(await asAssertion(assertion, { clientId })).toMatchObject({ ok: false, code: 'client_id' })
  })
})
