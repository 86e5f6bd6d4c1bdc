import { describe, expect, it, vi } from 'vitest'
import { createEchoSignedJwtRequest, createSsoSessionRequest, importSigningKey } from '../src/index.ts'
import {
  createReplayStore,
  importVerificationKey,
  type VerifySignedJwtBodyOptions,
  verifySignedJwtBody,
} from '../src/server.ts'
import { newRsaPair, rfcJwk, rsaPair } from './support/keys.ts'
import { forge } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const signingKey = await importSigningKey(rfcJwk)
const key = await importVerificationKey({ kty: 'RSA', n: rfcJwk.n, e: rfcJwk.e })
const nowMs = 1_700_000_000_000
const now = nowMs / 1000
const options: VerifySignedJwtBodyOptions = {
  findKey: (kid) => (kid === 'main' ? { clientId: 'TESTCLIENT', key } : undefined),
  now: () => nowMs,
}
const header = { alg: 'RS256', kid: 'main' }
const claims = { iss: 'TESTCLIENT', iat: now, exp: now + 60 }
const signed = (payload: object | string): string => forge(header, payload, rsaPair.privateKey)

describe('a signed body', () => {
  it('of the client half is accepted, as text and as bytes', async () => {
    const input = { accessToken: 'x', credential: 'zoë', ip: '8.8.8.8' }
    const { body } = await createSsoSessionRequest(
      input,
      client,
      signingKey,
      options as { now: () => number },
    )
    const payload = { credential: 'zoë', ip: '8.8.8.8', iss: 'TESTCLIENT', iat: now, exp: now + 86_400 }
    for (const form of [body, new TextEncoder().encode(body)]) {
      expect(await verifySignedJwtBody(form, options)).toEqual({
        ok: true,
        clientId: 'TESTCLIENT',
        clientKeyId: 'main',
        payload,
        expiresAtMs: nowMs + 86_400_000,
      })
    }
  })

  it('of the echo request is accepted', async () => {
    const { body } = await createEchoSignedJwtRequest({ accessToken: 'x' }, client, signingKey, {
      now: () => nowMs,
    })
    expect(await verifySignedJwtBody(body, options)).toMatchObject({ ok: true, payload: claims })
  })

  it.each<[string, unknown]>([
    ['malformed', JSON.stringify({ payload: signed(claims) })],
    ['malformed', JSON.stringify(claims)],
    ['malformed', `${signed(claims)}\n`],
    ['malformed', Uint8Array.of(0xff, 0xfe)],
    ['malformed', new Uint8Array()],
    ['malformed', undefined],
    ['too_large', 'a'.repeat(524_289)],
    ['too_large', new Uint8Array(524_289)],
    ['signature', forge(header, claims, newRsaPair(2048).privateKey)],
    ['unknown_key', forge({ ...header, kid: 'x' }, claims, rsaPair.privateKey)],
    ['issuer', signed({ ...claims, iss: 'OTHER' })],
    ['issuer', signed({ ...claims, iss: undefined })],
    ['expired', signed({ ...claims, exp: now - 5 })],
    ['issued_in_future', signed({ ...claims, iat: now + 6 })],
    ['invalid_time', signed({ iss: 'TESTCLIENT' })],
    ['lifetime_too_long', signed({ ...claims, exp: now + 86_406 })],
    ['not_ascii', signed({ ...claims, credential: 'zoë' })],
    ['duplicate_member', signed(`{"iss":"TESTCLIENT","exp":${now + 60},"exp":${now + 61}}`)],
    ['critical_header', forge({ ...header, crit: ['exp'] }, claims, rsaPair.privateKey)],
    ['algorithm', forge({ ...header, alg: 'none' }, claims, rsaPair.privateKey)],
  ])('%s', async (code, body) => {
    expect(await verifySignedJwtBody(body, options)).toEqual({
      ok: false,
      code,
      message: expect.any(String),
      status: expect.any(Number),
    })
  })

  it('may be allowed to be more than ASCII', async () => {
    const body = signed({ ...claims, credential: 'zoë' })
    const result = await verifySignedJwtBody(body, { ...options, allowNonAscii: true })
    expect(result).toMatchObject({ ok: true, payload: { credential: 'zoë' } })
  })

  it('is not replayed when it has a jti', async () => {
    const replayStore = createReplayStore()
    const body = signed({ ...claims, jti: 'x' })
    expect(await verifySignedJwtBody(body, { ...options, replayStore })).toMatchObject({ ok: true })
    expect(await verifySignedJwtBody(body, { ...options, replayStore })).toMatchObject({ code: 'replayed' })
  })

  it('may carry a document of megabytes', async () => {
    const data = `\\"${'QUJD'.repeat(1_000_000)}`
    const body = signed({ ...claims, document: { data } })
    expect(await verifySignedJwtBody(body, { ...options, maximumBodyBytes: 8_000_000 })).toMatchObject({
      ok: true,
      payload: { document: { data } },
    })
  })
})

it('a signature longer than any is refused before it is decoded', async () => {
  const [head, payload] = signed(claims).split('.')
  const decoded = vi.spyOn(globalThis, 'atob')
  const answer = await verifySignedJwtBody(`${head}.${payload}.${'A'.repeat(200_000)}`, options)
  const lengths = decoded.mock.calls.map(([text]) => text.length)
  decoded.mockRestore()
  expect(answer).toMatchObject({ ok: false, code: 'signature' })
  expect(lengths.length).toBeGreaterThan(0)
  expect(Math.max(...lengths)).toBeLessThan(4096)
})
