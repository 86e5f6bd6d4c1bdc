import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import * as publicNames from '../src/index.ts'
import { failure } from './support/errors.ts'
import { rfcJwk } from './support/keys.ts'

it('exports these names and no others', () => {
  expect(Object.keys(publicNames).sort()).toEqual([
    'SsoJwtError',
    'createBearerRequest',
    'createClientAssertion',
    'createEchoHttpsRequest',
    'createEchoSignedJwtRequest',
    'createReplayStore',
    'createSignedJwtRequest',
    'createSsoBrowserSessionRequest',
    'createSsoSessionRequest',
    'createTokenRequest',
    'ibkrOrigins',
    'importSigningKey',
    'importVerificationKey',
    'isSsoJwtError',
    'issueAccessToken',
    'issueSsoSessionToken',
    'readEchoResponse',
    'readProblem',
    'readSsoBrowserSessionResponse',
    'readSsoSessionResponse',
    'readTokenRequest',
    'readTokenResponse',
    'verifyClientAssertion',
    'verifySignedJwtBody',
  ])
})

it('names each of them in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  expect(Object.keys(publicNames).filter((name) => !readme.includes(name))).toEqual([])
})

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const key = await publicNames.importSigningKey(rfcJwk)
const reply = { status: 200, headers: {}, body: '{}' }
const nothing = undefined as unknown as never

it.each<[string, () => unknown]>([
  ['createClientAssertion', () => publicNames.createClientAssertion(nothing, key)],
  ['createTokenRequest', () => publicNames.createTokenRequest(nothing)],
  ['readTokenResponse', () => publicNames.readTokenResponse(reply, nothing)],
  ['readTokenResponse', () => publicNames.readTokenResponse(reply, { scope: 'text' as never })],
  ['createSsoSessionRequest', () => publicNames.createSsoSessionRequest(nothing, client, key)],
  ['readSsoSessionResponse', () => publicNames.readSsoSessionResponse(reply, nothing)],
  ['createSsoBrowserSessionRequest', () => publicNames.createSsoBrowserSessionRequest(nothing, client, key)],
  ['createSignedJwtRequest', () => publicNames.createSignedJwtRequest(nothing, client, key)],
  ['createBearerRequest', () => publicNames.createBearerRequest(nothing)],
  ['createEchoHttpsRequest', () => publicNames.createEchoHttpsRequest(nothing)],
  ['createEchoSignedJwtRequest', () => publicNames.createEchoSignedJwtRequest(nothing, client, key)],
])('%s tells a caller without types what is missing', async (_, call) => {
  await failure('ERR_SSO_JWT_INVALID_INPUT', call)
})
