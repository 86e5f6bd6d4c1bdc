import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import * as publicNames from '../src/index.ts'
import * as server from '../src/server.ts'
import { failure } from './support/errors.ts'
import { rfcJwk } from './support/keys.ts'

const serverNames = [
  'createReplayStore',
  'importVerificationKey',
  'issueAccessToken',
  'issueSsoSessionToken',
  'readTokenRequest',
  'verifyClientAssertion',
  'verifySignedJwtBody',
]

it('exports these names and no others', () => {
  expect(Object.keys(publicNames).sort()).toEqual([
    'SecretText',
    'SsoJwtError',
    'createBearerRequest',
    'createClientAssertion',
    'createEchoHttpsRequest',
    'createEchoSignedJwtRequest',
    'createSignedJwtRequest',
    'createSsoBrowserSessionRequest',
    'createSsoSessionRequest',
    'createTokenRequest',
    'ibkrHosts',
    'importSigningKey',
    'isSsoJwtError',
    'readEchoResponse',
    'readProblem',
    'readSsoBrowserSessionResponse',
    'readSsoSessionResponse',
    'readTokenResponse',
  ])
  expect(Object.keys(server).sort()).toEqual(serverNames)
})

it('names each of them in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const names = [...Object.keys(publicNames), ...Object.keys(server)]
  expect(names.filter((name) => !readme.includes(name))).toEqual([])
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
